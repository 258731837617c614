#include "runtime/space.h"

#include <algorithm>
#include <limits>

namespace llmsys {
namespace {

constexpr uint64_t most = std::numeric_limits<uint64_t>::max();

uint64_t add(uint64_t a, uint64_t b) { return a > most - b ? most : a + b; }
uint64_t multiply(uint64_t a, uint64_t b) { return b != 0 && a > most / b ? most : a * b; }

uint64_t rows_below(const Space& space, uint32_t child, bool is_combo) { return is_combo ? 1 : space.levels[child].rows; }

void count_level(Space& space, Level& level, bool is_last) {
  level.rows_before.clear();
  const bool shared = level.children.size() == 1;
  if (shared && !level.by_element) {
    level.rows = multiply(level.size, rows_below(space, level.children[0], is_last));
    return;
  }
  level.rows = 0;
  level.rows_before.push_back(0);
  for (uint64_t i = 0; i < level.size; ++i) {
    level.rows = add(level.rows, rows_below(space, level.children[shared ? 0 : i], is_last));
    level.rows_before.push_back(level.rows);
  }
}

struct Step {
  uint64_t index;
  uint64_t rest;   // the row's number within the child
};

Step step_into(const Space& space, const Level& level, uint64_t row, bool is_last) {
  if (level.rows_before.empty()) {
    const uint64_t each = rows_below(space, level.children[0], is_last);
    return {row / each, row % each};
  }
  // The last child that starts at or before the row: empty children before it start there as well.
  const auto after = std::upper_bound(level.rows_before.begin(), level.rows_before.end(), row);
  const uint64_t index = static_cast<uint64_t>(after - level.rows_before.begin()) - 1;
  return {index, row - level.rows_before[index]};
}

}  // namespace

std::vector<uint32_t> axis_of_levels(const Space& space) {
  std::vector<uint32_t> axis(space.levels.size(), space.axes);
  if (space.axes == 0) return axis;
  axis[space.root] = 0;
  for (size_t i = 0; i < space.levels.size(); ++i) {
    if (axis[i] + 1 >= space.axes) continue;  // below are combos
    for (uint32_t child : space.levels[i].children) axis[child] = axis[i] + 1;
  }
  return axis;
}

std::vector<uint64_t> axis_sizes(const Space& space) {
  std::vector<uint64_t> sizes(space.axes, 1);
  const std::vector<uint32_t> axis = axis_of_levels(space);
  for (size_t i = 0; i < axis.size(); ++i) {
    if (axis[i] < space.axes) sizes[axis[i]] = std::max(sizes[axis[i]], space.levels[i].size);
  }
  return sizes;
}

double axis_value(const Space& space, const Level& level, size_t axis, uint64_t index) {
  if (!level.by_element) return space.domains[level.domain].at(index);
  const bool numbers = axis < space.element_values.size() && !space.element_values[axis].empty();
  return numbers ? space.element_values[axis][level.domain + index] : static_cast<double>(level.domain + index);
}

void count_rows(Space& space) {
  const std::vector<uint32_t> axis = axis_of_levels(space);
  for (size_t i = space.levels.size(); i-- > 0;) {
    if (axis[i] < space.axes) count_level(space, space.levels[i], axis[i] + 1 == space.axes);
  }
}

const Level* locate(const Space& space, uint64_t row, Place& place) {
  place.index.resize(space.axes);
  place.value.resize(space.axes);
  place.combo = space.root;
  const Level* level = nullptr;
  for (uint32_t axis = 0; axis < space.axes; ++axis) {
    level = &space.levels[place.combo];  // until the last axis is passed, it is a level that we are at
    const auto [index, rest] = step_into(space, *level, row, axis + 1 == space.axes);
    place.index[axis] = index;
    place.value[axis] = axis_value(space, *level, axis, index);
    place.combo = level->children[level->children.size() == 1 ? 0 : index];
    row = rest;
  }
  return level;
}

}  // namespace llmsys
