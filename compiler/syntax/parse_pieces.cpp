#include "compiler/syntax/parse_pieces.h"

#include "grammar/LlmSysParser.h"

namespace llmsys {

namespace {

using P = LlmSysParser;

bool starts_item(size_t type) { return type >= P::IMPORT && type <= P::STUDY; }
bool opens(size_t type) { return type == P::LBRACE || type == P::LBRACKET || type == P::LPAREN; }
bool closes(size_t type) { return type == P::RBRACE || type == P::RBRACKET || type == P::RPAREN; }

/// `chip H100`, `hardware.chip H100`: how an instance starts. Inside open brackets a lone name may be a field that is not indented.
bool starts_instance(std::span<Token* const> tokens, size_t at) {
  while (at + 2 < tokens.size() && is_name(tokens[at]->getType()) && tokens[at + 1]->getType() == P::DOT) at += 2;
  return at + 1 < tokens.size() && is_name(tokens[at]->getType()) && is_name(tokens[at + 1]->getType()) &&
         tokens[at]->getLine() == tokens[at + 1]->getLine();
}

}  // namespace

std::vector<std::span<Token* const>> cut_into_declarations(std::span<Token* const> tokens) {
  std::vector<std::span<Token* const>> pieces;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const size_t type = tokens[i]->getType();
    const bool in_column_1 = tokens[i]->getCharPositionInLine() == 0;
    if (in_column_1 && i > begin && (starts_item(type) || (is_name(type) && (depth <= 0 || starts_instance(tokens, i))))) {
      pieces.push_back(tokens.subspan(begin, i - begin));
      begin = i;
      depth = 0;
    }
    depth += opens(type) - closes(type);
  }
  if (begin < tokens.size()) pieces.push_back(tokens.subspan(begin));
  return pieces;
}

const Token* declared_name(std::span<Token* const> piece) {
  size_t at = 0;
  if (starts_item(piece[0]->getType())) {
    at = 1;
  } else {
    while (at + 2 < piece.size() && piece[at + 1]->getType() == P::DOT) at += 2;
    ++at;
  }
  const bool named = at < piece.size() && is_name(piece[at]->getType()) && piece[0]->getType() != P::IMPORT && piece[0]->getType() != P::EXPECT;
  return named ? piece[at] : nullptr;
}

}  // namespace llmsys
