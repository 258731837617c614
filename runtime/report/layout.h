// What a report of a study has, in any format. In: a sweep. Out: its columns from left to right, texts of its rows' ends.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "runtime/evaluate.h"

namespace llmsys {

/// One column of the report: an axis that was not summarised away, or a shown column of the last phase.
struct Field {
  const Column* column;
  bool is_axis;
  uint32_t index;   // into Row::axes or Row::values
};

/// Axes first, then what is shown.
std::vector<Field> fields_of(const Sweep& sweep);

/// Titles, each once and none of those taken: a second one has ` (2)` behind it. To some readers large and small letters are the same.
std::vector<std::string> names_of(const std::vector<Field>& fields, const std::vector<std::string>& taken, bool letters_have_size = true);

inline double value_of(const Row& row, const Field& field) { return field.is_axis ? row.axes[field.index] : row.values[field.index]; }
/// Whether the row has this field: an infeasible one has its axes only.
inline bool has(const Row& row, const Field& field) {
  return field.is_axis || (row.reason == 0 && !(field.column->may_lack && !std::isfinite(value_of(row, field))));
}

/// `UTPS [token/s]`
std::string heading(const std::string& title, const std::string& unit);

/// Why the row is infeasible, with its values.
std::string why(const Sweep& sweep, const Row& row);

/// The study's title, or its name.
const std::string& title_of(const Sweep& sweep);

/// `18 of 90 rows infeasible:` and a line for each reason, the most frequent first; nothing if there is none.
std::vector<std::string> infeasible_lines(const Totals& totals);

}  // namespace llmsys
