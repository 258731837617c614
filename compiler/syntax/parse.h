// Text to syntax. In: a source. Out: a file of declarations in `syntax`, mistakes in `sink`.
// Promise: linear time; no input crashes it; a declaration with a mistake becomes ast::Broken and the rest is still read;
// "broken" implies a diagnostic; every span lies in its source.
#pragma once

#include <optional>
#include <string>

#include "compiler/diag/diagnostic.h"
#include "compiler/syntax/ast.h"

namespace llmsys {

FileId parse(const SourceMap& sources, SourceId source, Syntax& syntax, DiagSink& sink);

/// A single expression (for `--set`), all that stands in `range`.
std::optional<ExprId> parse_expression(const SourceMap& sources, Span range, Syntax& syntax, DiagSink& sink);

/// `value in unit`, as between the braces of a text; without a unit, the one that reads best is meant.
struct Interpolation {
  ExprId value;
  std::optional<ExprId> unit;
};
/// The same as somebody types it.
std::optional<Interpolation> parse_question(const SourceMap& sources, SourceId source, Syntax& syntax, DiagSink& sink);
/// `e to [path, ...]` (for `--sensitivity`), all that stands in `range`.
std::optional<ast::Sensitivity> parse_sensitivity(const SourceMap& sources, Span range, Syntax& syntax, DiagSink& sink);

/// The way back: a text as a literal of the language.
std::string literal(std::string_view text);

/// One token a line, `3:7 NAME "chip"`, comments included.
std::string dump_tokens(const SourceMap& sources, SourceId source);

/// The declarations of a file, or the one named `only`, as an indented tree. Without places it tells what a file says, however it is laid out.
std::string dump_ast(const Syntax& syntax, const SourceMap& sources, FileId file, std::string_view only, bool places = true);

}  // namespace llmsys
