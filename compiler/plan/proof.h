// Whether the best row along the last axis can be found without going through all rows. In: the graph of a shape whose phase begins with `best` over that
// axis. Out: facts for runtime/search.h and the nodes that they are about, or why there are none.
// Promise: where the facts' premises hold, a search finds the row that a scan finds. What is not proved here is scanned.
//
// On positive numbers each node has an *elasticity*, the percents by which it grows as the axis grows by one: 0 for what doesn't vary, 1 for the axis; products
// add it, quotients subtract it, and a sum, a maximum or a minimum lies between its operands. An interval of it on one side of 0 says that the exact value rises, or
// falls. The computed value is within so many roundings of the exact one, as nothing cancels, so rows that it tells apart by more are in order.
// Besides, rounding is monotone: where all operands of an operation drive it one way, the computed value itself never turns back.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "compiler/graph/query.h"
#include "runtime/search.h"

namespace llmsys {

struct Proof {
  SearchFacts facts;
  std::string words;             // the facts in short, for --emit
  std::vector<NodeId> before;    // of the probe, as in a plan
  std::vector<NodeId> inside;
  std::vector<NodeId> probed;    // what it gives: see SearchFacts
};

struct NoProof {
  std::optional<NodeId> node;   // that nothing could be said about
  std::string why;
};

std::variant<Proof, NoProof> prove(const Query& query, uint32_t shape);

/// KernelSet::searches: a search asks for a few rows, so the interpreter gives them whatever runs the rest.
std::vector<std::unique_ptr<Kernel>> searches(const Query& query);

/// The goal of a `best` that comes first and picks among rows that differ in the last axis only; null if the phase begins otherwise.
const Goal* goal_along_rows(const Query& query);
/// The `solve` that comes first and is for the last axis.
const Solve* solve_along_rows(const Query& query);

}  // namespace llmsys
