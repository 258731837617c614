// Graphs that differ only in numbers become one. In: the roots of each combo. Out: shapes, and the shape of each combo.
#pragma once

#include <optional>
#include <vector>

#include "compiler/graph/query.h"

namespace llmsys {

/// leaves[combo][phase] are roots; varying: the by-element axes; siblings[combo]: the level it lies below (the last axis' if that is by element).
struct Merged {
  std::vector<Shape> shapes;
  std::vector<uint32_t> shape_of_combo;
};
Merged merge_shapes(Graph& graph, const std::vector<std::vector<std::vector<NodeId>>>& leaves, AxisMask by_element, uint32_t last_axis,
                    const std::vector<uint32_t>& siblings);

}  // namespace llmsys
