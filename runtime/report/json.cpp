#include "runtime/report/json.h"

#include <fmt/format.h>

#include <cmath>

#include "runtime/report/number.h"

namespace llmsys {
namespace {

/// A value that is not to be told is NaN.
std::string json_value(const Column& column, double value) {
  if (std::isnan(value)) return "null";
  const std::string text = plain(column, value);
  return column.type == Column::Type::label ? quoted(text) : text;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') result += '\\';
    if (code < ' ') result += fmt::format("\\u{:04x}", code);
    else result += c;
  }
  return result + "\"";
}

std::string json_row(const Sweep& sweep, const std::vector<Field>& fields, const std::vector<std::string>& names, const Row& row) {
  std::string line = "{";
  const auto add = [&](const std::string& name, const std::string& value) { line += (line.size() > 1 ? ", " : "") + quoted(name) + ": " + value; };
  for (size_t i = 0; i < fields.size(); ++i) {
    if (has(row, fields[i])) add(names[i], json_value(*fields[i].column, value_of(row, fields[i])));
  }
  if (row.reason != 0) add("infeasible", quoted(why(sweep, row)));
  return line + "}";
}

std::string json_totals(const Totals& totals) {
  std::string reasons;
  for (const auto& [site, count] : totals.by_reason) reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : ", ", quoted(site), count);
  return fmt::format("{{\"points\": {}, \"dropped\": {}, \"infeasible\": {}, \"by_reason\": {{{}}}, \"shown\": {}}}", totals.points, totals.dropped,
                     totals.infeasible, reasons, totals.shown);
}

}  // namespace llmsys
