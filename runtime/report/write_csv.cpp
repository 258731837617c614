// Comma-separated values, quoted as in RFC 4180, lines end in a line feed. A study is a header and its rows; an empty line stands between studies.
#include "runtime/report/formats.h"
#include "runtime/report/number.h"

namespace llmsys {
namespace {

std::string quoted(const std::string& text) {
  const bool edge_space = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (text.find_first_of(",\"\r\n") == std::string::npos && !edge_space) return text;
  std::string result = "\"";
  for (char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

class CsvWriter : public Writer {
 public:
  CsvWriter(Write write, bool several) : write_(std::move(write)), several_(several) {}

  bool begin(const Sweep& sweep) override {
    sweep_ = &sweep;
    fields_ = fields_of(sweep);
    std::vector<std::string> cells;
    if (several_) cells.push_back("study");
    for (const Field& field : fields_) cells.push_back(heading(field.column->title, field.column->units[field.column->plain_unit].text));
    if (!sweep.reasons.empty()) cells.push_back("infeasible");
    const bool separated = is_first_ || write_("\n");
    is_first_ = false;
    return separated && write_line(cells);
  }
  bool row(const Row& row) override {
    std::vector<std::string> cells;
    if (several_) cells.push_back(sweep_->name);
    for (const Field& field : fields_) cells.push_back(has(row, field) ? plain(*field.column, value_of(row, field)) : "");
    if (!sweep_->reasons.empty()) cells.push_back(row.reason != 0 ? why(*sweep_, row) : "");
    return write_line(cells);
  }
  bool end(const Totals&) override { return true; }
  bool finish() override { return true; }

 private:
  bool write_line(const std::vector<std::string>& cells) {
    line_.clear();
    for (size_t c = 0; c < cells.size(); ++c) line_ += (c > 0 ? "," : "") + quoted(cells[c]);
    return write_(line_ += "\n");
  }

  Write write_;
  bool several_;
  bool is_first_ = true;
  const Sweep* sweep_ = nullptr;
  std::vector<Field> fields_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Writer> make_csv_writer(Write write, bool several) { return std::make_unique<CsvWriter>(std::move(write), several); }

}  // namespace llmsys
