#include "compiler/syntax/parse_pieces.h"

#include <algorithm>

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

std::span<Token* const> head(std::span<Token* const> piece) {
  size_t end = 0;
  while (end < piece.size() && piece[end]->getType() != P::ASSIGN && !opens(piece[end]->getType())) ++end;
  return piece.first(end);
}

}  // namespace

std::vector<std::span<Token* const>> cut_into_declarations(std::span<Token* const> tokens) {
  std::vector<std::span<Token* const>> pieces;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const size_t type = tokens[i]->getType();
    const bool in_column_1 = tokens[i]->getCharPositionInLine() == 0;
    const bool lacks_module = type == P::DOT && depth <= 0;   // `.decode Chat { ... }`
    if (in_column_1 && i > begin && (starts_item(type) || lacks_module || (is_name(type) && (depth <= 0 || starts_instance(tokens, i))))) {
      pieces.push_back(tokens.subspan(begin, i - begin));
      begin = i;
      depth = 0;
    }
    depth += opens(type) - closes(type);
  }
  if (begin < tokens.size()) pieces.push_back(tokens.subspan(begin));
  return pieces;
}

std::vector<const Token*> declared_names(std::span<Token* const> piece) {
  std::vector<const Token*> names;
  if (piece[0]->getType() == P::EXPECT) return names;
  for (const Token* token : head(piece))
    if (is_name(token->getType())) names.push_back(token);
  return names;
}

bool is_name_unclear(std::span<Token* const> piece) {
  const auto words = head(piece);
  const auto name_at = [&](size_t at) { return at < words.size() && is_name(words[at]->getType()); };
  const size_t first = piece[0]->getType();
  if (first == P::EXPECT || first == P::STUDY) return false;   // nothing can name them
  // Only imports have a `/` in front; so this is one even if its first word is missing or misspelt.
  if (first == P::IMPORT || std::ranges::any_of(words.first(std::min<size_t>(words.size(), 3)), [](const Token* token) { return token->getType() == P::SLASH; })) return true;
  const auto colon = std::ranges::find(words, size_t{P::COLON}, &Token::getType);
  if (starts_item(first)) return std::none_of(words.begin(), colon, [](const Token* token) { return is_name(token->getType()); });
  for (size_t i = 0; i + 1 < words.size(); ++i)
    if (name_at(i) && name_at(i + 1)) return false;
  return words.size() == piece.size() || piece[words.size()]->getType() != P::ASSIGN;
}

bool is_balanced(std::span<Token* const> piece) {
  int depth = 0;
  for (const Token* token : piece)
    if ((depth += opens(token->getType()) - closes(token->getType())) < 0) return false;
  return true;
}

}  // namespace llmsys
