// Csv files: a column is a field of each row, its head may name a unit.
#include "compiler/sema/data_check.h"

namespace llmsys {

std::optional<Datum> DataCheck::table(const DataValue& file, TypeId type) {
  const DataTable& table = std::get<DataTable>(file.node);
  TypeId record = program_.types[type].tag == Type::Tag::list ? program_.types[type].element : type;
  if (record == type || program_.types[record].tag != Type::Tag::record) {
    sink_.add({Code::wrong_type, checker_.syntax_[node_.type].span, "a csv file is a list of rows, each a value of a kind", "not a list of a kind", {}, {},
               program_.types[type].tag == Type::Tag::record ? std::optional("write `as [" + program_.describe(type) + "]`") : std::nullopt});
    return {};
  }
  const Shape& fields = shape(record);
  auto wanted = columns(table, fields, record, file.span);
  if (checker_.mistakes() > errors_before_) return {};   // each of its rows would say the same again
  std::vector<Datum> rows;
  rows.reserve(table.rows.size());
  for (const DataTable::Row& one : table.rows) {
    if (enough()) return {};
    if (auto datum = row(one, wanted, record)) rows.push_back(std::move(*datum));
  }
  label(rows);
  return Datum{std::move(rows), file.span};
}

std::vector<std::optional<DataCheck::Column>> DataCheck::columns(const DataTable& table, const Shape& shape, TypeId record, Span header) {
  Slots given = slots(table.columns, shape, record);
  std::vector<std::optional<Column>> result(table.columns.size());
  for (size_t i = 0; i < result.size(); ++i) {
    if (!given.of_key[i]) continue;
    Column column{&shape.fields[*given.of_key[i]], *given.of_key[i]};
    if (column_unit(table.columns[i], column)) result[i] = std::move(column);
  }
  report_missing(given, shape, record, header);
  return result;
}

bool DataCheck::column_unit(const DataKey& key, Column& column) {
  const Type& type = program_.types[column.field->type];
  if (type.tag == Type::Tag::list || type.tag == Type::Tag::record || type.tag == Type::Tag::per) {
    mistake(key.span, "`" + column.field->name + "` is " + quoted(column.field->type) + ", which no cell can hold", "one value in each row", "read it from a json file");
    return false;
  }
  const Dimension dimension = type.tag == Type::Tag::quantity ? type.dimension : Dimension();
  if (!key.unit) {
    if (dimension.dimensionless()) return true;
    mistake(key.span, "the column `" + key.text + "` needs a unit of " + quoted(column.field->type), "no unit in its head", "write `" + key.text + " [" + example_unit(dimension) + "]`, or what it was measured in");
    return false;
  }
  size_t mistakes = checker_.mistakes();
  auto measure = unit(*key.unit);
  if (!measure && checker_.mistakes() == mistakes) mistake(*key.unit, "this is not a unit", "not a unit");
  if (!measure) return false;
  if (type.tag != Type::Tag::quantity || measure->dimension != dimension) {
    std::string unit_type = program_.describe(measure->dimension);
    mistake(*key.unit, "`" + column.field->name + "` must be " + quoted(column.field->type) + ", found `" + unit_type + "`", "a unit of `" + unit_type + "`");
    return false;
  }
  column.scale = measure->value;
  return true;
}

std::optional<Datum> DataCheck::row(const DataTable::Row& row, const std::vector<std::optional<Column>>& columns, TypeId record) {
  DatumRecord result{.type = record};
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i]) continue;
    const DataCell& one = row.cells[i];
    // An empty cell is how data says that nothing is given; a text without letters has quotes.
    if (!one.quoted && one.span.begin == one.span.end) {
      if (columns[i]->field->required)
        mistake({one.span.source, one.span.begin, one.span.begin + 1}, "this row has no `" + columns[i]->field->name + "`", "an empty cell");
      continue;
    }
    if (auto datum = cell(one, *columns[i])) {
      result.slots.push_back(columns[i]->slot);
      result.values.push_back(std::move(*datum));
    }
  }
  return Datum{std::move(result), row.span};
}

namespace {

/// Inside of quotes two quotes stand for one.
std::string cell_text(std::string_view written, bool quoted) {
  std::string text;
  for (size_t i = 0; i < written.size(); ++i) {
    text += written[i];
    if (quoted && written[i] == '"') ++i;
  }
  return text;
}

std::optional<bool> truth(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return {};
}

}  // namespace

std::optional<Datum> DataCheck::cell(const DataCell& cell, const Column& column) {
  const Type& type = program_.types[column.field->type];
  std::string text = cell_text(sources_.text(cell.span), cell.quoted);
  switch (type.tag) {
    case Type::Tag::quantity: return number(text, cell.span, column.scale, column.field->type, {column.field});
    case Type::Tag::text: return Datum{std::move(text), cell.span};
    case Type::Tag::enumeration: return enum_case(text, cell.span, type.enumeration);
    case Type::Tag::boolean:
      if (auto value = truth(text)) return Datum{*value ? 1.0 : 0.0, cell.span};
      mistake(cell.span, "`" + column.field->name + "` must be `Bool`, found `" + text + "`", "neither `true` nor `false`");
      return {};
    default: return {};
  }
}

}  // namespace llmsys
