// Formulas as they are written. In: a step of a trace. Out: its text on one line, without comments, `...` in the place of what was not evaluated.
#pragma once

#include "compiler/elaborate/trace.h"

namespace llmsys {

/// An expression on one line: the name of a part.
std::string on_one_line(const Program& program, ExprId expr);
std::string written(const Program& program, const Trace& trace, StepId expression);

/// The step in which `expr` was evaluated for this one, if it was.
std::optional<StepId> step_of(const Trace& trace, StepId inside, ExprId expr);

}  // namespace llmsys
