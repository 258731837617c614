// Numbers as text. In: finite doubles. Out: the same text on every machine. Promise: never `inf` or `nan`; those are a defect of the caller.
#pragma once

#include <string>
#include <vector>

#include "runtime/column.h"

namespace llmsys {

/// The shortest text that reads back as the same double: `0.1`, `1e+300`, `86`.
std::string shortest(double value);

/// For people: whole numbers up to 2^53 below 1e15 in full (`131072`), others with `digits` significant digits and no exponent between 1e-3 and 1e15 (`719.4`).
std::string readable(double value, int digits = 4);

/// A value in the unit that reads best, with the unit: `1.50 us`, `881.2 GiB`, `86`.
std::string with_unit(double value, const std::vector<UnitChoice>& units);

/// How a column of values is printed: one unit for all (that in which their geometric middle lies between 1 and 1000) and decimals so that
/// the largest has at least four significant digits and equal columns line up.
struct ColumnFormat {
  uint32_t unit = 0;
  int decimals = 0;
};
ColumnFormat choose_format(const Column& column, const std::vector<double>& values);
std::string format(const Column& column, const ColumnFormat& format, double value);

}  // namespace llmsys
