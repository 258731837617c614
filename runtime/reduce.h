// Stages on rows. In: rows with the keys of the stage's groups. Out: those that survive, in the order that the stage gives.
// Promise: reduce(reduce(a) + reduce(b)) is reduce(a + b), so a sweep can be reduced piece by piece.
#pragma once

#include "runtime/rows.h"

namespace llmsys {

/// `best` and `pareto` order by row number, `top` by its goal; `filter` leaves the order. Infeasible rows pass a filter, stand for
/// their group after `best` if nothing in it is feasible, and end at `pareto` and `top`.
Rows reduce(const Stage& stage, const Rows& rows);

/// The axes whose choices a stage's groups are, out of those that are left.
AxisMask group_axes(const Stage& stage, AxisMask left);

/// The first of the feasible rows (status 0) that reaches the goal; `n` if there is none.
uint64_t best_position(const Goal& goal, const double* status, const double* value, uint64_t n);

/// Positions of `rows` by ascending row number.
std::vector<uint64_t> by_number(const Rows& rows);

}  // namespace llmsys
