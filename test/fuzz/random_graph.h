// Random numbers and nodes for comparing engines. In: a seeded generator. Out: the same graph on every machine.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <vector>

#include "compiler/graph/graph.h"
#include "test/fuzz/seeds.h"

namespace llmsys::fuzz {

inline double random_number(Random& random) {
  static constexpr double special[] = {0.0,  -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, 2, 3, 10, 1024, INFINITY, -INFINITY, NAN, 5e-324, -5e-324,
                                       2e-308, 1.7976931348623157e308, -1.7976931348623157e308, 9007199254740992.0, 9007199254740994.0, 4503599627370497.5};
  switch (below(random, 4)) {
    case 0: return special[below(random, std::size(special))];
    case 1: return static_cast<double>(below(random, 100)) - 20;
    case 2: return std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(below(random, 80)) - 90) * (random() & 1 ? 1 : -1);
    default: {
      const uint64_t bits = random();
      double value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
  }
}

inline std::vector<double> random_numbers(Random& random, uint64_t count) {
  std::vector<double> numbers(count);
  for (double& number : numbers) number = random_number(random);
  return numbers;
}

inline Op random_op(Random& random) {
  const auto first = static_cast<uint64_t>(Op::add);
  return static_cast<Op>(first + below(random, op_count - first));
}

/// Leaves, then operations on any nodes before them. `leaf` makes a leaf of the graph.
template <class Leaf>
std::vector<NodeId> random_nodes(Random& random, Graph& graph, Leaf leaf) {
  std::vector<NodeId> nodes;
  const uint64_t leaves = 2 + below(random, 8);
  const uint64_t operations = below(random, 60);
  for (uint64_t i = 0; i < leaves; ++i) nodes.push_back(leaf());
  for (uint64_t i = 0; i < operations; ++i) {
    const auto any = [&] { return nodes[below(random, nodes.size())]; };
    const NodeId a = any();
    const NodeId b = any();
    nodes.push_back(graph.apply(random_op(random), a, b, any()));
  }
  return nodes;
}

/// One of the nodes that were made last: most of the graph stands below it.
inline NodeId late_node(Random& random, const std::vector<NodeId>& nodes) {
  return nodes[nodes.size() - 1 - below(random, std::min<uint64_t>(nodes.size(), 12))];
}

}  // namespace llmsys::fuzz
