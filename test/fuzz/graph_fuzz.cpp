// Random graphs: the interpreter and the JIT must give the same bits, at every width, for every number of rows.
//   graph_fuzz SECONDS SEED      or, with LLMSYS_FUZZ, a libFuzzer target whose input is the seed
#include <cstring>

#include "compiler/codegen/jit.h"
#include "test/fuzz/random_graph.h"

namespace llmsys {
namespace {

using fuzz::random_number;
using fuzz::random_numbers;

/// A query and what its kernels read: the last axis is numeric or by element, each combo one element of it.
struct Case {
  Query query;
  bool by_element = false;
  uint64_t combos = 1;
  uint64_t rows = 0;
  std::vector<double> axis, inner, slot;
  int64_t combo = 0;
};

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

/// As studies have them: reasons one after the other, and rows that are dropped.
NodeId random_status(Random& random, Graph& graph, const std::vector<NodeId>& nodes) {
  NodeId status = graph.constant(status_feasible);
  for (uint64_t k = below(random, 5); k > 0; --k) {
    const NodeId truth = graph.apply(Op::less, fuzz::late_node(random, nodes), fuzz::late_node(random, nodes));
    const NodeId otherwise = graph.constant(below(random, 2) == 0 ? status_dropped : static_cast<double>(k));
    status = below(random, 2) == 0 ? graph.apply(Op::first_reason, status, graph.apply(Op::select, truth, graph.constant(0), otherwise))
                                   : graph.apply(Op::select, truth, status, otherwise);
  }
  return status;
}

void random_graph(Random& random, Case& c) {
  const std::vector<NodeId> nodes = fuzz::random_nodes(random, c.query.graph, [&] { return random_leaf(random, c); });
  const uint64_t shapes = 1 + below(random, 3);
  for (uint64_t s = 0; s < shapes; ++s) {
    std::vector<NodeId> roots = {random_status(random, c.query.graph, nodes)};
    const uint64_t outputs = 1 + below(random, 6);
    for (uint64_t k = 0; k < outputs; ++k) roots.push_back(fuzz::late_node(random, nodes));
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

std::vector<std::vector<double>> run(const Kernel& kernel, const Case& c, size_t outputs) {
  std::vector<std::vector<double>> values(outputs, std::vector<double>(with_slack(c.rows)));
  std::vector<double*> out;
  for (auto& column : values) out.push_back(column.data());
  std::vector<const double*> tables;
  for (const auto& table : c.query.graph.tables()) tables.push_back(table.data());
  std::vector<double> inner = c.inner;
  inner.resize(with_slack(c.rows));
  const Counts counts = kernel.run({.axis = c.axis.data(), .inner = inner.data(), .table = tables.data(), .slot = c.slot.data(), .combo = c.combo,
              .combo_step = c.by_element ? 1 : 0, .n = static_cast<int64_t>(c.rows), .out = out.data()});
  for (auto& column : values) column.resize(c.rows);
  const auto [dropped, infeasible] = count(values[0].data(), static_cast<int64_t>(c.rows));
  values.push_back({static_cast<double>(counts.dropped - dropped), static_cast<double>(counts.infeasible - infeasible)});
  return values;
}

/// NaNs have no bits that anybody may see.
bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

bool agree(const Case& c, uint32_t shape, unsigned width, const Kernel& compiled) {
  const std::vector<NodeId>& roots = c.query.shapes[shape].roots[0];
  const auto expected = run(*interpret(c.query, 0, shape), c, roots.size());
  const auto seen = run(compiled, c, roots.size());
  if (expected.back() != seen.back() || seen.back() != std::vector<double>{0, 0}) {
    std::printf("width %u, shape %u: counts of rows that are not feasible\n", width, shape);
    return false;
  }
  for (size_t k = 0; k < roots.size(); ++k)
    for (size_t row = 0; row < c.rows; ++row) {
      const bool means_nothing = k > 0 && expected[0][row] != status_feasible;
      if (means_nothing || same(expected[k][row], seen[k][row])) continue;
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

std::string check_seed(uint64_t seed) {
  Random random(seed);
  const Case c = random_case(random);
  for (unsigned width : {1u, 2u, 4u, 8u})
    if (!check_width(c, width)) return "interpreter and compiled code differ at width " + std::to_string(width);
  return {};
}

}  // namespace
}  // namespace llmsys

#ifdef LLMSYS_FUZZ
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return llmsys::take(llmsys::check_seed(llmsys::seed_of(data, size))); }
#else
int main(int argc, char** argv) { return llmsys::run_seeds(argc, argv, llmsys::check_seed); }
#endif
