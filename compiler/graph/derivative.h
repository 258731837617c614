// Derivatives on the graph. In: a node, and a stand-in for a value in what it is made of. Out: nodes for what it is with the value in its place, and for how it
// follows when the value grows by a share. Promise: what both engines run are nodes like any other; at a kink the two sides are told apart; on a side where the node jumps it is NaN.
#pragma once

#include "compiler/graph/graph.h"

namespace llmsys {

/// A leaf that stands for `value`, and what is made of it has a higher id.
struct StandIn {
  NodeId leaf;
  NodeId value;
};
StandIn stand_in(Graph& graph, NodeId value);

/// `of` with the value in the place of the leaf.
NodeId replaced(Graph& graph, NodeId of, const StandIn& what);

/// Whether an operation of that kind sees the stand-in.
bool reaches(const Graph& graph, NodeId of, const StandIn& what, Op op);

/// The percents that `of` grows by as the value grows by one, d(of)/de / of at e = 0 with value (1 + e) in the place of the leaf: as e goes up to 0, and down to it.
struct Sides {
  NodeId below, above;
};
Sides elasticity(Graph& graph, NodeId of, const StandIn& by);

}  // namespace llmsys
