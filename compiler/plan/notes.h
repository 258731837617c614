// What the user could mend about a study's plan. In: a query and the plans of its shapes. Out: lines of text, which name the nodes as `dump` of their
// plan does. Promise: the same lines on every machine; nothing is changed, since a regrouping would change bits.
#pragma once

#include "compiler/plan/plan.h"

namespace llmsys {

/// `note: ...` for each axis on which nothing depends, each column that is the same in all rows, and each expression of the inner loop of which another
/// grouping would leave less in the loop.
std::vector<std::string> notes(const Query& query, const std::vector<Plan>& plans);

}  // namespace llmsys
