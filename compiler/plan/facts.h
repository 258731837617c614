// What is known of nodes over the rows of a run, which differ in the last axis only. In: the nodes of a shape, in evaluation order. Out: a fact for each.
// Promise: a fact holds in all rows if it was demanded (`needed`) of the operands as well, down to the leaves, and what is demanded of nodes that don't vary, and of
// positive ones, holds in the first row.
#pragma once

#include <optional>

#include "compiler/graph/query.h"

namespace llmsys {

/// Bounds of how many percents the exact value grows by as the axis grows by one.
struct Elasticity {
  double low = 0;
  double high = 0;
  double roundings = 0;   // the computed value is within so many of the exact one
};
Elasticity operator-(const Elasticity& a, const Elasticity& b);

struct Fact {
  bool varies = false;
  bool positive = false;                  // 0 in all rows, or above 0 in all
  double growth = 0;                      // of a positive one: by 2^growth from the first row at most
  std::optional<Elasticity> elasticity;   // of a positive one
  bool rises = false, falls = false;      // from row to row, as computed; never NaN
  std::optional<double> size;             // |value| is 2^size at most
  bool settled = false;                   // the same in rows where all comparisons are the same that it depends on
  bool fixed = false;                     // the same in all rows
  std::optional<NodeId> turns_with;       // the one comparison, `<` or `<=`, that it depends on besides what is fixed

  bool has_order() const { return rises || falls; }
};

/// Of the last axis.
struct AxisFact {
  double growth;
  bool counts;   // whole numbers up to 2^53
};

/// One side of a comparison overtakes the other once at most.
struct Overtaking {
  bool by_left;
  std::optional<Elasticity> of_ratio;   // none: as computed, there is no rounding between
};

/// Which parts of a fact are built upon.
using Demand = uint32_t;
inline constexpr Demand demand_positive = 1, demand_nonzero = 2, demand_size = 4, demand_order = 8, demand_settled = 16, demand_turn = 32;

bool is_comparison(Op op);

class Facts {
 public:
  Facts(const Query& query, const std::vector<NodeId>& nodes, AxisFact axis);
  const Fact& operator[](NodeId id) const { return facts_[id.index]; }

  std::optional<Overtaking> overtaking(NodeId left, NodeId right) const;
  /// Whether a comparison is settled by an overtaking of its sides, and not without.
  bool is_crossing(const Node& node) const { return is_comparison(node.op) && !operands_are(&Fact::settled, node) && !is_comparison_with_zero(node); }

  /// What must be demanded besides.
  Demand needed(NodeId id, Demand demand) const;
  /// ... and of an operand, if the node varies.
  Demand needed_of(const Node& node, uint32_t operand, Demand demand) const;

 private:
  void find_sign(const Node& node, Fact& fact) const;
  void find_size(const Node& node, Fact& fact) const;
  void find_order(const Node& node, Fact& fact) const;
  bool is_settled(const Node& node) const;
  bool is_fixed(const Node& node) const;
  std::optional<NodeId> find_turn(NodeId id, const Node& node) const;
  bool is_continuous(const Node& select) const;
  bool operands_are(bool Fact::*so, const Node& node) const;
  bool is_comparison_with_zero(const Node& node) const;
  Demand needed_to_settle(const Node& node) const;
  bool is_divisor(NodeId id) const;
  const Fact& of(const Node& node, uint32_t operand) const { return facts_[node.operand[operand].index]; }

  const Graph& graph_;
  AxisFact axis_;
  std::vector<Fact> facts_;
};

}  // namespace llmsys
