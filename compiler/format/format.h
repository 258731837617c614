// The one style of .llmsys files. In: a source. Out: its text in that style.
// Promise: meaning and comments are as they were, what comes out is left as it is by a second run, and time is linear. Lines are broken where the
// source breaks them; blanks, indentation, separators of items and columns are set anew (docs/format.md).
#pragma once

#include <optional>
#include <string>

#include "compiler/diag/diagnostic.h"

namespace llmsys {

/// Nothing if the source has a mistake, which is in the sink; nothing without a mistake would be one of ours: the result is read again and compared.
std::optional<std::string> format(const SourceMap& sources, SourceId source, DiagSink& sink);

}  // namespace llmsys
