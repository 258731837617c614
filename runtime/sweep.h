// A study as the runtime sees it: where rows come from, what is kept, what is shown. In: from the compiler, as plain data. Out: see evaluate.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/column.h"
#include "runtime/space.h"

namespace llmsys {

using AxisMask = uint64_t;  // bit a: axis a
inline constexpr uint32_t max_axes = 64;

struct Goal {
  bool maximise = true;
  uint32_t column = 0;
};
struct Filter { uint32_t column; };                        // keeps rows whose column is 1
struct Best { Goal goal; AxisMask over; };                 // one row per choice on the other axes; ties to the lowest row
struct Pareto { std::vector<Goal> goals; AxisMask per; };  // the rows that no other row of the same choice on `per` beats
struct Top { uint64_t count; Goal goal; };                 // by goal, ties to the lowest row
/// One row per choice on the other axes. If it is known of some rows that they hold: of those the row with the smallest or largest unknown, which is the goal's column. Else the one
/// with the largest merit, infeasible because of `no_solution`, the status that stands there; if no row is feasible, the last one for a smallest unknown and the first for a largest.
struct Solve {
  Goal goal;
  uint32_t holds, merit, no_solution;
  uint32_t decides;                  // the status of the row, dropped where it does not hold
  uint32_t afterwards;               // the status, when all is solved: what is shown does not decide on the answer
  /// Of an unknown that is not gone through value by value.
  struct Proof {
    uint32_t answer;                 // how sure it is: `proven`, or what stands there
    double proven;
    uint32_t no_solution;            // what takes the place of the other one if it is proved that there is none
    double nothing_found;            // the status of a row that can't be one, if that is not proved
  };
  std::optional<Proof> proof;
  AxisMask over;
};
using Stage = std::variant<Filter, Best, Pareto, Top, Solve>;

struct Summary {
  enum class Function : uint8_t { mean, sum, min, max, count, quantile };
  Function function;
  uint32_t column = 0;
  double parameter = 0;   // of quantile
};
/// Folds the axes `over` away; summary i becomes slot i of the next phase. Rows that do not survive are not counted in.
struct Summarise { std::vector<Summary> summaries; AxisMask over; };

/// Columns of one phase: their kernel gives a status and these values. Phase 0 has the rows of the space; a later one, those of `summarise`.
struct Phase {
  std::vector<Column> columns;
  std::vector<Stage> stages;
  std::vector<Summarise> end;   // none (last phase) or one
};

/// A column of the table: an axis, or the n-th that is shown.
struct TableColumn { bool is_axis; uint32_t index; };

/// A picture of the table, for formats that draw: what its marks are given are columns, numbers in base units (a switch is 0 or 1), or a text.
struct Mark {
  struct Argument { std::string name; std::vector<TableColumn> columns; std::vector<double> numbers; std::string text; };
  std::string shape;
  std::vector<Argument> arguments;
};
struct Picture { std::vector<Mark> marks; };   // the first one decides the axes

struct Reason {
  std::string site;   // the message as written, with its braces: what totals are counted by
};

struct Sweep {
  std::string name;
  std::string title;
  std::string text;    // as it is written
  Space space;
  std::vector<Column> axes;
  std::vector<uint32_t> shape_of_combo;
  std::vector<Phase> phases;           // at least one
  std::vector<uint32_t> shown;         // columns of the last phase, in the order of `show`
  std::vector<Picture> pictures;
  std::vector<Reason> reasons;
  /// The reason's text with its values at this row.
  std::function<std::string(uint32_t reason, uint64_t row)> tell;
};

/// The `solve` that the first phase begins with, if it does.
inline const Solve* first_solve(const Sweep& sweep) {
  if (sweep.phases.empty() || sweep.phases[0].stages.empty()) return nullptr;
  return std::get_if<Solve>(&sweep.phases[0].stages[0]);
}

/// Whether the order in which the first phase goes through rows can be seen by nobody: what comes first of a reduction and `summarise` sorts what it leaves.
inline bool order_is_free(const Sweep& sweep) {
  if (sweep.phases.empty()) return false;
  const auto& [columns, stages, end] = sweep.phases[0];
  return !end.empty() || std::any_of(stages.begin(), stages.end(), [](const Stage& stage) { return !std::holds_alternative<Filter>(stage); });
}

}  // namespace llmsys
