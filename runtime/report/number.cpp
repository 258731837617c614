#include "runtime/report/number.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

namespace llmsys {
namespace {

constexpr double large = 1e15;   // from here on a number has an exponent
constexpr double small = 1e-3;

/// std::to_chars knows no locale and gives the same digits everywhere.
template <class... Format>
void append_digits(std::string& text, double value, Format... format) {
  assert(std::isfinite(value) && "a row with a non-finite value is infeasible");
  std::array<char, 400> buffer;   // the longest double without exponent has 309 digits and we ask for few decimals
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...).ptr;
  text.append(buffer.data(), end);
}

template <class... Format>
std::string digits_of(double value, Format... format) {
  std::string text;
  append_digits(text, value, format...);
  return text;
}

std::string fixed(double value, int decimals) { return digits_of(value == 0 ? 0 : value, std::chars_format::fixed, decimals); }

/// e of d.ddd x 10^e as it is printed with `digits` digits: 9.9999 is 1.000 x 10^1.
int exponent_of(double value, int digits) {
  const std::string text = digits_of(std::abs(value), std::chars_format::scientific, digits - 1);
  const size_t e = text.find('e');
  const bool negative = text[e + 1] == '-';
  int exponent = 0;
  std::from_chars(text.data() + e + 2, text.data() + text.size(), exponent);
  return negative ? -exponent : exponent;
}

/// Decimals that give a value so many significant digits.
int decimals_for(double value, int digits) { return value == 0 ? 0 : std::max(0, digits - 1 - exponent_of(value, digits)); }

/// 3.0000000000000004 came from a division by a unit's scale and is meant to be 3.
bool is_whole(double value) { return std::abs(value) < large && std::abs(value - std::round(value)) <= 1e-12 * std::abs(value); }

void strip_zeros(std::string& text, size_t at_most = std::string::npos) {
  if (text.find('.') == std::string::npos) return;
  for (; at_most > 0 && text.back() == '0'; --at_most) text.pop_back();
  if (text.back() == '.') text.pop_back();
}

std::string with_exponent(double value, int digits) {
  const std::string text = digits_of(value, std::chars_format::scientific, digits - 1);
  const size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  strip_zeros(mantissa);
  return mantissa + text.substr(e);
}

/// A value in a unit of which it has more than there are doubles.
std::string beyond(double value, double scale, int digits) {
  constexpr double shift = 1e300;
  const std::string text = with_exponent(value / shift / scale, digits);
  const size_t e = text.find('e');
  return text.substr(0, e) + "e+" + std::to_string(std::stoi(text.substr(e + 1)) + 300);
}

/// The last unit, by ascending scale, that the value has at least one of; the first if there is none. Zero has none of any: the unit nearest to 1.
uint32_t unit_for(double value, const std::vector<UnitChoice>& units) {
  const double magnitude = std::abs(value);
  auto distance = [&](uint32_t u) { return std::abs(std::log(units[u].scale)); };
  uint32_t chosen = 0;
  for (uint32_t u = 1; u < units.size(); ++u) {
    if (magnitude == 0 ? distance(u) < distance(chosen) : magnitude / units[u].scale >= 1) chosen = u;
  }
  return chosen;
}

/// Of the magnitudes of a column's values in one unit.
struct Extent {
  double smallest = 0;   // but for zeros
  double largest = 0;
};

Extent extent_of(const std::vector<double>& values, double scale) {
  Extent extent;
  for (double value : values) {
    const double magnitude = std::abs(value / scale);
    extent.largest = std::max(extent.largest, magnitude);
    if (magnitude != 0 && (extent.smallest == 0 || magnitude < extent.smallest)) extent.smallest = magnitude;
  }
  return extent;
}

/// Decimals that some value needs, if none has more than `decimals`.
int needed_decimals(const std::vector<double>& values, double scale, int decimals) {
  int needed = 0;
  for (double value : values) {
    if (std::abs(value / scale) >= large) continue;
    std::string text = fixed(value / scale, decimals);
    strip_zeros(text);
    const size_t point = text.find('.');
    if (point != std::string::npos) needed = std::max(needed, static_cast<int>(text.size() - point - 1));
  }
  return needed;
}

std::string number_in_column(const UnitChoice& unit, int decimals, double value) {
  const double number = value / unit.scale;
  if (std::isinf(number)) return beyond(value, unit.scale, 4);
  const bool shows_two_digits = decimals_for(number, 2) <= decimals;
  return std::abs(number) >= large || (!is_whole(number) && !shows_two_digits) ? readable(number) : fixed(number, decimals);
}

void append_shortest(std::string& text, double value) {
  const double magnitude = std::abs(value);
  const bool in_full = magnitude == 0 || (magnitude >= 1e-5 && magnitude < 1e16);
  append_digits(text, value, in_full ? std::chars_format::fixed : std::chars_format::scientific);
}

}  // namespace

const std::string& label(const Column& column, double value) {
  assert(column.labels != nullptr && value >= 0 && value < static_cast<double>(column.labels->size()) && "a label's number");
  return (*column.labels)[static_cast<size_t>(value)];
}

std::string shortest(double value) {
  std::string text;
  append_shortest(text, value);
  return text;
}

std::string readable(double value, int digits) {
  const double magnitude = std::abs(value);
  if (is_whole(value)) return fixed(std::round(value), 0);
  if (magnitude < small || magnitude >= large) return with_exponent(value, digits);
  std::string text = fixed(value, decimals_for(value, digits));
  strip_zeros(text);
  return text;
}

std::string with_unit(double value, const std::vector<UnitChoice>& units, int digits) {
  const UnitChoice& unit = units[unit_for(value, units)];
  const double number = value / unit.scale;
  if (std::isinf(number)) return beyond(value, unit.scale, digits) + " " + unit.text;
  if (unit.text.empty()) return readable(number, digits);
  const bool plain_digits = std::abs(number) >= small && std::abs(number) < large && !is_whole(number);
  std::string text = plain_digits ? fixed(number, decimals_for(number, digits)) : readable(number, digits);
  if (plain_digits) strip_zeros(text, 1);
  return text + " " + unit.text;
}

ColumnFormat choose_format(const Column& column, const std::vector<double>& values) {
  if (column.type != Column::Type::number) return {};
  const Extent all = extent_of(values, 1);
  ColumnFormat chosen;
  chosen.unit = unit_for(std::sqrt(all.smallest) * std::sqrt(all.largest), column.units);
  const double scale = column.units[chosen.unit].scale;
  const Extent extent = extent_of(values, scale);
  if (extent.largest >= large || extent.largest < small) return chosen;   // each number for itself, with an exponent
  const int for_largest = decimals_for(extent.largest, 4);
  const int wanted = std::clamp(decimals_for(extent.smallest, 3), for_largest, for_largest + 2);
  chosen.decimals = needed_decimals(values, scale, wanted);
  return chosen;
}

std::string format(const Column& column, const ColumnFormat& format, double value) {
  switch (column.type) {
    case Column::Type::boolean: return value != 0 ? "true" : "false";
    case Column::Type::label: return label(column, value);
    case Column::Type::number: break;
  }
  return number_in_column(column.units[format.unit], format.decimals, value);
}

std::string plain(const Column& column, double value) {
  if (column.type == Column::Type::label) return label(column, value);
  std::string text;
  append_plain(text, column, value);
  return text;
}

void append_plain(std::string& text, const Column& column, double value) {
  assert(column.type != Column::Type::label);
  if (column.type == Column::Type::boolean) {
    text += value != 0 ? "true" : "false";
    return;
  }
  const double number = in_plain_unit(column, value);
  if (std::isinf(number)) text += beyond(value, column.units[column.plain_unit].scale, 17);
  else append_shortest(text, number);
}

}  // namespace llmsys
