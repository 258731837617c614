#include "compiler/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace llmsys {
namespace {

/// What a memo may take, for each thread: about what its second-level cache and a share of the third hold.
constexpr uint64_t most_memo_bytes = 8 << 20;
/// An axis that makes a memo worth having repeats it so often at least.
constexpr uint64_t least_repeats = 4;

/// Cycles that a vector of rows costs, roughly, on a machine with wide vectors.
uint32_t cost(Op op) {
  switch (op) {
    case Op::divide:
    case Op::square_root: return 16;
    case Op::exp:
    case Op::log:
    case Op::log2:
    case Op::log10:
    case Op::modulo:
    case Op::quotient: return 200;
    case Op::power: return 400;
    default: return operands(op) == 0 ? 0 : 1;
  }
}
constexpr uint32_t lanes = 8;            // rows of a vector, in estimates
constexpr uint32_t cost_of_column = 4;   // reading it again from the second-level cache

/// Truths and choices among small whole numbers, as statuses are.
std::vector<bool> small_counts(const Graph& graph, const std::vector<NodeId>& in_order) {
  std::vector<bool> small(graph.size());
  const auto is_small = [&](const Node& node) -> bool {
    const auto [a, b, c] = node.operand;
    if (node.op == Op::constant) return node.value >= 0 && node.value <= 127 && node.value == std::floor(node.value) && !std::signbit(node.value);
    if (node.op == Op::select) return small[b.index] && small[c.index];
    if (node.op == Op::first_reason) return small[a.index] && small[b.index];
    return is_truth(node.op);
  };
  for (NodeId id : in_order) small[id.index] = is_small(graph[id]);
  return small;
}

/// Nodes of the inner loop that don't depend on `axis`, and of these the ones that others, or the shape's roots, read. Leaves are read as they are.
Kept kept_along(const Query& query, uint32_t axis, const std::vector<NodeId>& inside, const std::vector<NodeId>& roots) {
  const auto repeats = [&](NodeId id) { return operands(query.graph[id].op) > 0 && (query.graph[id].axes >> axis & 1) == 0; };
  std::vector<bool> is_read(query.graph.size());
  for (NodeId root : roots) is_read[root.index] = true;
  for (NodeId id : inside) {
    const Node& node = query.graph[id];
    for (uint32_t i = 0; i < operands(node.op) && !repeats(id); ++i) is_read[node.operand[i].index] = true;
  }
  Kept kept{.memo = {.axis = axis}};
  for (NodeId id : inside) {
    if (repeats(id) && is_read[id.index]) kept.columns.push_back(id);
  }
  const std::vector<NodeId> needed = live(query.graph, kept.columns);
  const std::vector<bool> small = small_counts(query.graph, needed);
  for (NodeId id : kept.columns) kept.memo.bytes.push_back(small[id.index] ? 1 : sizeof(double));
  for (NodeId id : needed) (varies_within_run(query, id) ? kept.inside : kept.before).push_back(id);
  return kept;
}

/// Below an element of a by-element axis anything may differ, the values of later axes too.
bool is_numeric(const Space& space, uint32_t axis) {
  const std::vector<uint32_t> axis_of_level = axis_of_levels(space);
  for (size_t i = 0; i < axis_of_level.size(); ++i) {
    if (axis_of_level[i] == axis && space.levels[i].by_element) return false;
  }
  return true;
}

bool is_small(const Query& query, const Kept& kept, const std::vector<uint64_t>& sizes) {
  const uint64_t most = most_memo_bytes / query.shapes.size();   // each shape has its own
  uint64_t bytes = std::accumulate(kept.memo.bytes.begin(), kept.memo.bytes.end(), uint64_t{0});
  // One shape alone decides on the order of rows, and makes the memo's axis the next to last.
  if (query.shapes.size() == 1 && order_is_free(query.sweep)) return bytes <= most / std::max<uint64_t>(sizes.back(), 1);
  for (uint32_t a = kept.memo.axis + 1; a < sizes.size() && bytes <= most; ++a) bytes = sizes[a] > most ? most + 1 : bytes * sizes[a];
  return bytes <= most;
}

/// Cycles saved for each vector of rows.
uint32_t gain(const Query& query, const Kept& kept, const std::vector<uint64_t>& sizes) {
  if (kept.columns.empty() || sizes[kept.memo.axis] < least_repeats) return 0;
  if (!is_numeric(query.sweep.space, kept.memo.axis) || !is_small(query, kept, sizes)) return 0;
  uint64_t saved = 0;
  for (NodeId id : kept.inside) saved += cost(query.graph[id].op);
  const uint64_t paid = saved / sizes[kept.memo.axis] + kept.columns.size() * cost_of_column;
  return static_cast<uint32_t>(saved > paid ? saved - paid : 0);
}

std::optional<Kept> best_memo(const Query& query, const std::vector<NodeId>& inside, const std::vector<NodeId>& roots) {
  if (query.sweep.space.levels.empty()) return std::nullopt;   // how often anything repeats is not known
  const std::vector<uint64_t> size = axis_sizes(query.sweep.space);
  std::optional<Kept> best;
  uint32_t most = 8;   // less is not worth the bookkeeping
  for (uint32_t axis = 0; axis + 1 < size.size(); ++axis) {
    Kept kept = kept_along(query, axis, inside, roots);
    const uint32_t saved = gain(query, kept, size);
    if (saved <= most) continue;
    most = saved;
    best = std::move(kept);
  }
  return best;
}

bool chooses_along_rows(const Query& query) { return goal_along_rows(query) != nullptr || solve_along_rows(query) != nullptr; }

Plan with_search(const Query& query, uint32_t phase, uint32_t shape, Plan plan) {
  if (phase > 0 || !chooses_along_rows(query)) return plan;
  std::variant<Proof, NoProof> proved = prove(query, shape);
  if (auto* proof = std::get_if<Proof>(&proved)) plan.search = std::move(*proof);
  else plan.no_search = std::get<NoProof>(std::move(proved));
  return plan;
}

std::string search_text(const Query& query, const Plan& plan, const std::vector<uint32_t>& number) {
  const std::string& axis = query.sweep.axes.back().title;
  if (plan.search) return fmt::format("search along {}: {}\n", axis, plan.search->words);
  const auto [node, why] = plan.no_search;
  return fmt::format("no search along {}: {}{}\n", axis, node ? fmt::format("%{} = {} ", number[node->index], text(query.graph[*node].op)) : "", why);
}

/// What remains to be done in the inner loop when the memo's columns are read.
Plan without_kept(const Query& query, const std::vector<NodeId>& roots, Kept kept) {
  std::vector<bool> is_kept(query.graph.size()), needed(query.graph.size());
  for (NodeId id : kept.columns) is_kept[id.index] = true;
  for (NodeId root : roots) needed[root.index] = true;
  const std::vector<NodeId> all = live(query.graph, roots);
  Plan plan;
  for (size_t k = all.size(); k-- > 0;) {   // users before operands
    if (!needed[all[k].index] || is_kept[all[k].index]) continue;
    const Node& node = query.graph[all[k]];
    for (uint32_t i = 0; i < operands(node.op); ++i) needed[node.operand[i].index] = true;
    (varies_within_run(query, all[k]) ? plan.inside : plan.before).push_back(all[k]);
  }
  std::reverse(plan.before.begin(), plan.before.end());
  std::reverse(plan.inside.begin(), plan.inside.end());
  plan.kept = std::move(kept);
  return plan;
}

}  // namespace

bool is_dear(Op op) { return cost(op) >= cost(Op::divide); }

Plan plan(const Query& query, uint32_t phase, uint32_t shape) {
  const std::vector<NodeId>& roots = query.shapes[shape].roots[phase];
  Plan plan;
  for (NodeId id : live(query.graph, roots)) (varies_within_run(query, id) ? plan.inside : plan.before).push_back(id);
  if (first_solve(query.sweep) != nullptr) return with_search(query, phase, shape, std::move(plan));   // rows come in no order that repeats
  if (std::optional<Kept> kept = best_memo(query, plan.inside, roots)) plan = without_kept(query, roots, std::move(*kept));
  return with_search(query, phase, shape, std::move(plan));
}

std::vector<Plan> plan(const Query& query) {
  std::vector<Plan> plans;
  for (uint32_t shape = 0; shape < query.shapes.size(); ++shape) plans.push_back(plan(query, 0, shape));
  return plans;
}

std::vector<uint32_t> numbers(const Query& query, const Plan& plan) {
  std::vector<NodeId> nodes;
  const auto number_all = [&](const std::vector<NodeId>& more) { nodes.insert(nodes.end(), more.begin(), more.end()); };
  if (plan.kept) {
    number_all(plan.kept->before);
    number_all(plan.kept->inside);
  }
  number_all(plan.before);
  number_all(plan.inside);
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return numbers(query.graph, nodes);
}

std::string dump(const Query& query, const Plan& plan) {
  const std::vector<uint32_t> number = numbers(query, plan);
  const std::vector<uint64_t> size = query.sweep.space.levels.empty() ? std::vector<uint64_t>() : axis_sizes(query.sweep.space);
  const double vectors = size.empty() ? 1 : std::max(1.0, static_cast<double>(size.back()) / lanes);   // of a run of the inner loop
  std::string out;
  /// Done once for so many vectors of rows.
  const auto section = [&](const std::string& title, const std::vector<NodeId>& ids, double once_for, uint64_t cycles = 0) {
    for (NodeId id : ids) cycles += cost(query.graph[id].op);
    out += fmt::format("{}    ; about {:.3g} cycles for {} rows\n", title, static_cast<double>(cycles) / once_for, lanes);
    for (NodeId id : ids) out += "  " + line(query.graph, id, number, query.sweep.axes);
  };
  if (plan.kept) {
    const uint32_t axis = plan.kept->memo.axis;
    const std::string along = axis < query.sweep.axes.size() ? query.sweep.axes[axis].title : std::to_string(axis);
    const double elements = axis < size.size() ? static_cast<double>(size[axis]) : 1;
    section("once for all of " + along + ": before", plan.kept->before, elements * vectors);
    section("once for all of " + along + ": inside", plan.kept->inside, elements);
    out += "  kept";
    for (NodeId id : plan.kept->columns) out += " %" + std::to_string(number[id.index]);
    out += "\n";
  }
  section("before", plan.before, vectors);
  section("inside", plan.inside, 1, plan.kept ? plan.kept->columns.size() * cost_of_column : 0);
  if (chooses_along_rows(query)) out += search_text(query, plan, number);
  return out;
}

}  // namespace llmsys
