// Random studies whose best row may be searched for: the search gives the bits and the totals of going through all rows, and it is tried on many.
//   random_searches COUNT FIRST_SEED
// All of them with the interpreter's kernels; every tenth with compiled ones, which are scanned as well.
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "compiler/codegen/jit.h"
#include "runtime/evaluate.h"
#include "runtime/search.h"
#include "test/engines/same_rows.h"
#include "test/fuzz/seeds.h"

namespace llmsys {
namespace {

using test::Recorder;
using test::same;

constexpr uint32_t reasons = 5;

bool one_of(Random& random, uint64_t cases) { return below(random, cases) == 0; }

double power_of(Random& random, double base, uint64_t steps) { return std::pow(base, static_cast<double>(below(random, steps)) - static_cast<double>(steps) / 2); }

/// A few steps from one double to the next, up or down.
double nudged(Random& random, double value) {
  const auto bits = static_cast<int64_t>(std::bit_cast<uint64_t>(value));
  return value > 0 ? std::bit_cast<double>(bits + static_cast<int64_t>(below(random, 9)) - 4) : value;
}

/// Whole numbers, steps, steps that are a few units in the last place, products; some with equal neighbours, some not above 0 or not ascending.
Domain random_last_domain(Random& random) {
  Domain domain{.size = one_of(random, 30) ? 5000 + below(random, 6000) : 110 + below(random, one_of(random, 4) ? 3000 : 250), .start = 1};
  switch (below(random, 8)) {
    case 0: domain.start = static_cast<double>(1 + below(random, 100)), domain.step = static_cast<double>(1 + below(random, 10)); break;
    case 1: domain.start = power_of(random, 2, 20), domain.step = power_of(random, 3, 20); break;
    case 2: domain.step = std::ldexp(1, -52 + static_cast<int>(below(random, 12))); break;
    case 3:
      for (uint64_t i = 0; i < domain.size; ++i) domain.values.push_back(std::pow(1.01, static_cast<double>(i)));
      break;
    case 4:
      for (uint64_t i = 0; i < domain.size; ++i) domain.values.push_back(1 + std::floor(static_cast<double>(i) / 7));
      break;
    case 5:
      if (one_of(random, 4)) domain.start = 0;
      if (one_of(random, 4)) domain.step = -1;
      if (one_of(random, 6)) domain.start = 1e-280, domain.step = 1e-280;
      break;
    default: break;
  }
  return domain;
}

double random_constant(Random& random) {
  switch (below(random, 12)) {
    case 0: return 0;
    case 1: return one_of(random, 2) ? -static_cast<double>(1 + below(random, 300)) : 0.5;
    case 2: return one_of(random, 4) ? power_of(random, 10, 600) : 1e30;
    case 3: return one_of(random, 4) ? power_of(random, 10, 600) : 1e-15;
    case 4:
    case 5: return power_of(random, 2, 60);
    default: return static_cast<double>(1 + below(random, 1000)) / (one_of(random, 2) ? 1 : 7);
  }
}

/// On an axis that is hostile, mostly what a premise must see.
double random_outer_value(Random& random, bool hostile) {
  if (!hostile || one_of(random, 3)) return random_constant(random);
  switch (below(random, 8)) {
    case 0: return 0;
    case 1: return INFINITY;
    case 2: return NAN;
    case 3:
    case 4: return power_of(random, 10, 640);
    default: return -random_constant(random);
  }
}

struct Case {
  Query query;
  uint32_t axes = 1;
  std::vector<NodeId> nodes;
  std::vector<NodeId> varying;
};

void random_axes(Random& random, Case& c) {
  c.axes = static_cast<uint32_t>(1 + below(random, 3));
  Space& space = c.query.sweep.space;
  std::vector<uint64_t> sizes;
  for (uint32_t a = 0; a + 1 < c.axes; ++a) sizes.push_back(1 + below(random, 4));
  const Domain last = random_last_domain(random);
  sizes.push_back(last.size);
  space = test::grid(sizes);
  for (uint32_t a = 0; a + 1 < c.axes; ++a) {
    const bool hostile = one_of(random, 3);
    for (uint64_t i = 0; i < sizes[a]; ++i) space.domains[a].values.push_back(random_outer_value(random, hostile));
  }
  space.domains.back() = last;
  c.query.sweep.axes.resize(c.axes);
  c.query.sweep.shape_of_combo = {0};
}

/// By a comparison of what is chosen among, mostly, and by what is the same in all rows.
NodeId random_choice(Random& random, Case& c, NodeId a, NodeId b) {
  Graph& graph = c.query.graph;
  const NodeId zero = graph.constant(0);
  NodeId fixed = one_of(random, 2) ? graph.apply(Op::is_finite, any_of(random, c.nodes)) : graph.apply(Op::less_equal, any_of(random, c.nodes), zero);
  if (one_of(random, 6)) fixed = graph.apply(Op::less, any_of(random, c.nodes), graph.constant(random_constant(random)));   // it is not
  NodeId condition = graph.apply(one_of(random, 2) ? Op::less : Op::less_equal, a, one_of(random, 8) ? any_of(random, c.nodes) : b);
  if (one_of(random, 2)) condition = graph.apply(one_of(random, 2) ? Op::both : Op::either, condition, fixed);
  if (one_of(random, 3)) condition = graph.apply(Op::equal, condition, zero);
  if (one_of(random, 4)) condition = fixed;
  const bool turned = one_of(random, 2);
  return graph.apply(Op::select, condition, turned ? b : a, turned ? a : b);
}

/// What keeps numbers positive and smooth, mostly.
NodeId random_operation(Random& random, Case& c) {
  Graph& graph = c.query.graph;
  const auto any = [&] { return one_of(random, 3) ? any_of(random, c.nodes) : c.nodes[c.nodes.size() - 1 - below(random, std::min<uint64_t>(5, c.nodes.size()))]; };
  const NodeId a = any(), b = any();
  switch (below(random, 26)) {
    case 0:
    case 1:
    case 2:
    case 3: return graph.apply(Op::add, a, b);
    case 4:
    case 5:
    case 6:
    case 7: return graph.apply(Op::multiply, a, b);
    case 8:
    case 9:
    case 10:
    case 11: return graph.apply(Op::divide, a, b);
    case 12:
    case 13: return graph.apply(Op::maximum, a, b);
    case 14: return graph.apply(Op::minimum, a, b);
    case 15: return graph.apply(Op::square_root, a);
    case 16: return graph.apply(Op::power, a, graph.constant(std::vector<double>{0.3, 1, 2, -1, 1.7}[below(random, 5)]));
    case 17: return graph.apply(Op::ceil, a);
    case 18: return graph.apply(Op::multiply, graph.apply(Op::divide, a, graph.constant(3)), graph.constant(3));   // roundings, and nothing else
    case 19: {   // hardly grows
      const NodeId one = graph.constant(1);
      return graph.apply(Op::multiply, a, graph.apply(Op::add, one, graph.apply(Op::multiply, graph.axis(c.axes - 1), graph.constant(power_of(random, 2, 10) * 0x1p-55))));
    }
    case 20: {
      const NodeId left = any(), right = any();
      return graph.apply(Op::select, graph.apply(Op::less, left, right), a, b);
    }
    case 21: return random_choice(random, c, a, b);
    default: {
      static constexpr Op rough[] = {Op::subtract, Op::floor, Op::round, Op::negate, Op::absolute, Op::log, Op::exp, Op::modulo, Op::is_count};
      return one_of(random, 2) ? graph.apply(any_of(random, rough), a, b) : graph.apply(Op::subtract, a, b);
    }
  }
}

/// What jumps some times along the last axis.
NodeId random_step(Random& random, Case& c) {
  static constexpr Op steps[] = {Op::ceil, Op::ceil, Op::floor, Op::round};
  Graph& graph = c.query.graph;
  const double last = c.query.sweep.space.domains.back().at(c.query.sweep.space.domains.back().size - 1);
  const NodeId scaled = graph.apply(Op::multiply, graph.axis(c.axes - 1), graph.constant(static_cast<double>(1 + below(random, 20)) / last));
  return graph.apply(any_of(random, steps), scaled);
}

void random_nodes(Random& random, Case& c) {
  Graph& graph = c.query.graph;
  for (uint32_t a = 0; a < c.axes; ++a) c.nodes.push_back(graph.axis(a));
  for (uint64_t i = 1 + below(random, 4); i > 0; --i) c.nodes.push_back(graph.constant(random_constant(random)));
  if (one_of(random, 3)) c.nodes.push_back(random_step(random, c));
  if (one_of(random, 3)) c.nodes.push_back(graph.apply(Op::power, graph.axis(c.axes - 1), graph.constant(0.5 * static_cast<double>(below(random, 9)) - 2)));
  for (uint64_t i = 2 + below(random, 25); i > 0; --i) c.nodes.push_back(random_operation(random, c));
  for (NodeId id : c.nodes) {
    if (varies_within_run(c.query, id)) c.varying.push_back(id);
  }
}

/// The value of a node in a row picked at random.
double value_somewhere(Random& random, const Case& c, NodeId wanted) {
  const Space& space = c.query.sweep.space;
  Place place;
  locate(space, below(random, space.rows()), place);
  std::vector<double> value(c.query.graph.size());
  for (NodeId id : live(c.query.graph, {wanted})) {
    const Node& node = c.query.graph[id];
    const auto of = [&](uint32_t i) { return value[node.operand[i].index]; };
    value[id.index] = node.op == Op::constant ? node.value : node.op == Op::axis ? place.value[node.number] : apply(node.op, of(0), of(1), of(2));
  }
  return value[wanted.index];
}

/// Of numbers that are often equal, or nearly, in some row.
NodeId random_condition(Random& random, Case& c) {
  static constexpr Op comparisons[] = {Op::less, Op::less_equal, Op::less_equal, Op::equal, Op::not_equal};
  Graph& graph = c.query.graph;
  const NodeId left = any_of(random, c.varying);
  if (one_of(random, 10)) return graph.apply(one_of(random, 2) ? Op::is_count : Op::is_finite, one_of(random, 2) ? left : graph.axis(c.axes - 1));
  NodeId right = any_of(random, c.nodes);
  switch (below(random, 4)) {
    case 0: right = graph.constant(nudged(random, value_somewhere(random, c, left))); break;
    case 1: {
      const double one = value_somewhere(random, c, left), other = value_somewhere(random, c, right);
      right = graph.apply(Op::multiply, right, graph.constant(nudged(random, one / other)));
      break;
    }
    case 2: right = one_of(random, 3) ? graph.constant(0) : graph.constant(value_somewhere(random, c, left)); break;
    default: break;
  }
  const bool turned = one_of(random, 2);
  const NodeId condition = graph.apply(any_of(random, comparisons), turned ? right : left, turned ? left : right);
  return one_of(random, 6) ? graph.apply(Op::invert, condition) : condition;
}

NodeId random_status(Random& random, Case& c, const std::vector<NodeId>& columns) {
  Graph& graph = c.query.graph;
  const NodeId zero = graph.constant(0);
  NodeId status = zero;
  const auto reason = [&] { return graph.constant(static_cast<double>(1 + below(random, reasons))); };
  for (NodeId column : columns) {
    const NodeId finite = graph.apply(Op::is_finite, column);
    status = graph.apply(Op::first_reason, status, graph.apply(Op::select, finite, zero, reason()));
  }
  for (uint64_t i = below(random, 5); i > 0; --i) {
    NodeId condition = random_condition(random, c);
    if (one_of(random, 5)) condition = graph.apply(one_of(random, 2) ? Op::both : Op::either, condition, random_condition(random, c));
    switch (below(random, 3)) {
      case 0: status = graph.apply(Op::select, condition, status, graph.constant(status_dropped)); break;
      case 1: status = graph.apply(Op::first_reason, graph.apply(Op::select, condition, zero, reason()), status); break;
      default: status = graph.apply(Op::first_reason, status, graph.apply(Op::select, condition, zero, reason())); break;
    }
  }
  return status;
}

Case random_case(Random& random) {
  Case c;
  random_axes(random, c);
  random_nodes(random, c);
  Sweep& sweep = c.query.sweep;
  sweep.name = "random";
  std::vector<NodeId> columns;
  for (uint64_t i = 1 + below(random, 2); i > 0; --i) columns.push_back(any_of(random, c.varying));
  const AxisMask last = AxisMask{1} << (c.axes - 1);
  sweep.phases.push_back({.columns = std::vector<Column>(columns.size())});
  sweep.phases[0].stages.push_back(Best{{one_of(random, 2), 0}, last | (below(random, last))});
  for (uint32_t r = 0; r < reasons; ++r) sweep.reasons.push_back({std::string(1, static_cast<char>('a' + r))});
  std::vector<NodeId> roots = columns;
  roots.insert(roots.begin(), random_status(random, c, columns));
  c.query.shapes.push_back({{roots}});
  return c;
}

struct Seen {
  uint64_t proved = 0, searched = 0, in_part = 0, compiled = 0, rows = 0, probed = 0, scanned = 0;
};

/// Kernels of the interpreter for a study and for what is proved of it; says what is asked of it.
class Searched : public Kernel {
 public:
  Searched(const Query& query, const Proof& proof) : facts_(proof.facts), all_(interpret(query, 0, 0)) {
    Query probing = query;
    probing.shapes[0].roots[0] = proof.probed;
    probe_ = interpret(probing, 0, 0);
  }
  Counts run(const KernelArgs& args) const override {
    if (args.n > 1) scanned += static_cast<uint64_t>(args.n);
    return all_->run(args);
  }
  const SearchFacts* facts() const override { return &facts_; }
  void probe(const KernelArgs& args) const override {
    probed += static_cast<uint64_t>(args.n);
    probe_->run(args);
  }
  mutable uint64_t scanned = 0, probed = 0;   // rows

 private:
  SearchFacts facts_;
  std::unique_ptr<Kernel> all_, probe_;
};

Recorder evaluated(const Query& query, const KernelSet& kernels, unsigned threads, uint64_t chunk) {
  Recorder seen;
  evaluate(query.sweep, kernels, seen, {.threads = threads, .chunk = chunk});
  return seen;
}

std::string searched_otherwise(const Query& query, const Proof& proof, const Recorder& expected, uint64_t chunk, Seen& seen) {
  KernelSet kernels = kernels_of(query);
  auto made = std::make_unique<Searched>(query, proof);
  const Searched& kernel = *made;
  kernels.kernels[0][0] = std::move(made);
  if (!same(expected, evaluated(query, kernels, 1, ~uint64_t{0}))) return "searched";
  seen.searched += kernel.scanned == 0 ? 1 : 0;
  seen.in_part += kernel.scanned > 0 && kernel.scanned < query.sweep.space.rows() ? 1 : 0;
  seen.rows += query.sweep.space.rows();
  seen.probed += kernel.probed;
  seen.scanned += kernel.scanned;
  return same(expected, evaluated(query, kernels, 1, chunk)) ? "" : "searched in pieces";
}

std::string compiled_otherwise(const Query& query, const Recorder& expected, uint64_t chunk, unsigned width, Seen& seen) {
  ++seen.compiled;
  std::vector<Plan> plans = plan(query);
  for (const char* how : {"compiled and searched", "compiled and scanned"}) {
    Jitted jitted = jit(query, plans, {.width = width});
    if (const std::string* error = std::get_if<std::string>(&jitted)) return *error;
    const KernelSet kernels = kernels_of(query, std::move(std::get<0>(jitted)));
    if ((kernels.kernels[0][0]->facts() != nullptr) != plans[0].search.has_value()) return "compiled without its facts";
    if (!same(expected, evaluated(query, kernels, 1, ~uint64_t{0})) || !same(expected, evaluated(query, kernels, 2, chunk))) return how;
    plans[0].search.reset();
  }
  return "";
}

bool check(uint64_t seed, Seen& seen) {
  Random random(seed);
  Case c = random_case(random);
  std::variant<Proof, NoProof> proved = prove(c.query, 0);
  for (int again = 0; again < 3 && std::holds_alternative<NoProof>(proved); ++again) {
    c = random_case(random);
    proved = prove(c.query, 0);
  }
  const uint64_t chunk = 100 + below(random, 500);
  const Recorder expected = evaluated(c.query, kernels_of(c.query), 1, ~uint64_t{0});
  std::string wrong;
  if (const auto* proof = std::get_if<Proof>(&proved)) {
    ++seen.proved;
    wrong = searched_otherwise(c.query, *proof, expected, chunk, seen);
  }
  static constexpr unsigned widths[] = {1, 4, 8};
  if (wrong.empty() && one_of(random, 10)) wrong = compiled_otherwise(c.query, expected, chunk, any_of(random, widths), seen);
  if (!wrong.empty()) {
    const Domain& last = c.query.sweep.space.domains.back();
    std::printf("%slast axis: %llu from %g by %g%s\n", dump(c.query, plan(c.query, 0, 0)).c_str(), static_cast<unsigned long long>(last.size), last.start, last.step, last.values.empty() ? "" : ", or a list");
    std::printf("seed %llu, %s: other rows or totals than those of going through all rows\n", static_cast<unsigned long long>(seed), wrong.c_str());
  }
  return wrong.empty();
}

}  // namespace
}  // namespace llmsys

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: random_searches COUNT FIRST_SEED\n");
    return 2;
  }
  const uint64_t count = std::strtoull(argv[1], nullptr, 10), first = std::strtoull(argv[2], nullptr, 10);
  llmsys::Seen seen;
  for (uint64_t i = 0; i < count; ++i) {
    if (!llmsys::check(first + i, seen)) return 1;
  }
  const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf("%llu random studies, %llu of them proved, %llu searched and %llu in part, %llu compiled; of %llu rows %llu probed and %llu scanned\n", number(count), number(seen.proved),
              number(seen.searched), number(seen.in_part), number(seen.compiled), number(seen.rows), number(seen.probed), number(seen.scanned));
  if (seen.searched * 4 < count) std::printf("too few were searched\n");
  return seen.searched * 4 < count ? 1 : 0;
}
