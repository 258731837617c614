// Comma-separated values, quoted as in RFC 4180, lines end in a line feed. A study is a header and its rows; an empty line stands between studies.
#include <algorithm>

#include "runtime/report/formats.h"
#include "runtime/report/number.h"

namespace llmsys {
namespace {

bool needs_quotes(const std::string& text) {
  const bool edge_space = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  return edge_space || std::any_of(text.begin(), text.end(), [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; });
}

void append_quoted(std::string& line, const std::string& text) {
  if (!needs_quotes(text)) {
    line += text;
    return;
  }
  line += '"';
  for (char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

class CsvWriter : public Writer {
 public:
  CsvWriter(Write write, bool several) : write_(std::move(write)), several_(several) {}

  bool begin(const Sweep& sweep) override {
    sweep_ = &sweep;
    fields_ = fields_of(sweep);
    line_.clear();
    if (several_) add("study");
    for (const Field& field : fields_) add(heading(field.column->title, field.column->units[field.column->plain_unit].text));
    if (!sweep.reasons.empty()) add("infeasible");
    const bool separated = is_first_ || write_("\n");
    is_first_ = false;
    return separated && write_line();
  }
  bool row(const Row& row) override {
    line_.clear();
    if (several_) add(sweep_->name);
    for (const Field& field : fields_) {
      if (has(row, field)) add(*field.column, value_of(row, field));
      else line_ += ',';
    }
    if (!sweep_->reasons.empty()) add(row.reason != 0 ? why(*sweep_, row) : "");
    return write_line();
  }
  bool end(const Totals&) override { return true; }
  bool finish() override { return true; }

 private:
  /// Cells, each with the comma that comes after it.
  void add(const std::string& text) {
    append_quoted(line_, text);
    line_ += ',';
  }
  void add(const Column& column, double value) {
    if (column.type == Column::Type::label) append_quoted(line_, label(column, value));
    else append_plain(line_, column, value);
    line_ += ',';
  }
  /// The last cell has none.
  bool write_line() {
    if (!line_.empty()) line_.pop_back();
    return write_(line_ += '\n');
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
