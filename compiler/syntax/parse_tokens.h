// A text as ANTLR's tokens. In: a text and a part of it. Out: its tokens in order, positions in bytes of the whole text.
// Promise: any text has tokens; what fits nothing is a BAD token. Units are marked (see mark_units).
#pragma once

#include <antlr4-runtime.h>

#include <memory>
#include <string_view>
#include <vector>

#include "compiler/diag/source.h"

namespace llmsys {

using Token = antlr4::Token;

struct Tokens {
  std::vector<std::unique_ptr<Token>> all;  // with comments, without blanks
  std::vector<Token*> visible;              // those for the parser
};
Tokens tokenize(std::string_view text, size_t begin, size_t end);

/// Editors of some systems put a mark before the text.
inline size_t begin_of(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

inline Span span_of(SourceId source, const Token& token) {
  return {source, static_cast<uint32_t>(token.getStartIndex()), static_cast<uint32_t>(token.getStopIndex() + 1)};
}

/// How tokens are called and written.
const antlr4::dfa::Vocabulary& vocabulary();

/// A word that may stand where the grammar has `name`.
bool is_name(size_t token_type);

}  // namespace llmsys
