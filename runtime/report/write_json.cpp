// One array of studies: { study, title, columns: [{ name, unit }], rows: [{ ... }], totals }. A row is an object by column names; an infeasible one has
// its axes and the reason as `infeasible`.
#include <fmt/format.h>

#include "runtime/report/formats.h"
#include "runtime/report/json.h"

namespace llmsys {
namespace {

std::string columns_text(const std::vector<Field>& fields, const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string& unit = fields[i].column->units[fields[i].column->plain_unit].text;
    text += fmt::format("{}{{\"name\": {}, \"unit\": {}}}", i > 0 ? ", " : "", quoted(names[i]), quoted(unit));
  }
  return text;
}

class JsonWriter : public Writer {
 public:
  explicit JsonWriter(Write write) : write_(std::move(write)) {}

  bool begin(const Sweep& sweep) override {
    sweep_ = &sweep;
    fields_ = fields_of(sweep);
    names_ = names_of(fields_, {"infeasible"});
    has_rows_ = false;
    const char* const before = has_studies_ ? ",\n" : "[\n";
    has_studies_ = true;
    return write_(fmt::format("{}{{\"study\": {},\n \"title\": {},\n \"columns\": [{}],\n \"rows\": [", before, quoted(sweep.name), quoted(sweep.title),
                              columns_text(fields_, names_)));
  }
  bool row(const Row& row) override {
    const char* const before = has_rows_ ? ",\n  " : "\n  ";
    has_rows_ = true;
    return write_(before + json_row(*sweep_, fields_, names_, row));
  }
  bool end(const Totals& totals) override {
    return write_(fmt::format("{}],\n \"totals\": {}}}", has_rows_ ? "\n " : "", json_totals(totals)));
  }
  void go_on() override { has_rows_ = true; }
  bool finish() override { return write_(has_studies_ ? "\n]\n" : "[]\n"); }

 private:
  Write write_;
  bool has_studies_ = false;
  bool has_rows_ = false;
  const Sweep* sweep_ = nullptr;
  std::vector<Field> fields_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Writer> make_json_writer(Write write) { return std::make_unique<JsonWriter>(std::move(write)); }

}  // namespace llmsys
