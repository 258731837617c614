// Diagnostics as text. In: diagnostics and the sources they point into. Out: frames for people or JSON lines for tools.
// Promise: a range that is out of bounds is repaired, never fatal; every distinction survives without colour.
#pragma once

#include <string>

#include "compiler/diag/diagnostic.h"

namespace llmsys {

/// One frame: headline, place, the source lines with the ranges underlined, notes, help.
std::string render_frame(const SourceMap& sources, const Diagnostic& diagnostic, bool colour);

/// One JSON object on one line: code, severity, message, file, line, column, end_line, end_column, label, labels, notes, help, fixes.
std::string render_json(const SourceMap& sources, const Diagnostic& diagnostic);

/// The long form of a code such as `E0201`, as Markdown; empty if there is no such code.
std::string_view explanation(std::string_view code_id);

}  // namespace llmsys
