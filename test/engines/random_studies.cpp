// Random studies, from axes to rows: the interpreter alone, and compiled kernels of every width on any threads and chunks, give the same bits.
//   random_studies COUNT FIRST_SEED
#include <cstdio>
#include <cstdlib>

#include "compiler/codegen/jit.h"
#include "runtime/evaluate.h"
#include "test/engines/same_rows.h"
#include "test/fuzz/random_graph.h"

namespace llmsys {
namespace {

using test::Recorder;
using test::same;

constexpr uint32_t reasons = 3;

/// A grid of numeric axes, or with a last axis by element, whose elements have one shape or two in turn.
struct Axes {
  uint32_t count = 0;
  bool by_element = false;
  uint32_t shapes = 1;
};

Axes random_axes(Random& random, Space& space, std::vector<uint32_t>& shape_of_combo) {
  Axes axes{static_cast<uint32_t>(1 + below(random, 3)), below(random, 3) == 0};
  const uint64_t longest[] = {0, 900, 60, 14};
  std::vector<uint64_t> sizes;
  for (uint32_t a = 0; a < axes.count; ++a) sizes.push_back(1 + below(random, longest[axes.count]));
  if (below(random, 8) == 0) sizes.back() = axes.count == 1 ? 4000 + below(random, 9000) : 250 + below(random, 400);   // of several blocks, or of some length
  space = test::grid(sizes);
  for (Domain& domain : space.domains) {
    if (random() & 1) domain.values = fuzz::random_numbers(random, domain.size);
  }
  if (axes.by_element) {
    Level& last = space.levels.back();
    last.by_element = true;
    last.domain = 0;
    last.children.clear();
    for (uint32_t i = 0; i < last.size; ++i) last.children.push_back(i);
    space.combos = static_cast<uint32_t>(last.size);
    axes.shapes = static_cast<uint32_t>(1 + below(random, 2));
    count_rows(space);
  }
  const uint64_t alike = below(random, 2) == 0 ? 1 : 1 + below(random, 5000);   // neighbours of one shape, about
  for (uint32_t c = 0; c < space.combos; ++c) shape_of_combo.push_back(c > 0 && below(random, alike) != 0 ? shape_of_combo.back() : static_cast<uint32_t>(below(random, axes.shapes)));
  return axes;
}

NodeId random_leaf(Random& random, Graph& graph, const Axes& axes, uint32_t combos) {
  const uint32_t numeric = axes.by_element ? axes.count - 1 : axes.count;
  if (axes.by_element && below(random, 3) == 0) return graph.table(fuzz::random_numbers(random, combos), AxisMask{1} << (axes.count - 1));
  if (numeric > 0 && below(random, 3) != 0) return graph.axis(static_cast<uint32_t>(below(random, numeric)));
  return graph.constant(fuzz::random_number(random));
}

/// A quotient; of some the values are the same but for roundings.
NodeId random_rate(Random& random, Graph& graph, const std::vector<NodeId>& nodes, const Axes& axes) {
  if (axes.by_element || below(random, 4) == 0) return graph.apply(Op::divide, fuzz::late_node(random, nodes), fuzz::late_node(random, nodes));
  const NodeId last = graph.axis(axes.count - 1);
  const auto scaled = [&] { return graph.apply(Op::multiply, last, graph.constant(static_cast<double>(1 + below(random, 1000)) / 7)); };
  const NodeId more = (random() & 1) != 0 ? graph.axis(0) : graph.constant(0);
  const NodeId dividend = scaled();
  return graph.apply(Op::divide, dividend, graph.apply(Op::add, scaled(), more));
}

/// Best near to where it was for the last element of the first axis.
NodeId random_peak(Random& random, Graph& graph, const Axes& axes) {
  const NodeId at = graph.apply(Op::multiply, graph.axis(0), graph.constant(static_cast<double>(below(random, 8))));
  return graph.apply(Op::absolute, graph.apply(Op::subtract, graph.axis(axes.count - 1), at));
}

/// As elaboration makes it: no row is feasible with a column that is not finite, as no order has a place for it.
NodeId random_status(Random& random, Graph& graph, const std::vector<NodeId>& nodes, const std::vector<NodeId>& columns) {
  NodeId status = graph.constant(0);
  for (NodeId column : columns) {
    const NodeId finite = graph.apply(Op::is_finite, column);
    const NodeId zero = graph.constant(0);
    status = graph.apply(Op::first_reason, status, graph.apply(Op::select, finite, zero, graph.constant(static_cast<double>(1 + below(random, reasons)))));
  }
  const NodeId dropped = graph.apply(Op::less, fuzz::late_node(random, nodes), graph.constant(-1e3));
  return below(random, 2) == 0 ? status : graph.apply(Op::select, dropped, graph.constant(status_dropped), status);
}

Stage random_stage(Random& random, const Axes& axes, uint32_t columns) {
  const auto column = [&] { return static_cast<uint32_t>(below(random, columns)); };
  const auto goal = [&] { return Goal{(random() & 1) != 0, column()}; };
  const AxisMask some = 1 + below(random, (AxisMask{1} << axes.count) - 1);
  switch (below(random, 4)) {
    case 0: return Filter{columns};   // the column of truths, after the numbers
    case 1: return Best{goal(), some};
    case 2: return Pareto{{goal(), goal()}, some & (random() & 1 ? ~AxisMask{0} : 0)};
    default: return Top{1 + below(random, 20), goal()};
  }
}

Summarise random_summarise(Random& random, const Axes& axes, uint32_t columns) {
  Summarise summarise{{}, 1 + below(random, (AxisMask{1} << axes.count) - 1)};
  for (uint64_t k = 1 + below(random, 4); k > 0; --k) {
    const auto function = static_cast<Summary::Function>(below(random, 6));
    summarise.summaries.push_back({function, static_cast<uint32_t>(below(random, columns)), static_cast<double>(below(random, 5)) / 4});
  }
  return summarise;
}

/// Its results are what is shown.
void add_summarise(Query& query, Summarise summarise) {
  std::vector<NodeId> roots = {query.graph.constant(status_feasible)};
  for (uint32_t s = 0; s < summarise.summaries.size(); ++s) roots.push_back(query.graph.slot(s));
  for (Shape& shape : query.shapes) shape.roots.push_back(roots);
  query.sweep.phases.push_back({.columns = std::vector<Column>(summarise.summaries.size())});
  query.sweep.phases[0].end.push_back(std::move(summarise));
}

Query random_query(Random& random) {
  Query query;
  Sweep& sweep = query.sweep;
  const Axes axes = random_axes(random, sweep.space, sweep.shape_of_combo);
  sweep.name = "random";
  sweep.axes.resize(axes.count);
  const auto columns = static_cast<uint32_t>(1 + below(random, 3));
  for (uint32_t s = 0; s < axes.shapes; ++s) {
    const std::vector<NodeId> nodes = fuzz::random_nodes(random, query.graph, [&] { return random_leaf(random, query.graph, axes, sweep.space.combos); });
    std::vector<NodeId> roots;
    const bool has_peak = axes.count > 1 && !axes.by_element && below(random, 3) == 0;
    for (uint32_t c = 0; c < columns; ++c) roots.push_back(c == 0 && has_peak ? random_peak(random, query.graph, axes) : (random() & 1) != 0 ? random_rate(random, query.graph, nodes, axes) : fuzz::late_node(random, nodes));
    const NodeId status = random_status(random, query.graph, nodes, roots);
    roots.push_back(query.graph.apply(Op::less, roots[0], fuzz::late_node(random, nodes)));
    roots.insert(roots.begin(), status);
    query.shapes.push_back({{roots}});
  }
  sweep.phases.push_back({.columns = std::vector<Column>(columns + 1)});
  for (uint64_t stages = below(random, 4); stages > 0; --stages) sweep.phases[0].stages.push_back(random_stage(random, axes, columns));
  if (below(random, 3) == 0) add_summarise(query, random_summarise(random, axes, columns));
  for (uint32_t r = 0; r < reasons; ++r) sweep.reasons.push_back({std::string(1, static_cast<char>('a' + r))});
  return query;
}

/// Ended by who watches after some pieces, gone on with by others.
Recorder resumed(const Query& query, const KernelSet& kernels, uint64_t chunk) {
  Recorder ended, seen;
  std::string state;
  uint64_t pieces = 0;
  evaluate(query.sweep, kernels, ended, {.threads = 1, .chunk = chunk, .watch = [&](const Progress&) { return ++pieces < 3; },
                                         .save = [&](const std::function<std::string()>& now) { return state = now(), true; }});
  evaluate(query.sweep, kernels, seen, {.threads = 2, .chunk = chunk / 2 + 1, .from = state});
  return seen;
}

bool agrees(const Query& query, const KernelSet& kernels, const Recorder& expected, uint64_t chunk, const char* engine) {
  for (unsigned threads : {1u, 2u, 3u}) {
    Recorder seen;
    evaluate(query.sweep, kernels, seen, {.threads = threads, .chunk = chunk});
    if (same(expected, seen)) continue;
    std::printf("%s, %u threads, chunks of %llu: other rows than the interpreter's, %zu for %zu\n", engine, threads, static_cast<unsigned long long>(chunk),
                seen.rows.size(), expected.rows.size());
    return false;
  }
  if (!order_is_free(query.sweep) || same(expected, resumed(query, kernels, chunk))) return true;   // others have given rows before they end
  std::printf("%s, chunks of %llu, ended and resumed: other rows than the interpreter's\n", engine, static_cast<unsigned long long>(chunk));
  return false;
}

struct Seen {
  uint64_t with_memo = 0;
  uint64_t scanning = 0;
};

bool check(uint64_t seed, Seen& seen) {
  Random random(seed);
  const Query query = random_query(random);
  for (const Plan& plan : plan(query)) seen.with_memo += plan.kept ? 1 : 0;
  const KernelSet reference = kernels_of(query);
  const uint64_t chunk = 1 + 2 * below(random, below(random, 4) == 0 ? 3000 : 150);
  Recorder expected;
  evaluate(query.sweep, reference, expected, {.threads = 1, .chunk = ~uint64_t{0}});
  bool good = agrees(query, reference, expected, chunk, "interpreter");
  for (unsigned width : {1u, 4u, 16u}) {
    Jitted jitted = jit(query, {.width = width});
    if (const std::string* error = std::get_if<std::string>(&jitted)) {
      std::printf("%s\n", error->c_str());
      return false;
    }
    const std::string name = "compiled at width " + std::to_string(width);
    const KernelSet kernels = kernels_of(query, std::move(std::get<0>(jitted)));
    for (const auto& kernel : kernels.kernels[0]) seen.scanning += width == 16 && kernel->can_scan() ? 1 : 0;
    good &= agrees(query, kernels, expected, chunk, name.c_str());
  }
  if (!good) std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  return good;
}

}  // namespace
}  // namespace llmsys

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: random_studies COUNT FIRST_SEED\n");
    return 2;
  }
  const uint64_t count = std::strtoull(argv[1], nullptr, 10), first = std::strtoull(argv[2], nullptr, 10);
  llmsys::Seen seen;
  for (uint64_t i = 0; i < count; ++i) {
    if (!llmsys::check(first + i, seen)) return 1;
  }
  std::printf("%llu random studies, the same bits in every engine; %llu kernels with a memo, %llu that scan\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(seen.with_memo), static_cast<unsigned long long>(seen.scanning));
}
