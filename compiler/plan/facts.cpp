#include "compiler/plan/facts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/search.h"

namespace llmsys {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_growth = 100;      // a value of 2^300 in the first row is one of 2^400 in the last
constexpr double largest_size = 1000;       // doubles end at 2^1024
constexpr double most_roundings = 1 << 20;
constexpr double largest_power = 64;
constexpr double roundings_of_power = 4;    // of llmsys_pow: one, and what is lost before it
const double premised_size = std::log2(largest_premised);

// Bounds are rounded outwards, or not at all: one of 0 must not be passed by a rounding.
double rounded(double value, double error, double towards) { return error * towards > 0 ? std::nextafter(value, towards) : value; }

double sum(double a, double b, double towards) {
  const double sum = a + b, b_seen = sum - a;
  return rounded(sum, (a - (sum - b_seen)) + (b - b_seen), towards);
}

double product(double a, double b, double towards) {
  const double product = a * b;
  return rounded(product, std::fma(a, b, -product), towards);
}

Elasticity operator+(const Elasticity& a, const Elasticity& b) {
  return {sum(a.low, b.low, -infinity), sum(a.high, b.high, infinity), a.roundings + b.roundings};
}

Elasticity hull(const Elasticity& a, const Elasticity& b) { return {std::min(a.low, b.low), std::max(a.high, b.high), std::max(a.roundings, b.roundings)}; }

Elasticity times(const Elasticity& a, double power) {
  const auto [low, high] = power < 0 ? std::pair(a.high, a.low) : std::pair(a.low, a.high);
  return {product(low, power, -infinity), product(high, power, infinity), std::ceil(a.roundings * std::fabs(power))};
}

std::optional<Elasticity> rounded(std::optional<Elasticity> exact, double roundings) {
  if (exact) exact->roundings += roundings;
  return exact && exact->roundings <= most_roundings ? exact : std::nullopt;
}

template <class Join>
std::optional<Elasticity> joined(const Fact& a, const Fact& b, Join join) {
  return a.elasticity && b.elasticity ? std::optional<Elasticity>(join(*a.elasticity, *b.elasticity)) : std::nullopt;
}

std::optional<double> largest(const Fact& a, const Fact& b) { return a.size && b.size ? std::optional(std::max(*a.size, *b.size)) : std::nullopt; }

bool is_premised(double value) { return value >= smallest_premised && value <= largest_premised; }

}  // namespace

Elasticity operator-(const Elasticity& a, const Elasticity& b) { return a + Elasticity{-b.high, -b.low, b.roundings}; }

bool is_comparison(Op op) { return op == Op::less || op == Op::less_equal || op == Op::equal || op == Op::not_equal; }

namespace {

Fact of_axis(AxisFact axis) {
  return {.varies = true, .positive = true, .growth = axis.growth, .elasticity = Elasticity{1, 1, 0}, .rises = true, .size = premised_size + largest_growth};
}

/// It is what it must be; that is looked at in the first row.
Fact of_fixed(const Node& node) {
  Fact fact{.positive = true, .elasticity = Elasticity{}, .rises = true, .falls = true, .size = premised_size, .settled = true, .fixed = true};
  if (node.op != Op::constant) return fact;
  fact.positive = node.value == 0 || is_premised(node.value);
  if (!fact.positive) fact.elasticity.reset();
  if (!(std::fabs(node.value) <= largest_premised)) {
    fact.size.reset();
    fact.rises = fact.falls = false;
  }
  return fact;
}

}  // namespace

Facts::Facts(const Query& query, const std::vector<NodeId>& nodes, AxisFact axis) : graph_(query.graph), axis_(axis), facts_(query.graph.size()) {
  for (NodeId id : nodes) {
    const Node& node = graph_[id];
    Fact& fact = facts_[id.index];
    if (!varies_within_run(query, id)) {
      fact = of_fixed(node);
    } else if (node.op == Op::axis) {
      fact = of_axis(axis);
    } else {
      fact.varies = true;
      find_sign(node, fact);
      find_size(node, fact);
      find_order(node, fact);
      fact.fixed = is_fixed(node);
      fact.settled = fact.fixed || is_settled(node);
      if (!fact.fixed) fact.turns_with = find_turn(id, node);
    }
  }
}

/// What it takes to divide by it.
bool Facts::is_divisor(NodeId id) const { return facts_[id.index].positive && !(graph_.is_constant(id) && graph_.value(id) == 0); }

void Facts::find_sign(const Node& node, Fact& fact) const {
  const auto [left, right, other] = node.operand;
  const Fact &a = facts_[left.index], &b = facts_[right.index], &c = facts_[other.index];
  const auto give = [&](bool positive, double growth, std::optional<Elasticity> elasticity) {
    fact.positive = positive && growth <= largest_growth;
    fact.growth = growth;
    if (fact.positive) fact.elasticity = elasticity;
  };
  const auto plus = [](const Elasticity& x, const Elasticity& y) { return x + y; };
  const auto minus = [](const Elasticity& x, const Elasticity& y) { return x - y; };
  switch (node.op) {
    case Op::add: return give(a.positive && b.positive, std::max(a.growth, b.growth), rounded(joined(a, b, hull), 1));
    case Op::minimum:
    case Op::maximum: return give(a.positive && b.positive, std::max(a.growth, b.growth), joined(a, b, hull));
    case Op::multiply: return give(a.positive && b.positive, a.growth + b.growth, rounded(joined(a, b, plus), 1));
    case Op::divide: return give(a.positive && is_divisor(right), a.growth + b.growth, rounded(joined(a, b, minus), 1));
    case Op::absolute: return give(a.positive, a.growth, a.elasticity);
    case Op::ceil: return give(a.positive, a.growth + 1, std::nullopt);
    case Op::square_root: return give(a.positive, a.growth, a.elasticity ? rounded(times(*a.elasticity, 0.5), 1) : std::nullopt);
    case Op::select: return give(is_continuous(node) && b.positive && c.positive, std::max(b.growth, c.growth), joined(b, c, hull));
    case Op::power: {
      const double power = graph_.is_constant(right) ? graph_.value(right) : 0;
      const bool known = power != 0 && std::fabs(power) <= largest_power;
      const bool positive = known && (power < 0 ? is_divisor(left) : a.positive);
      return give(positive, a.growth * std::fabs(power), positive && a.elasticity ? rounded(times(*a.elasticity, power), roundings_of_power) : std::nullopt);
    }
    default: return;
  }
}

void Facts::find_size(const Node& node, Fact& fact) const {
  const Fact &a = of(node, 0), &b = of(node, 1), &c = of(node, 2);
  const auto give = [&](std::optional<double> size, double more) {
    if (size && *size + more <= largest_size) fact.size = *size + more;
  };
  if (fact.positive) return give(premised_size, largest_growth);
  if (is_truth(node.op)) return give(0, 0);
  switch (node.op) {
    case Op::add:
    case Op::subtract: return give(largest(a, b), 1);
    case Op::multiply: return a.size && b.size ? give(*a.size, *b.size) : void();
    case Op::divide: return is_divisor(node.operand[1]) ? give(a.size, premised_size + largest_growth) : void();
    case Op::negate:
    case Op::absolute: return give(a.size, 0);
    case Op::floor:
    case Op::ceil:
    case Op::round: return give(a.size, 1);
    case Op::minimum:
    case Op::maximum:
    case Op::first_reason: return give(largest(a, b), 0);
    case Op::select: return give(largest(b, c), 0);
    case Op::log:
    case Op::log2:
    case Op::log10: return is_divisor(node.operand[0]) ? give(10, 0) : void();
    default: return;
  }
}

/// IEEE operations are rounded monotonically, so where all operands drive one the same way its result never turns back.
void Facts::find_order(const Node& node, Fact& fact) const {
  const Fact &a = of(node, 0), &b = of(node, 1), &c = of(node, 2);
  const auto give = [&](bool rises, bool falls) {
    fact.rises = rises && fact.size.has_value();
    fact.falls = falls && fact.size.has_value();
  };
  switch (node.op) {
    case Op::multiply: return fact.positive ? give(a.rises && b.rises, a.falls && b.falls) : void();
    case Op::divide: return fact.positive ? give(a.rises && b.falls, a.falls && b.rises) : void();
    case Op::add:
    case Op::minimum:
    case Op::maximum: return give(a.rises && b.rises, a.falls && b.falls);
    case Op::subtract: return give(a.rises && b.falls, a.falls && b.rises);
    case Op::negate: return give(a.falls, a.rises);
    case Op::absolute:
    case Op::square_root: return fact.positive ? give(a.rises, a.falls) : void();
    case Op::floor:
    case Op::ceil:
    case Op::round: return give(a.rises, a.falls);
    case Op::select: return !is_continuous(node) ? void() : give(b.rises && c.rises, b.falls && c.falls);
    default: return;
  }
}

bool Facts::operands_are(bool Fact::*so, const Node& node) const {
  for (uint32_t i = 0; i < operands(node.op); ++i) {
    if (!(of(node, i).*so)) return false;
  }
  return true;
}

/// A number that is 0 in all rows or in none.
bool Facts::is_comparison_with_zero(const Node& node) const {
  const auto is_zero = [&](NodeId id) { return graph_.is_constant(id) && graph_.value(id) == 0; };
  return is_comparison(node.op) && ((is_zero(node.operand[0]) && of(node, 1).positive) || (is_zero(node.operand[1]) && of(node, 0).positive));
}

bool Facts::is_fixed(const Node& node) const {
  if (operands_are(&Fact::fixed, node) || is_comparison_with_zero(node)) return true;
  if (node.op == Op::is_finite) return of(node, 0).size.has_value();
  return node.op == Op::is_count && graph_[node.operand[0]].op == Op::axis && axis_.counts;
}

std::optional<NodeId> Facts::find_turn(NodeId id, const Node& node) const {
  if (node.op == Op::less || node.op == Op::less_equal) return id;
  std::optional<NodeId> turn;
  for (uint32_t i = 0; i < operands(node.op); ++i) {
    const Fact& operand = of(node, i);
    if (operand.fixed) continue;
    if (!operand.turns_with || (turn && turn != operand.turns_with)) return std::nullopt;
    turn = operand.turns_with;
  }
  return turn;
}

/// The condition is the same in all rows; or it turns with the comparison of what it chooses among, so that the larger one is chosen in all rows, or the smaller one,
/// or one of the two.
bool Facts::is_continuous(const Node& select) const {
  const auto [condition, a, b] = select.operand;
  if (facts_[condition.index].fixed) return true;
  if (!facts_[condition.index].turns_with) return false;
  const auto [left, right, none] = graph_[*facts_[condition.index].turns_with].operand;
  return (a == left && b == right) || (a == right && b == left);
}

bool Facts::is_settled(const Node& node) const {
  return operands_are(&Fact::settled, node) || (is_comparison(node.op) && overtaking(node.operand[0], node.operand[1]).has_value());
}

std::optional<Overtaking> Facts::overtaking(NodeId left, NodeId right) const {
  const Fact &a = facts_[left.index], &b = facts_[right.index];
  if (a.rises && b.falls) return Overtaking{true, std::nullopt};
  if (a.falls && b.rises) return Overtaking{false, std::nullopt};
  if (!a.elasticity || !b.elasticity) return std::nullopt;
  const Elasticity ratio = *a.elasticity - *b.elasticity;
  if (ratio.low >= 0) return Overtaking{true, ratio};
  if (ratio.high <= 0) return Overtaking{false, ratio};
  return std::nullopt;
}

Demand Facts::needed(NodeId id, Demand demand) const {
  if ((demand & demand_turn) != 0 && facts_[id.index].fixed) demand = (demand & ~demand_turn) | demand_settled;
  if ((demand & demand_order) != 0) demand |= demand_size;
  if ((demand & demand_size) != 0 && facts_[id.index].varies && facts_[id.index].positive) demand = (demand & ~demand_size) | demand_positive;
  return demand;
}

Demand Facts::needed_of(const Node& node, uint32_t operand, Demand demand) const {
  const bool is_condition = node.op == Op::select && operand == 0;
  const NodeId second = node.operand[1];
  const bool may_be_negative = node.op == Op::power && (!graph_.is_constant(second) || graph_.value(second) < 0);   // the exponent
  const bool divides = (node.op == Op::divide && operand == 1) || (may_be_negative && operand == 0);
  const bool takes_log = node.op == Op::log || node.op == Op::log2 || node.op == Op::log10;
  Demand wanted = 0;
  if ((demand & demand_positive) != 0) wanted |= divides ? demand_positive | demand_nonzero : demand_positive;
  if ((demand & demand_size) != 0 && !is_truth(node.op)) wanted |= divides || takes_log ? demand_positive | demand_nonzero : demand_size;
  if ((demand & demand_order) != 0) wanted |= demand_order;
  if (is_condition) wanted = (demand & (demand_positive | demand_order)) != 0 ? demand_turn : 0;
  if ((demand & demand_settled) != 0) wanted |= needed_to_settle(node);
  if ((demand & demand_turn) != 0 && node.op != Op::less && node.op != Op::less_equal) wanted |= demand_turn;
  return wanted;
}

Demand Facts::needed_to_settle(const Node& node) const {
  if (operands_are(&Fact::fixed, node)) return demand_settled;
  if (is_comparison_with_zero(node)) return demand_positive;
  if (node.op == Op::is_finite && of(node, 0).size) return demand_size;
  if (operands_are(&Fact::settled, node)) return demand_settled;
  if (is_comparison(node.op)) return overtaking(node.operand[0], node.operand[1])->of_ratio ? demand_positive : demand_order;
  return 0;   // the axis has counts
}

}  // namespace llmsys
