// Where each node is computed. In: the graph of a shape and the space of its rows. Out: what is computed once before the inner loop, what in it,
// and what is kept from loop to loop. Promise: whole nodes move, never their operands, so no bit depends on the plan.
#pragma once

#include <optional>
#include <string>

#include "compiler/plan/proof.h"

namespace llmsys {

/// Nodes that vary along the last axis but not along `memo.axis`: computed once for all elements of that axis, then read from the memo.
struct Kept {
  Memo memo;
  std::vector<NodeId> before;   // what making the memo needs before its loop, in evaluation order
  std::vector<NodeId> inside;   // ... and in its loop
  std::vector<NodeId> columns;  // what the memo holds
};

struct Plan {
  std::vector<NodeId> before;   // not depending on the last axis, in evaluation order
  std::vector<NodeId> inside;   // in the inner loop, in evaluation order
  std::optional<Kept> kept;     // if it pays
  std::optional<Proof> search;  // if the best row along the last axis can be searched for
  NoProof no_search;            // ... and if not, why
};
Plan plan(const Query& query, uint32_t phase, uint32_t shape);
/// Of all shapes of the first phase.
std::vector<Plan> plan(const Query& query);
/// Whether it takes many cycles, as a division does.
bool is_dear(Op op);
/// Sections with their nodes, and what each costs, roughly, in cycles for 8 rows.
std::string dump(const Query& query, const Plan& plan);
/// What the dump calls the nodes of a plan, by NodeId.
std::vector<uint32_t> numbers(const Query& query, const Plan& plan);

}  // namespace llmsys
