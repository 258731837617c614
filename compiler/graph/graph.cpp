#include "compiler/graph/graph.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <optional>

namespace llmsys {
namespace {

uint64_t bits(double value) { return std::bit_cast<uint64_t>(value); }

/// NaNs differ in bits from machine to machine; nothing in the language can tell them apart.
double canonical(double value) { return value == value ? value : std::numeric_limits<double>::quiet_NaN(); }

uint64_t mix(uint64_t hash, uint64_t next) {
  constexpr uint64_t spread = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio
  hash = (hash ^ next) * spread;
  hash = (hash ^ (hash >> 32)) * spread;           // whole numbers differ in their highest bits only: those must reach the lowest
  return hash ^ (hash >> 32);
}

uint64_t hash_of(const Node& node) {
  uint64_t hash = mix(static_cast<uint64_t>(node.op), node.number);
  for (NodeId operand : node.operand) hash = mix(hash, operand.index);
  return mix(hash, bits(node.value));
}

/// Not the axes: they follow from the rest.
bool same(const Node& a, const Node& b) {
  return a.op == b.op && a.operand == b.operand && a.number == b.number && bits(a.value) == bits(b.value);
}

uint64_t hash_of(const std::vector<double>& table) {
  uint64_t hash = table.size();
  for (double value : table) hash = mix(hash, bits(value));
  return hash;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return bits(x) == bits(y); });
}

bool is_truth(const Graph& graph, NodeId id) {
  return llmsys::is_truth(graph[id].op) || (graph.is_constant(id) && (bits(graph.value(id)) == bits(0.0) || graph.value(id) == 1));
}

/// `both` of x and a constant. A constant that does not decide leaves x, which is the answer only if x is 1 or 0 already.
std::optional<NodeId> decided_both(Graph& graph, NodeId x, NodeId constant) {
  if (graph.value(constant) == 0) return graph.constant(0);
  return is_truth(graph, x) ? std::optional(x) : std::nullopt;
}

std::optional<NodeId> decided_either(Graph& graph, NodeId x, NodeId constant) {
  if (graph.value(constant) != 0) return graph.constant(1);
  return is_truth(graph, x) ? std::optional(x) : std::nullopt;
}

/// Whether the node's value may be -0, which is like 0 to everything but division and the reader of a table.
bool may_be_minus_zero(const Node& node, const std::vector<bool>& known) {
  switch (node.op) {
    case Op::constant: return bits(node.value) == bits(-0.0);
    case Op::select: return known[node.operand[1].index] || known[node.operand[2].index];
    case Op::first_reason: return known[node.operand[1].index];
    case Op::absolute: return false;
    default: return !is_truth(node.op);
  }
}

/// Whether `later` is surely 0 where `earlier` is: it is the same, or both are absent by the same condition.
bool adds_nothing(const Graph& graph, NodeId earlier, NodeId later) {
  if (earlier == later) return true;
  const Node &x = graph[earlier], &y = graph[later];
  if (x.op != Op::select || y.op != Op::select || x.operand[0] != y.operand[0] || x.operand[1] != y.operand[1]) return false;
  const auto is_constant = [&](NodeId id, bool zero) { return graph.is_constant(id) && (graph.value(id) == 0) == zero; };
  return is_constant(x.operand[1], true) && is_constant(x.operand[2], false);
}

/// Whether a chain of reasons, ((a, b), c), has one already that makes `later` needless. Looks back so far only: chains may be long.
bool has_reason(const Graph& graph, NodeId chain, NodeId later) {
  for (int steps = 0; steps < 64; ++steps) {
    const Node& node = graph[chain];
    if (node.op != Op::first_reason) return adds_nothing(graph, chain, later);
    if (adds_nothing(graph, node.operand[1], later)) return true;
    chain = node.operand[0];
  }
  return false;
}

/// What operations that choose give when a constant makes the choice: bit for bit what a run would give.
std::optional<NodeId> decided(Graph& graph, Op op, NodeId a, NodeId b, NodeId c) {
  switch (op) {
    case Op::select:
      if (graph.is_constant(a)) return graph.value(a) != 0 ? b : c;
      break;
    case Op::first_reason:
      if (graph.is_constant(a)) return graph.value(a) != 0 ? a : b;
      break;
    case Op::both:
      if (graph.is_constant(a)) return decided_both(graph, b, a);
      if (graph.is_constant(b)) return decided_both(graph, a, b);
      break;
    case Op::either:
      if (graph.is_constant(a)) return decided_either(graph, b, a);
      if (graph.is_constant(b)) return decided_either(graph, a, b);
      break;
    default: break;
  }
  return std::nullopt;
}

}  // namespace

NodeId Graph::add(Node node) {
  if (2 * nodes_.size() >= index_.size()) grow_index();
  const uint64_t hash = hash_of(node);
  Place& place = find(hash, &node);
  if (place.node != no_node) return {place.node};
  const NodeId id{size()};
  place = {id.index, static_cast<uint32_t>(hash >> 32)};
  nodes_.push_back(node);
  minus_zero_.push_back(may_be_minus_zero(node, minus_zero_));
  return id;
}

/// Where a node is in the index, or is to be put; without `node`, where there is room.
Graph::Place& Graph::find(uint64_t hash, const Node* node) {
  const size_t mask = index_.size() - 1;   // a power of two, at most half full
  const auto rest = static_cast<uint32_t>(hash >> 32);
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    Place& place = index_[i];
    if (place.node == no_node || (node != nullptr && place.rest == rest && same(nodes_[place.node], *node))) return place;
  }
}

void Graph::grow_index() {
  index_.assign(std::max<size_t>(64, 2 * index_.size()), {});
  for (uint32_t i = 0; i < size(); ++i) {
    const uint64_t hash = hash_of(nodes_[i]);
    find(hash, nullptr) = {i, static_cast<uint32_t>(hash >> 32)};
  }
}

NodeId Graph::constant(double value) { return add({.op = Op::constant, .value = canonical(value)}); }

NodeId Graph::axis(uint32_t axis) {
  assert(axis < max_axes);
  return add({.op = Op::axis, .number = axis, .axes = AxisMask{1} << axis});
}

NodeId Graph::table(std::vector<double> by_combo, AxisMask axes) {
  assert(!by_combo.empty());
  for (double& value : by_combo) value = canonical(value);
  const auto differs = [&](double value) { return bits(value) != bits(by_combo.front()); };
  if (std::none_of(by_combo.begin(), by_combo.end(), differs)) return constant(by_combo.front());

  const uint64_t hash = hash_of(by_combo);
  const auto [first, last] = table_index_.equal_range(hash);
  const auto it = std::find_if(first, last, [&](const auto& entry) { return same(tables_[entry.second], by_combo); });
  if (it != last) return add({.op = Op::table, .number = it->second, .axes = axes});
  const auto number = static_cast<uint32_t>(tables_.size());
  tables_.push_back(std::move(by_combo));
  table_index_.emplace(hash, number);
  return add({.op = Op::table, .number = number, .axes = axes});
}

/// A kernel's run has one value for each slot, so a slot depends on no axis that varies within it.
NodeId Graph::slot(uint32_t slot) { return add({.op = Op::slot, .number = slot}); }

NodeId Graph::fresh(AxisMask axes) { return add({.op = Op::slot, .number = UINT32_MAX - fresh_++, .axes = axes}); }

/// Reasons are kept as chains, ((a, b), c): regrouping a choice is exact. What was looked at once need not be again.
NodeId Graph::first_reason(NodeId a, NodeId b) {
  std::vector<NodeId> rest = {b};   // last one first
  while (nodes_[rest.back().index].op == Op::first_reason) {
    const auto [first, last, none] = nodes_[rest.back().index].operand;
    rest.back() = last;
    rest.push_back(first);
  }
  for (; !rest.empty(); rest.pop_back()) {
    const NodeId next = rest.back();
    const bool zeros_alike = !minus_zero_[a.index] && !minus_zero_[next.index];
    const bool needless = (is_constant(next) && value(next) == 0) || has_reason(*this, a, next);
    if (zeros_alike && needless) continue;
    a = choose(Op::first_reason, a, next, {});
  }
  return a;
}

NodeId Graph::apply(Op op, NodeId a, NodeId b, NodeId c) {
  const uint32_t count = operands(op);
  assert(count > 0 && a.index < size() && (count < 2 || b.index < size()) && (count < 3 || c.index < size()));
  if (count < 2) b = {};
  if (count < 3) c = {};
  return op == Op::first_reason ? first_reason(a, b) : choose(op, a, b, c);
}

NodeId Graph::choose(Op op, NodeId a, NodeId b, NodeId c) {
  const uint32_t count = operands(op);
  if (const std::optional<NodeId> chosen = decided(*this, op, a, b, c)) return *chosen;
  const bool known = is_constant(a) && (count < 2 || is_constant(b)) && (count < 3 || is_constant(c));
  if (known) return constant(llmsys::apply(op, value(a), value(b), value(c)));

  AxisMask axes = nodes_[a.index].axes;
  if (count > 1) axes |= nodes_[b.index].axes;
  if (count > 2) axes |= nodes_[c.index].axes;
  return add({.op = op, .operand = {a, b, c}, .axes = axes});
}

std::vector<NodeId> live(const Graph& graph, const std::vector<NodeId>& roots) {
  std::vector<bool> needed(graph.size());
  uint32_t end = 0;
  for (NodeId root : roots) {
    needed[root.index] = true;
    end = std::max(end, root.index + 1);
  }
  std::vector<NodeId> order;
  for (uint32_t index = end; index-- > 0;) {  // users come after operands, so one walk back is enough
    if (!needed[index]) continue;
    order.push_back({index});
    const Node& node = graph[{index}];
    for (uint32_t i = 0; i < operands(node.op); ++i) needed[node.operand[i].index] = true;
  }
  std::reverse(order.begin(), order.end());
  return order;
}

}  // namespace llmsys
