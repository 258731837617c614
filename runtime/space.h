// Axes and row numbers. In: levels, one for each axis under each choice of earlier elements that matters. Out: rows <-> element indices.
// Rows are numbered in the order of the axes, the last one fastest. An axis is either numeric (its value is a number that kernels read)
// or by element (each element leads to a level of its own, and so to a `combo`: one choice on every by-element axis).
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace llmsys {

/// Rows that are tried of an axis that is too fine to be gone through.
inline constexpr uint64_t steps_tried = 1024;

/// The numbers of a numeric axis. A range is never materialised: `values` is empty and element i is start + i * step.
struct Domain {
  uint64_t size = 0;
  double start = 0;
  double step = 1;
  std::vector<double> values;
  /// Not 0: every so many-th double from `start`, which is above 0, on, and `last`.
  uint64_t doubles = 0;
  double last = 0;
  /// Too fine to be gone through.
  bool is_fine = false;
  double at(uint64_t i) const {
    if (doubles != 0) return i + 1 == size ? last : std::bit_cast<double>(std::bit_cast<uint64_t>(start) + i * doubles);
    return values.empty() ? start + static_cast<double>(i) * step : values[i];
  }
};

/// One axis, given the elements chosen before it.
struct Level {
  uint64_t size = 0;              // elements
  uint32_t domain = 0;            // numeric: index into Space::domains; by element: number of the first element in the axis' labels
  bool by_element = false;
  std::vector<uint32_t> children;  // levels of the next axis, or combos below the last axis; one shared, or one for each element
  std::vector<uint64_t> rows_before;  // by element: rows of the children before child i, and in the end of all; else empty
  uint64_t rows = 0;              // of the whole subtree; saturates at 2^64 - 1
};

struct Space {
  uint32_t axes = 0;
  std::vector<Domain> domains;
  /// By axis: the numbers of a by-element axis whose elements are plain numbers, in the place of labels; else empty.
  std::vector<std::vector<double>> element_values;
  std::vector<Level> levels;      // children have higher numbers than parents or are combos
  uint32_t root = 0;              // a combo if there are no axes
  uint32_t combos = 1;

  uint64_t rows() const { return axes == 0 ? 1 : levels[root].rows; }
};

/// Fills rows_before and rows of every level.
void count_rows(Space& space);

/// The axis that each level belongs to; `axes` for a level that can't be reached.
std::vector<uint32_t> axis_of_levels(const Space& space);

/// The elements that each axis has at most, whatever was chosen before.
std::vector<uint64_t> axis_sizes(const Space& space);

/// Where a row is: element indices and values (a by-element axis of anything but numbers has the number of its label as its value), and the combo.
struct Place {
  std::vector<uint64_t> index;
  std::vector<double> value;
  uint32_t combo = 0;
};
/// What stands in the column of the axis for one element of the level.
double axis_value(const Space& space, const Level& level, size_t axis, uint64_t index);

/// Gives the level of the last axis, or null if there are no axes. `row` is below rows().
const Level* locate(const Space& space, uint64_t row, Place& place);

}  // namespace llmsys
