#include "compiler/cli/results.h"

#include <utility>

namespace llmsys {

Results::Results(Output& output, Format format, bool several, std::optional<uint64_t> limit, bool anew, PageHead page) : limit_(limit) {
  if (format != Format::sqlite) {
    Write write = [this, &output](std::string_view text) { return muted_ || output.write(text); };
    writer_ = format == Format::html ? make_page_writer(std::move(write), std::move(page)) : make_writer(format, std::move(write), several);
    return;
  }
  auto database = make_sqlite_writer(output.part(), anew, error_);
  database_ = database.get();
  writer_ = std::move(database);
}

void Results::pass_by(const Sweep& sweep) {
  if (database_ != nullptr) return;
  muted_ = true;
  writer_->begin(sweep);
  writer_->end({});
  muted_ = false;
}

bool Results::begin(const Sweep& sweep) {
  if (!std::exchange(goes_on_, false)) {
    given_ = 0;
    return writer_->begin(sweep);
  }
  if (database_ != nullptr) {
    database_->keep(given_);
    return writer_->begin(sweep);
  }
  muted_ = true;
  writer_->begin(sweep);
  if (given_ > 0) writer_->go_on();
  muted_ = false;
  return true;
}

bool Results::save() { return database_ == nullptr || database_->save(); }

bool Results::row(const Row& row) {
  if (is_full()) return true;
  ++given_;
  return writer_->row(row);
}

}  // namespace llmsys
