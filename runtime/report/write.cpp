#include "runtime/report/write.h"

#include "runtime/report/formats.h"

namespace llmsys {

std::unique_ptr<Writer> make_writer(Format format, Write write, bool several) {
  switch (format) {
    case Format::table: return std::make_unique<SheetWriter>(std::move(write), print_table);
    case Format::markdown: return std::make_unique<SheetWriter>(std::move(write), print_markdown);
    case Format::csv: return make_csv_writer(std::move(write), several);
    case Format::json:
    case Format::sqlite:
    case Format::html: break;
  }
  return make_json_writer(std::move(write));
}

}  // namespace llmsys
