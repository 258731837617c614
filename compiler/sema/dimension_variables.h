// The dimension variables of a generic function. In: dimensions with variables in them, and what a call says of these. Out: dimensions without.
#pragma once

#include <map>

#include "compiler/sema/program.h"

namespace llmsys {

using KnownDimensions = std::map<BaseDimension, Dimension>;

/// Variables that are known replaced.
Dimension substitute(const Dimension& dimension, const KnownDimensions& known);

/// Solves param == argument for the one variable that is not known yet. False if it can't hold.
bool infer(const Dimension& param, const Dimension& argument, KnownDimensions& known);

}  // namespace llmsys
