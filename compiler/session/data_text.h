// Bytes of data files. In: a source. Out: a diagnostic if it is not text that may be printed.
#pragma once

#include "compiler/diag/diagnostic.h"

namespace llmsys {

/// Where the text begins: past a byte order mark, if there is one.
uint32_t text_begin(std::string_view text);

/// UTF-8 without control characters but tabs and line breaks; else false and a diagnostic at the first byte that is wrong.
bool is_plain_text(const SourceMap& sources, SourceId source, DiagSink& sink);

/// `code_point` in UTF-8.
void append_utf8(std::string& text, uint32_t code_point);

}  // namespace llmsys
