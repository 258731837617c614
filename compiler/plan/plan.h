// Where each node is computed. In: the graph of a shape and its last axis. Out: what is computed once before the inner loop and what in it.
#pragma once

#include "compiler/graph/query.h"

namespace llmsys {

struct Plan {
  std::vector<NodeId> before;   // not depending on the last axis, in evaluation order
  std::vector<NodeId> inside;   // in the inner loop, in evaluation order
};
Plan plan(const Query& query, uint32_t phase, uint32_t shape);
std::string dump(const Query& query, const Plan& plan);

}  // namespace llmsys
