#include "runtime/report/sheet.h"

#include "runtime/report/number.h"

namespace llmsys {
namespace {

ColumnFormat format_of(const Field& field, const std::vector<Row>& rows) {
  std::vector<double> values;
  for (const Row& row : rows) {
    if (has(row, field)) values.push_back(value_of(row, field));
  }
  return choose_format(*field.column, values);
}

/// A line break in a label would tear the table.
std::string in_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

}  // namespace

bool SheetWriter::begin(const Sweep& sweep) {
  sweep_ = &sweep;
  rows_.clear();
  return true;
}

bool SheetWriter::row(const Row& row) {
  if (rows_.size() >= max_table_rows) return false;
  rows_.push_back(row);
  return true;
}

bool SheetWriter::end(const Totals& totals) {
  const std::string text = print_(sheet(totals));
  const bool separated = is_first_ || write_("\n");
  is_first_ = false;
  return separated && write_(text);
}

Sheet SheetWriter::sheet(const Totals& totals) const {
  Sheet sheet;
  sheet.title = in_one_line(title_of(*sweep_));
  sheet.footer = infeasible_lines(totals);
  sheet.lines.resize(rows_.size());
  for (const Field& field : fields_of(*sweep_)) {
    const Column& column = *field.column;
    const ColumnFormat chosen = format_of(field, rows_);
    sheet.headings.push_back(in_one_line(heading(column.title, column.units[chosen.unit].text)));
    sheet.numbers.push_back(column.type == Column::Type::number);
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (has(rows_[i], field)) sheet.lines[i].cells.push_back(in_one_line(format(column, chosen, value_of(rows_[i], field))));
    }
  }
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].reason != 0) sheet.lines[i].reason = in_one_line(why(*sweep_, rows_[i]));
  }
  return sheet;
}

}  // namespace llmsys
