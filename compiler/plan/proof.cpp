#include "compiler/plan/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/graph/meaning.h"
#include "compiler/plan/facts.h"

namespace llmsys {
namespace {

bool is_whole(double value) { return std::floor(value) == value; }

bool are_counts(const Domain& domain, double last) {
  if (last > largest_count) return false;
  if (domain.doubles != 0) return false;
  if (domain.values.empty()) return is_whole(domain.start) && is_whole(domain.step);
  return std::all_of(domain.values.begin(), domain.values.end(), is_whole);
}

bool ascends(const Domain& domain) {
  if (domain.values.empty()) return domain.step > 0;
  return std::adjacent_find(domain.values.begin(), domain.values.end(), [](double a, double b) { return !(a <= b); }) == domain.values.end();
}

using AxisOrNot = std::variant<AxisFact, NoProof>;

AxisOrNot axis_fact(const Query& query) {
  const Space& space = query.sweep.space;
  const std::string& title = query.sweep.axes.back().title;
  const std::vector<uint32_t> axis_of_level = axis_of_levels(space);
  AxisFact fact{0, true};
  uint64_t longest = 0;
  for (size_t i = 0; i < space.levels.size(); ++i) {
    const Level& level = space.levels[i];
    if (axis_of_level[i] + 1 != space.axes || level.size == 0) continue;
    if (level.by_element || level.children.size() != 1) return NoProof{{}, fmt::format("`{}` is gone through element by element", title)};
    const Domain& domain = space.domains[level.domain];
    const double first = domain.at(0), last = domain.at(level.size - 1);
    if (!ascends(domain) || !(first >= smallest_premised && last <= largest_premised)) return NoProof{{}, fmt::format("`{}` does not ascend from above 0", title)};
    fact.growth = std::max(fact.growth, std::log2(last / first) + 1);
    fact.counts = fact.counts && are_counts(domain, last);
    longest = std::max(longest, level.size);
  }
  if (longest < Search::least_rows) return NoProof{{}, fmt::format("`{}` has fewer than {} values", title, Search::least_rows)};
  return fact;
}

/// Twice the roundings of two rows, and of the comparison with the margin itself.
double margin(const Elasticity& elasticity) { return (4 * elasticity.roundings + 16) * 0x1p-53; }

std::string words(const std::optional<Elasticity>& elasticity) {
  if (!elasticity) return "as computed";
  return fmt::format("elasticity {:.3g}..{:.3g}, {} roundings", elasticity->low, elasticity->high, elasticity->roundings);
}

class Prover {
 public:
  Prover(const Query& query, NodeId status, NodeId goal, bool maximise, AxisFact axis)
      : query_(query), status_(status), goal_(goal), nodes_(live(query.graph, {status, goal})), facts_(query, nodes_, axis), demands_(query.graph.size()) {
    proof_.facts.maximise = maximise;
  }

  std::variant<Proof, NoProof> prove();

 private:
  std::optional<NoProof> prove_goal();
  void demand_all();
  void assume(NodeId id, Demand demand);
  void add_crossing(const Node& comparison);
  NoProof blame(NodeId id) const;
  bool is_known(NodeId id) const { return facts_[id].settled || facts_[id].elasticity || facts_[id].has_order(); }

  const Query& query_;
  NodeId status_, goal_;
  std::vector<NodeId> nodes_;
  Facts facts_;
  std::vector<Demand> demands_;
  std::vector<NodeId> sides_, premises_;
  Proof proof_;
};

std::variant<Proof, NoProof> Prover::prove() {
  if (std::optional<NoProof> why = prove_goal()) return *why;
  if (!facts_[status_].settled) return blame(status_);
  demands_[status_.index] |= demand_settled;
  demand_all();
  proof_.probed = {status_, goal_};
  proof_.probed.insert(proof_.probed.end(), sides_.begin(), sides_.end());
  proof_.probed.insert(proof_.probed.end(), premises_.begin(), premises_.end());
  for (NodeId id : nodes_) (facts_[id].varies ? proof_.inside : proof_.before).push_back(id);
  const size_t crossings = proof_.facts.crossings.size();
  proof_.words += fmt::format("; {} comparison{} at most once", crossings, crossings == 1 ? " changes" : "s change");
  return std::move(proof_);
}

std::optional<NoProof> Prover::prove_goal() {
  const Fact& fact = facts_[goal_];
  if (!fact.varies) return NoProof{goal_, "does not change"};
  const bool exactly = fact.has_order();
  if (!exactly && (!fact.elasticity || (fact.elasticity->low < 0 && fact.elasticity->high > 0))) return blame(goal_);
  proof_.facts.rises = exactly ? fact.rises : fact.elasticity->low >= 0;
  proof_.facts.margin = exactly ? 0 : margin(*fact.elasticity);
  proof_.words = fmt::format("goal {} ({})", proof_.facts.rises ? "rises" : "falls", words(exactly ? std::nullopt : fact.elasticity));
  demands_[goal_.index] = exactly ? demand_order : demand_positive;
  return std::nullopt;
}

/// Users before operands, so that all demands on a node are known when it is come to.
void Prover::demand_all() {
  for (size_t k = nodes_.size(); k-- > 0;) {
    const NodeId id = nodes_[k];
    const Node& node = query_.graph[id];
    const Demand demand = facts_.needed(id, demands_[id.index]);
    assume(id, demand);
    if (!facts_[id].varies) continue;
    for (uint32_t i = 0; i < operands(node.op); ++i) demands_[node.operand[i].index] |= facts_.needed_of(node, i, demand);
    if ((demand & demand_settled) != 0 && facts_.is_crossing(node)) add_crossing(node);
  }
}

/// What a constant is, and the axis, is known already.
void Prover::assume(NodeId id, Demand demand) {
  const Node& node = query_.graph[id];
  if (node.op == Op::constant || (node.op == Op::axis && facts_[id].varies)) return;
  const auto add = [&](Premise premise) {
    premises_.push_back(id);
    proof_.facts.premises.push_back(premise);
  };
  if ((demand & demand_nonzero) != 0) add(Premise::positive);
  else if ((demand & demand_positive) != 0) add(Premise::zero_or_positive);
  else if ((demand & demand_size) != 0 && !facts_[id].varies) add(Premise::not_too_large);
}

void Prover::add_crossing(const Node& comparison) {
  const auto [left, right, none] = comparison.operand;
  for (size_t k = 0; k < sides_.size(); k += 2) {
    if (sides_[k] == left && sides_[k + 1] == right) return;
  }
  const Overtaking overtaking = *facts_.overtaking(left, right);
  sides_.insert(sides_.end(), {left, right});
  proof_.facts.crossings.push_back({overtaking.by_left, overtaking.of_ratio ? margin(*overtaking.of_ratio) : 0});
}

/// The first operation, from the leaves up, of which nothing is known though its operands are.
NoProof Prover::blame(NodeId id) const {
  const Node* node = &query_.graph[id];
  for (uint32_t i = 0; i < operands(node->op); ++i) {
    const NodeId operand = node->operand[i];
    if (is_known(operand) || !facts_[operand].varies) continue;
    id = operand;
    node = &query_.graph[id];
    i = UINT32_MAX;   // begin again with its operands
  }
  if (is_comparison(node->op)) return {id, "may change more than once"};
  const std::optional<Elasticity>& elasticity = facts_[id].elasticity;
  return {id, elasticity ? fmt::format("may rise and fall (elasticity {:.3g}..{:.3g})", elasticity->low, elasticity->high) : "is not known to rise or to fall"};
}

}  // namespace

const Goal* goal_along_rows(const Query& query) {
  if (query.sweep.phases.empty()) return nullptr;   // a graph alone, in tests
  const std::vector<Stage>& stages = query.sweep.phases[0].stages;
  const Best* best = stages.empty() ? nullptr : std::get_if<Best>(&stages[0]);
  const uint32_t axes = query.sweep.space.axes;
  return best != nullptr && axes > 0 && (best->over >> (axes - 1) & 1) != 0 ? &best->goal : nullptr;
}

const Solve* solve_along_rows(const Query& query) {
  const Solve* solve = first_solve(query.sweep);
  const uint32_t axes = query.sweep.space.axes;
  return solve != nullptr && (solve->over >> (axes - 1) & 1) != 0 ? solve : nullptr;
}

namespace {

class Searching : public Kernel {
 public:
  Searching(SearchFacts facts, std::unique_ptr<Kernel> probed) : facts_(std::move(facts)), probed_(std::move(probed)) {}
  Counts run(const KernelArgs&) const override { return {}; }
  const SearchFacts* facts() const override { return &facts_; }
  void probe(const KernelArgs& args) const override { probed_->run(args); }

 private:
  SearchFacts facts_;
  std::unique_ptr<Kernel> probed_;
};

}  // namespace

std::vector<std::unique_ptr<Kernel>> searches(const Query& query) {
  std::vector<std::unique_ptr<Kernel>> result;
  bool any = false;
  for (uint32_t shape = 0; solve_along_rows(query) != nullptr && shape < query.shapes.size(); ++shape) {
    std::variant<Proof, NoProof> proved = prove(query, shape);
    auto* proof = std::get_if<Proof>(&proved);
    any |= proof != nullptr;
    result.push_back(proof == nullptr ? nullptr : std::make_unique<Searching>(std::move(proof->facts), interpret(query, proof->probed)));
  }
  if (!any) result.clear();
  return result;
}

std::variant<Proof, NoProof> prove(const Query& query, uint32_t shape) {
  const Solve* solve = solve_along_rows(query);
  const Goal* goal = solve != nullptr ? &solve->goal : goal_along_rows(query);
  if (goal == nullptr) return NoProof{{}, "no row is chosen along the last axis"};
  const AxisOrNot axis = axis_fact(query);
  if (const auto* why = std::get_if<NoProof>(&axis)) return *why;
  const std::vector<NodeId>& roots = query.shapes[shape].roots[0];
  return Prover(query, roots[solve != nullptr ? 1 + solve->decides : 0], roots[1 + goal->column], goal->maximise, std::get<AxisFact>(axis)).prove();
}

}  // namespace llmsys
