// Numbers as text. In: finite doubles. Out: the same text on every machine. Promise: never `inf` or `nan`; those are a defect of the caller.
#pragma once

#include <string>
#include <vector>

#include "runtime/column.h"

namespace llmsys {

/// The fewest digits that read back as the same double, without an exponent from 1e-5 up to 1e16: `0.1`, `131072`, `1e+300`, `-0`.
std::string shortest(double value);

/// For people: whole numbers below 1e15 in full (`131072`), others with `digits` significant digits (more if the whole part has more), zeros
/// at the end left out, and no exponent between 1e-3 and 1e15 (`719.4`). Never `-0`.
std::string readable(double value, int digits = 4);

/// A value in the unit that reads best, which is the largest one that it has at least one of: `1.50 us`, `881.2 GiB`, `24 GB`, `86`.
/// Whole numbers in full, others with `digits` significant digits, of which a zero at the end is left out. A plain number is `readable`.
std::string with_unit(double value, const std::vector<UnitChoice>& units, int digits = 4);

/// Digits that it takes to see that two values are not the same; show(value, digits) is a text.
template <class Show>
int telling_digits(const Show& show, double a, double b) {
  for (int digits : {4, 6, 9, 12})
    if (show(a, digits) != show(b, digits)) return digits;
  return a == b ? 4 : 17;
}

/// How a column of values is printed: one unit for all (the largest that their geometric middle has at least one of) and decimals so that the
/// largest has four significant digits, or up to two decimals more if the smallest has below three. Decimals that are 0 everywhere are left out.
struct ColumnFormat {
  uint32_t unit = 0;
  int decimals = 0;
};
ColumnFormat choose_format(const Column& column, const std::vector<double>& values);

/// A number without its unit, a boolean or a label. A number that these decimals would show with less than two digits is `readable`.
std::string format(const Column& column, const ColumnFormat& format, double value);

/// The same for machines: in the plain unit, `shortest`.
std::string plain(const Column& column, double value);
/// That number as a double; infinite if it is too large for one.
inline double in_plain_unit(const Column& column, double value) { return value / column.units[column.plain_unit].scale; }
/// Writes that behind a text, for a number or a boolean: most of the time of a large csv file is spent in here.
void append_plain(std::string& text, const Column& column, double value);
/// What a value of a column of labels stands for.
const std::string& label(const Column& column, double value);

}  // namespace llmsys
