// Random graphs: the interpreter and the JIT must give the same bits, at every width, for every number of rows.
//   graph_fuzz SECONDS SEED      or, with LLMSYS_FUZZ, a libFuzzer target whose input is the seed
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "compiler/codegen/jit.h"

namespace llmsys {
namespace {

using Random = std::mt19937_64;

/// Not std::uniform_int_distribution: that differs between libraries, and a seed should be worth keeping.
uint64_t below(Random& random, uint64_t limit) { return random() % limit; }

double random_number(Random& random) {
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

std::vector<double> random_numbers(Random& random, uint64_t count) {
  std::vector<double> numbers(count);
  for (double& number : numbers) number = random_number(random);
  return numbers;
}

/// A query and what its kernels read: the last axis is numeric or by element, each combo one element of it.
struct Case {
  Query query;
  bool by_element = false;
  uint64_t combos = 1;
  uint64_t rows = 0;
  std::vector<double> axis, inner, slot;
  int64_t combo = 0;
};

Op random_op(Random& random) {
  const auto first = static_cast<uint64_t>(Op::add);
  return static_cast<Op>(first + below(random, op_count - first));
}

NodeId random_leaf(Random& random, Case& c) {
  const uint32_t axes = c.query.sweep.space.axes;
  Graph& graph = c.query.graph;
  switch (below(random, 5)) {
    case 0: return graph.constant(random_number(random));
    case 1: return graph.slot(static_cast<uint32_t>(below(random, c.slot.size())));
    case 2: return graph.table(random_numbers(random, c.combos), c.by_element ? AxisMask{1} << (axes - 1) : 0);
    default: {
      const uint32_t numeric = c.by_element ? axes - 1 : axes;  // an axis by element has no value
      if (numeric == 0) return graph.constant(random_number(random));
      return graph.axis(random() & 1 ? numeric - 1 : static_cast<uint32_t>(below(random, numeric)));
    }
  }
}

void random_graph(Random& random, Case& c) {
  std::vector<NodeId> nodes;
  const uint64_t leaves = 2 + below(random, 8);
  const uint64_t inner_nodes = below(random, 60);
  for (uint64_t i = 0; i < leaves; ++i) nodes.push_back(random_leaf(random, c));
  for (uint64_t i = 0; i < inner_nodes; ++i) {
    const auto any = [&] { return nodes[below(random, nodes.size())]; };
    const NodeId a = any();
    const NodeId b = any();
    nodes.push_back(c.query.graph.apply(random_op(random), a, b, any()));
  }
  const uint64_t shapes = 1 + below(random, 3);
  for (uint64_t s = 0; s < shapes; ++s) {
    std::vector<NodeId> roots;
    const uint64_t outputs = 1 + below(random, 6);
    const uint64_t latest = std::min<uint64_t>(nodes.size(), 12);
    for (uint64_t k = 0; k < outputs; ++k) roots.push_back(nodes[nodes.size() - 1 - below(random, latest)]);
    c.query.shapes.push_back({{roots}});
  }
}

Case random_case(Random& random) {
  Case c;
  const auto axes = static_cast<uint32_t>(1 + below(random, 3));
  c.query.sweep.name = "random";
  c.query.sweep.space.axes = axes;
  c.by_element = below(random, 3) == 0;
  c.rows = below(random, 40) == 0 ? 300 + below(random, 300) : below(random, 40);
  c.combo = static_cast<int64_t>(below(random, 3));
  c.combos = static_cast<uint64_t>(c.combo) + (c.by_element ? c.rows : 0) + 2;
  c.axis = random_numbers(random, axes);
  c.inner = random_numbers(random, c.rows);
  c.slot = random_numbers(random, 3);
  random_graph(random, c);
  return c;
}

constexpr double untouched = 12345.678;  // what is written beyond the last row shows

std::vector<std::vector<double>> run(const Kernel& kernel, const Case& c, size_t outputs) {
  std::vector<std::vector<double>> values(outputs, std::vector<double>(c.rows + 8, untouched));
  std::vector<double*> out;
  for (auto& column : values) out.push_back(column.data());
  std::vector<const double*> tables;
  for (const auto& table : c.query.graph.tables()) tables.push_back(table.data());
  kernel.run({.axis = c.axis.data(), .inner = c.inner.data(), .table = tables.data(), .slot = c.slot.data(), .combo = c.combo,
              .combo_step = c.by_element ? 1 : 0, .n = static_cast<int64_t>(c.rows), .out = out.data()});
  return values;
}

/// NaNs have no bits that anybody may see.
bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

bool agree(const Case& c, uint32_t shape, unsigned width, const Kernel& compiled) {
  const std::vector<NodeId>& roots = c.query.shapes[shape].roots[0];
  const auto expected = run(*interpret(c.query, 0, shape), c, roots.size());
  const auto seen = run(compiled, c, roots.size());
  for (size_t k = 0; k < expected.size(); ++k)
    for (size_t row = 0; row < expected[k].size(); ++row)
      if (!same(expected[k][row], seen[k][row])) {
        std::printf("width %u, shape %u, output %zu, row %zu of %zu: interpreter %a, compiled %a\n%s", width, shape, k, row,
                    static_cast<size_t>(c.rows), expected[k][row], seen[k][row], dump(c.query.graph, {roots[k]}, {"output"}, {}).c_str());
        return false;
      }
  return true;
}

bool check_width(const Case& c, unsigned width) {
  Jitted jitted = jit(c.query, {.width = width});
  if (const std::string* error = std::get_if<std::string>(&jitted)) {
    std::printf("%s\n", error->c_str());
    return false;
  }
  const auto& kernels = std::get<0>(jitted);
  for (uint32_t shape = 0; shape < kernels.size(); ++shape)
    if (!agree(c, shape, width, *kernels[shape])) return false;
  return true;
}

bool check(uint64_t seed) {
  Random random(seed);
  const Case c = random_case(random);
  for (unsigned width : {1u, 2u, 4u, 8u})
    if (!check_width(c, width)) {
      std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
      return false;
    }
  return true;
}

}  // namespace
}  // namespace llmsys

#ifdef LLMSYS_FUZZ
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  uint64_t seed = 0;
  std::memcpy(&seed, data, std::min(size, sizeof seed));
  if (!llmsys::check(seed)) std::abort();
  return 0;
}
#else
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: graph_fuzz SECONDS SEED\n");
    return 2;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
  uint64_t seed = std::strtoull(argv[2], nullptr, 10);
  uint64_t graphs = 0;
  do {
    if (!llmsys::check(seed++)) return 1;
    ++graphs;
  } while (std::chrono::steady_clock::now() < end);
  std::printf("%llu graphs, the same bits at widths 1, 2, 4 and 8\n", static_cast<unsigned long long>(graphs));
}
#endif
