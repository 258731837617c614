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

/// Where it differs from the column before it. Whether it does anywhere.
bool SheetWriter::put_before(Sheet& sheet, const Field& field) const {
  const Field above{field.column - 1, false, field.index - 1};
  bool any = false;
  const auto differs = [&](const Row& row) { return row.reason == 0 && (has(row, field) != has(row, above) || (has(row, field) && value_of(row, field) != value_of(row, above))); };
  const ColumnFormat chosen = format_of(above, rows_);
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!differs(rows_[i])) continue;
    any = true;
    std::string& cell = sheet.lines[i].cells.back();
    cell = (has(rows_[i], field) ? format(*field.column, chosen, value_of(rows_[i], field)) : "-") + " to " + cell;
  }
  return any;
}

Sheet SheetWriter::sheet(const Totals& totals) const {
  Sheet sheet;
  sheet.title = in_one_line(title_of(*sweep_));
  sheet.footer = infeasible_lines(totals);
  sheet.lines.resize(rows_.size());
  bool at_kinks = false, lacks = false;
  for (const Field& field : fields_of(*sweep_)) {
    const Column& column = *field.column;
    if (column.from_below) {
      at_kinks |= put_before(sheet, field);
      continue;
    }
    const ColumnFormat chosen = format_of(field, rows_);
    sheet.headings.push_back(in_one_line(heading(column.title, column.units[chosen.unit].text)));
    sheet.numbers.push_back(column.type == Column::Type::number);
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (has(rows_[i], field)) sheet.lines[i].cells.push_back(in_one_line(format(column, chosen, value_of(rows_[i], field))));
      else if (rows_[i].reason == 0) sheet.lines[i].cells.push_back("-");
      lacks |= rows_[i].reason == 0 && !has(rows_[i], field);
    }
  }
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].reason != 0) sheet.lines[i].reason = in_one_line(why(*sweep_, rows_[i]));
  }
  if (at_kinks) sheet.footer.push_back("a to b: at a kink, a on the way down and b on the way up");
  if (lacks) sheet.footer.push_back("-: no value there");
  return sheet;
}

}  // namespace llmsys
