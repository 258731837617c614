// The limits of the language, checked on the bytes before ANTLR sees a token. In: a source. Out: false and a diagnostic if one is passed.
#pragma once

#include "compiler/diag/diagnostic.h"

namespace llmsys {

inline constexpr uint32_t max_source_bytes = 4u << 20;
inline constexpr uint32_t max_nesting = 200;
inline constexpr uint32_t max_name_bytes = 256;
/// Words and marks in a row without a separator. No expression tree gets deeper than this, whatever is nested in it, so stages may recurse.
inline constexpr uint32_t max_run = 1'000;
inline constexpr uint32_t max_tokens = 800'000;
/// Values between the braces of texts.
inline constexpr uint32_t max_interpolations = 100'000;

/// Also refuses NUL bytes, control characters and invalid UTF-8.
bool within_limits(const SourceMap& sources, SourceId source, DiagSink& sink);
/// Of an expression inside a text, whose bytes were seen with the source around it.
bool within_limits(const SourceMap& sources, Span expression, DiagSink& sink);

}  // namespace llmsys
