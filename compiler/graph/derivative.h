// Derivatives on the graph. In: a node, and a stand-in for a value in what it is made of. Out: nodes for the node with the value in its place and for its slopes
// when the value grows by a share. Promise: what both engines run are nodes like any other; at a kink the two sides are told apart; where a side jumps its slope is NaN.
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

/// d/de at e = 0 of `of` with value (1 + e) in the place of the leaf: of e going up to 0, and of e going down to 0.
struct Slopes {
  NodeId value;   // of `of`
  NodeId below, above;
};
Slopes slopes(Graph& graph, NodeId of, const StandIn& by);

}  // namespace llmsys
