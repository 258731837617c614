// What is wrong with a piece of text, in our words. In: its tokens, where the grammar was left. Out: one diagnostic.
// Promise: the place is the line a person would mend: what is missing at the end of a line is reported there, not on the next one.
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/syntax/parse_grammar.h"

namespace llmsys {

using Piece = std::span<Token* const>;

class MistakeReader {
 public:
  /// `whole` is what ends where the tokens end: "the file", "the declaration".
  MistakeReader(const SourceMap& sources, SourceId source, std::string_view whole) : sources_(sources), source_(source), whole_(whole) {}

  /// A character that fits nothing, a text without an end.
  std::optional<Diagnostic> word(Piece piece) const;
  /// The bracket that is never closed if there is one before the mistake, else the mistake.
  Diagnostic explain(Piece piece, const Mistake& mistake) const;

 private:
  struct Bracket {
    size_t open;
    size_t end;  // where it became clear
  };
  std::optional<Bracket> unclosed(Piece piece) const;
  Diagnostic explain(Piece piece, Bracket bracket) const;
  bool closes_nothing(Piece piece, size_t at) const;
  std::optional<size_t> closed_early(Piece piece, size_t at) const;
  std::optional<size_t> dangling(Piece piece, size_t at) const;
  bool continues_clause(Piece piece, size_t at) const;
  Diagnostic missing_after(Piece piece, size_t before, std::string expected) const;

  Span span(const Token& token) const { return span_of(source_, token); }
  Diagnostic unexpected(Piece piece, size_t at) const;
  std::string quoted(const Token& token) const;
  std::string label(Piece piece, const Mistake& mistake) const;

  const SourceMap& sources_;
  SourceId source_;
  std::string_view whole_;
};

/// "an expression", "`,` or `)`": what would have fitted; empty if that is too much to say.
std::string expectation(const antlr4::misc::IntervalSet& set);

}  // namespace llmsys
