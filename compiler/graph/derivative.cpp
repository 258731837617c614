#include "compiler/graph/derivative.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace llmsys {
namespace {

/// Nodes that see the leaf, in evaluation order: what was there before it can't.
std::vector<NodeId> users(const Graph& graph, NodeId of, NodeId leaf) {
  std::vector<NodeId> found, open = {of};
  std::unordered_map<uint32_t, bool> seen;
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    if (id < leaf || !seen.try_emplace(id.index, true).second) continue;
    found.push_back(id);
    for (uint32_t i = 0; i < operands(graph[id].op); ++i) open.push_back(graph[id].operand[i]);
  }
  std::sort(found.begin(), found.end());
  std::unordered_map<uint32_t, bool> uses = {{leaf.index, true}};
  std::erase_if(found, [&](NodeId id) {
    bool does = id == leaf;
    for (uint32_t i = 0; i < operands(graph[id].op); ++i) does |= uses.contains(graph[id].operand[i].index);
    if (does) uses[id.index] = true;
    return !does;
  });
  return found;
}

using Slope = std::optional<NodeId>;   // nothing: surely 0

class Derivative {
 public:
  Derivative(Graph& graph, const StandIn& by) : graph_(graph), by_(by), nan_(graph.constant(std::numeric_limits<double>::quiet_NaN())), zero_(graph.constant(0)) {}

  Sides of(NodeId id) {
    for (NodeId each : users(graph_, id, by_.leaf)) add(each);
    const NodeId below = number(elasticity(id, 0));
    return {below, number(elasticity(id, above))};
  }

 private:
  /// Of a node: its value, and on either side the slope of a number, or what a truth is just aside.
  struct Part {
    NodeId value;
    bool is_truth = false;
    Slope side[2];
    bool jumps = false;   // a slope may be NaN
  };
  static constexpr int above = 1;   // the side; below is 0

  Part part_of(NodeId id) const {
    const auto place = parts_.find(id.index);
    return place == parts_.end() ? Part{.value = id, .side = {}} : place->second;
  }
  Slope elasticity(NodeId id, int side);
  void add(NodeId id);
  void differentiate(const Node& node, const std::array<Part, 3>& part, int side, Part& result);
  NodeId truth_aside(Op op, const Part& a, const Part& b, int side);
  Slope slope(const Part& part, int side);
  NodeId aside(const Part& part, int side);
  NodeId truth(const Part& part) { return part.is_truth || part.side[0] || part.side[1] ? (part.is_truth ? part.value : make(Op::not_equal, part.value, zero_)) : part.value; }
  Slope of_extreme(Op op, const Part& a, const Part& b, int side, bool jumps);
  Slope of_choice(const Part& condition, const Part& yes, const Part& no, int side);
  Slope of_step(NodeId at_step, NodeId motion, bool up, int side);

  NodeId make(Op op, NodeId a, NodeId b = {}, NodeId c = {}) { return graph_.apply(op, a, b, c); }
  NodeId number(const Slope& slope) const { return slope.value_or(zero_); }
  Slope sum(const Slope& a, const Slope& b) { return !a ? b : !b ? a : Slope(make(Op::add, *a, *b)); }
  Slope difference(const Slope& a, const Slope& b) { return !b ? a : !a ? Slope(make(Op::negate, *b)) : Slope(make(Op::subtract, *a, *b)); }
  Slope product(const Slope& a, NodeId b) { return a ? Slope(make(Op::multiply, *a, b)) : a; }
  /// By the reciprocal, which all slopes share.
  Slope quotient(const Slope& a, NodeId b) { return a ? Slope(make(Op::multiply, *a, make(Op::divide, graph_.constant(1), b))) : a; }

  Graph& graph_;
  const StandIn by_;
  NodeId nan_, zero_;
  std::unordered_map<uint32_t, Part> parts_;
};

/// The slope over the value: products and quotients are as elastic as their operands together.
Slope Derivative::elasticity(NodeId id, int side) {
  const Part part = part_of(id);
  if (!part.side[side]) return {};
  const Node node = graph_[id];
  if (id != by_.leaf && (node.op == Op::multiply || node.op == Op::divide)) {
    const Slope left = elasticity(node.operand[0], side), right = elasticity(node.operand[1], side);
    return node.op == Op::multiply ? sum(left, right) : difference(left, right);
  }
  return quotient(slope(part, side), part.value);
}

void Derivative::add(NodeId id) {
  if (id == by_.leaf) {
    parts_[id.index] = {.value = by_.value, .side = {by_.value, by_.value}};
    return;
  }
  const Node node = graph_[id];
  std::array<Part, 3> part;
  for (uint32_t i = 0; i < operands(node.op); ++i) part[i] = part_of(node.operand[i]);
  Part result{.value = make(node.op, part[0].value, part[1].value, part[2].value), .is_truth = is_truth(node.op), .side = {}};
  for (const Part& each : part) result.jumps |= each.jumps;
  for (int side : {0, 1}) differentiate(node, part, side, result);
  parts_[id.index] = result;
}

void Derivative::differentiate(const Node& node, const std::array<Part, 3>& part, int side, Part& result) {
  const auto& [p, q, r] = part;
  Slope& to = result.side[side];
  if (result.is_truth) {
    to = truth_aside(node.op, p, q, side);
    result.jumps = true;
    return;
  }
  const NodeId a = p.value, b = q.value, v = result.value;
  if (node.op == Op::select || node.op == Op::first_reason) {
    to = node.op == Op::select ? of_choice(p, q, r, side) : of_choice(p, p, q, side);
    result.jumps = true;
    return;
  }
  const Slope da = slope(p, side), db = slope(q, side);
  switch (node.op) {
    case Op::add: to = sum(da, db); break;
    case Op::subtract: to = difference(da, db); break;
    case Op::multiply: {
      const Slope left = product(da, b);
      to = sum(left, product(db, a));
      break;
    }
    case Op::divide: to = quotient(difference(da, product(db, v)), b); break;
    case Op::negate: to = difference({}, da); break;
    case Op::square_root: to = da ? quotient(da, make(Op::add, v, v)) : da; break;
    case Op::exp: to = product(da, v); break;
    case Op::log: to = quotient(da, a); break;
    case Op::log2: to = da ? quotient(da, make(Op::multiply, a, graph_.constant(M_LN2))) : da; break;
    case Op::log10: to = da ? quotient(da, make(Op::multiply, a, graph_.constant(M_LN10))) : da; break;
    case Op::power: {
      Slope of_base, of_exponent;
      if (da) {
        const NodeId less_by_one = make(Op::subtract, b, graph_.constant(1));
        of_base = product(da, make(Op::multiply, b, make(Op::power, a, less_by_one)));
      }
      if (db) of_exponent = product(db, make(Op::multiply, v, make(Op::log, a)));
      to = sum(of_base, of_exponent);
      break;
    }
    case Op::absolute: {
      if (!da) break;
      const NodeId size = make(Op::absolute, *da), minus = make(Op::negate, *da);
      const NodeId at_zero = side == above ? size : make(Op::negate, size);
      const NodeId falling = make(Op::select, make(Op::less, a, zero_), minus, at_zero);
      to = make(Op::select, make(Op::less, zero_, a), *da, falling);
      break;
    }
    case Op::minimum:
    case Op::maximum: to = of_extreme(node.op, p, q, side, result.jumps); break;
    case Op::floor:
    case Op::ceil:
      if (da) to = of_step(make(Op::equal, a, v), *da, node.op == Op::ceil, side);
      result.jumps = true;
      break;
    case Op::round: {   // at a half it has gone to the even neighbour, and jumps on the other's side
      if (!da) break;
      const NodeId gone = make(Op::subtract, v, a);
      const NodeId up = make(Op::equal, gone, graph_.constant(0.5)), down = make(Op::equal, gone, graph_.constant(-0.5));
      const Slope falling = of_step(up, *da, false, side);
      to = sum(falling, of_step(down, *da, true, side));
      result.jumps = true;
      break;
    }
    case Op::modulo:
    case Op::quotient: {   // of a / b, which is whole where the remainder is 0
      const NodeId whole = node.op == Op::modulo ? make(Op::quotient, a, b) : v;
      const NodeId rest = node.op == Op::modulo ? v : make(Op::modulo, a, b);
      const Slope ratio = quotient(difference(da, product(db, make(Op::divide, a, b))), b);
      const Slope jump = ratio ? of_step(make(Op::equal, rest, zero_), *ratio, false, side) : ratio;
      to = node.op == Op::quotient ? jump : sum(difference(da, product(db, whole)), jump);
      result.jumps = true;
      break;
    }
    default: break;   // leaves do not vary, truths and choices are done
  }
}

/// Of a function that is flat but for jumps: NaN where it is at one and the motion of its argument is `up`, or down, towards this side.
Slope Derivative::of_step(NodeId at_step, NodeId motion, bool up, int side) {
  const NodeId stays = up == (side == above) ? make(Op::less_equal, motion, zero_) : make(Op::less_equal, zero_, motion);
  const NodeId jumps = make(Op::both, at_step, make(Op::invert, stays));
  return make(Op::select, jumps, nan_, make(Op::multiply, motion, zero_));   // NaN if the argument jumps
}

Slope Derivative::of_extreme(Op op, const Part& a, const Part& b, int side, bool jumps) {
  const NodeId da = number(slope(a, side)), db = number(slope(b, side));
  if (da == db) return da;
  const bool larger = (op == Op::maximum) == (side == above);   // of the slopes, where both are equal
  const NodeId tied = [&] {
    if (!jumps) return make(larger ? Op::maximum : Op::minimum, da, db);
    const NodeId otherwise = make(Op::select, larger ? make(Op::less_equal, db, da) : make(Op::less_equal, da, db), da, nan_);
    return make(Op::select, larger ? make(Op::less, da, db) : make(Op::less, db, da), db, otherwise);
  }();
  const bool is_maximum = op == Op::maximum;
  const NodeId takes_a = is_maximum ? make(Op::less, b.value, a.value) : make(Op::less, a.value, b.value);
  const NodeId takes_b = is_maximum ? make(Op::less, a.value, b.value) : make(Op::less, b.value, a.value);
  return make(Op::select, takes_b, db, make(Op::select, takes_a, da, tied));
}

/// On this side the condition may be another than here: then the function jumps if its alternatives differ.
Slope Derivative::of_choice(const Part& condition, const Part& yes, const Part& no, int side) {
  const NodeId d_yes = number(slope(yes, side)), d_no = number(slope(no, side));
  const bool varies = condition.is_truth || condition.side[0] || condition.side[1];
  if (!varies) return make(Op::select, condition.value, d_yes, d_no);
  const NodeId here = truth(condition), there = aside(condition, side);
  const NodeId chosen = make(Op::select, there, d_yes, d_no);
  if (here == there) return chosen;
  const NodeId turns = make(Op::not_equal, here, there);
  const NodeId jumps = make(Op::both, turns, make(Op::not_equal, yes.value, no.value));
  return make(Op::select, jumps, nan_, chosen);
}

/// What a comparison gives just aside of where its sides are equal depends on their slopes.
NodeId Derivative::truth_aside(Op op, const Part& a, const Part& b, int side) {
  const NodeId here = make(op, a.value, b.value);
  switch (op) {
    case Op::less:
    case Op::less_equal: {
      const NodeId da = number(slope(a, side)), db = number(slope(b, side));
      if (da == db) return here;
      const NodeId goes = side == above ? make(op, da, db) : make(op, db, da);
      const NodeId tied = make(Op::both, make(Op::equal, a.value, b.value), goes);
      return make(Op::either, make(Op::less, a.value, b.value), tied);
    }
    case Op::equal:
    case Op::not_equal: {
      const NodeId da = number(slope(a, side)), db = number(slope(b, side));
      if (da == db) return here;
      const NodeId stays = make(Op::both, make(Op::equal, a.value, b.value), make(Op::equal, da, db));
      return op == Op::equal ? stays : make(Op::invert, stays);
    }
    case Op::both:
    case Op::either: {
      const NodeId left = aside(a, side);
      return make(op, left, aside(b, side));
    }
    case Op::invert: return make(op, aside(a, side));
    case Op::is_count: return make(Op::both, here, make(Op::equal, number(slope(a, side)), zero_));
    default: return here;
  }
}

NodeId Derivative::aside(const Part& part, int side) {
  if (part.is_truth) return number(part.side[side]);
  if (!part.side[side]) return part.value;
  const NodeId leaves = make(Op::both, make(Op::equal, part.value, zero_), make(Op::not_equal, *part.side[side], zero_));
  return make(Op::either, make(Op::not_equal, part.value, zero_), leaves);
}

/// A truth as a number is flat, or jumps.
Slope Derivative::slope(const Part& part, int side) {
  if (!part.is_truth || !part.side[side]) return part.side[side];
  if (*part.side[side] == part.value) return {};
  return make(Op::select, make(Op::not_equal, *part.side[side], part.value), nan_, zero_);
}

}  // namespace

StandIn stand_in(Graph& graph, NodeId value) { return {graph.fresh(graph[value].axes), value}; }

NodeId replaced(Graph& graph, NodeId of, const StandIn& what) {
  std::unordered_map<uint32_t, NodeId> now = {{what.leaf.index, what.value}};
  const auto at = [&](NodeId id) {
    const auto place = now.find(id.index);
    return place == now.end() ? id : place->second;
  };
  for (NodeId id : users(graph, of, what.leaf)) {
    if (id == what.leaf) continue;
    const Node node = graph[id];
    now[id.index] = graph.apply(node.op, at(node.operand[0]), at(node.operand[1]), at(node.operand[2]));
  }
  return at(of);
}

bool reaches(const Graph& graph, NodeId of, const StandIn& what, Op op) {
  const std::vector<NodeId> found = users(graph, of, what.leaf);
  return std::any_of(found.begin(), found.end(), [&](NodeId id) { return graph[id].op == op; });
}

Sides elasticity(Graph& graph, NodeId of, const StandIn& by) {
  const auto [below, above] = Derivative(graph, by).of(of);
  const NodeId zero = graph.constant(0);
  return {graph.apply(Op::add, below, zero), graph.apply(Op::add, above, zero)};   // nobody wants to read of -0
}

}  // namespace llmsys
