// A range that can be shown. In: any span, even one that no source has. Out: one inside its source, never backwards.
#pragma once

#include "compiler/diag/source.h"

namespace llmsys {

/// A range at the end of a text moves back over blanks: "something is missing here" points behind the last word, not below the file.
Span repaired(const SourceMap& sources, Span span);

}  // namespace llmsys
