// The flat expression graph of a study. In: operations, in evaluation order. Out: nodes by id, hash-consed, constants folded.
// Promise: operands come before their users; folding is `apply`, so a folded value has the bits of a run. An operation that chooses (select,
// first_reason, and, or) whose choice a constant makes is what it chooses, and a reason is asked for once; no other rewrite is ever made.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/sweep.h"

namespace llmsys {

enum class Op : uint8_t {
#define LLMSYS_OP(name, operands, text) name,
#include "compiler/graph/ops.def"
#undef LLMSYS_OP
};
inline constexpr uint32_t op_count =
#define LLMSYS_OP(name, operands, text) +1
#include "compiler/graph/ops.def"
#undef LLMSYS_OP
    ;
uint32_t operands(Op op);
std::string_view text(Op op);
bool is_truth(Op op);   // gives 1 or 0 and nothing else

/// What an operation means; operands that it does not have are ignored. Leaves are not applied.
double apply(Op op, double a, double b = 0, double c = 0);

struct NodeId {
  uint32_t index = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

struct Node {
  Op op = Op::constant;
  std::array<NodeId, 3> operand = {};
  uint32_t number = 0;   // axis, table or slot
  double value = 0;      // constant
  AxisMask axes = 0;     // what the node depends on; the optimiser's only fact
};

class Graph {
 public:
  NodeId constant(double value);   // every NaN is the same NaN; -0 and 0 differ
  NodeId axis(uint32_t axis);
  /// One number for each combo; equal tables are one node, a table of one value everywhere is a constant. `axes`: the by-element axes it varies along.
  NodeId table(std::vector<double> by_combo, AxisMask axes);
  NodeId slot(uint32_t slot);
  /// A leaf that no other node is equal to, to be replaced before anything runs: see derivative.h.
  NodeId fresh(AxisMask axes);
  NodeId apply(Op op, NodeId a, NodeId b = {}, NodeId c = {});

  const Node& operator[](NodeId id) const { return nodes_[id.index]; }
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  bool is_constant(NodeId id) const { return nodes_[id.index].op == Op::constant; }
  double value(NodeId id) const { return nodes_[id.index].value; }
  const std::vector<std::vector<double>>& tables() const { return tables_; }

 private:
  static constexpr uint32_t no_node = UINT32_MAX;
  struct Place {
    uint32_t node = no_node;
    uint32_t rest = 0;   // of the hash: most nodes that are not the one need not be looked at
  };
  NodeId add(Node node);
  Place& find(uint64_t hash, const Node* node);
  void grow_index();
  NodeId first_reason(NodeId a, NodeId b);
  NodeId choose(Op op, NodeId a, NodeId b, NodeId c);

  std::vector<Node> nodes_;
  std::vector<bool> minus_zero_;   // by node: whether it may be -0
  uint32_t fresh_ = 0;
  std::vector<std::vector<double>> tables_;
  std::vector<Place> index_;       // by the hash of the node, open addressing: most of the time of large elaborations is spent in here
  std::unordered_multimap<uint64_t, uint32_t> table_index_;
};

/// The nodes that `roots` need, in evaluation order.
std::vector<NodeId> live(const Graph& graph, const std::vector<NodeId>& roots);

/// `%7 = max %5, %6    ; axes {batch}`, one live node a line, renumbered from %0, then `-> title %7` for each root.
std::string dump(const Graph& graph, const std::vector<NodeId>& roots, const std::vector<std::string>& titles, const std::vector<Column>& axes);

/// The parts of a dump: what each of `nodes` is called, by NodeId, and one line of it.
std::vector<uint32_t> numbers(const Graph& graph, const std::vector<NodeId>& nodes);
std::string line(const Graph& graph, NodeId id, const std::vector<uint32_t>& number, const std::vector<Column>& axes);

}  // namespace llmsys
