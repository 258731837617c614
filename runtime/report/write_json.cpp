// One array of studies: { study, title, columns: [{ name, unit }], rows: [{ ... }], totals }. A row is an object by column names; an infeasible one has
// its axes and the reason as `infeasible`.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/report/formats.h"
#include "runtime/report/number.h"

namespace llmsys {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') result += '\\';
    if (code < ' ') result += fmt::format("\\u{:04x}", code);
    else result += c;
  }
  return result + "\"";
}

std::string json_value(const Column& column, double value) {
  const std::string text = plain(column, value);
  return column.type == Column::Type::label ? quoted(text) : text;
}

std::string columns_text(const std::vector<Field>& fields, const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string& unit = fields[i].column->units[fields[i].column->plain_unit].text;
    text += fmt::format("{}{{\"name\": {}, \"unit\": {}}}", i > 0 ? ", " : "", quoted(names[i]), quoted(unit));
  }
  return text;
}

std::string totals_text(const Totals& totals) {
  std::string reasons;
  for (const auto& [site, count] : totals.by_reason) reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : ", ", quoted(site), count);
  return fmt::format("{{\"points\": {}, \"dropped\": {}, \"infeasible\": {}, \"by_reason\": {{{}}}, \"shown\": {}}}", totals.points, totals.dropped,
                     totals.infeasible, reasons, totals.shown);
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
    line_ = has_rows_ ? ",\n  {" : "\n  {";
    has_rows_ = true;
    bool is_first = true;
    const auto add = [&](const std::string& name, const std::string& value) {
      line_ += (is_first ? "" : ", ") + quoted(name) + ": " + value;
      is_first = false;
    };
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (has(row, fields_[i])) add(names_[i], json_value(*fields_[i].column, value_of(row, fields_[i])));
    }
    if (row.reason != 0) add("infeasible", quoted(why(*sweep_, row)));
    return write_(line_ += "}");
  }
  bool end(const Totals& totals) override {
    return write_(fmt::format("{}],\n \"totals\": {}}}", has_rows_ ? "\n " : "", totals_text(totals)));
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
  std::string line_;
};

}  // namespace

std::unique_ptr<Writer> make_json_writer(Write write) { return std::make_unique<JsonWriter>(std::move(write)); }

}  // namespace llmsys
