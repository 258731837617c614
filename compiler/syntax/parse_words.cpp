#include "compiler/syntax/parse_tokens.h"
#include "compiler/syntax/words.h"
#include "grammar/LlmSysLexer.h"

namespace llmsys {

namespace {

using Lexer = LlmSysLexer;

Word::Kind kind_of(size_t token_type) {
  if (token_type >= Lexer::IMPORT && token_type <= Lexer::SORT) return Word::Kind::reserved;
  if (is_name(token_type)) return Word::Kind::name;
  switch (token_type) {
    case Lexer::NUMBER: return Word::Kind::number;
    case Lexer::UNIT: return Word::Kind::unit;
    case Lexer::UNIT_POWER: return Word::Kind::unit_power;
    case Lexer::STRING: return Word::Kind::text;
    case Lexer::DOC:
    case Lexer::COMMENT: return Word::Kind::comment;
    default: return Word::Kind::mark;
  }
}

}  // namespace

std::vector<Word> words(const SourceMap& sources, SourceId source) {
  const std::string_view text = sources.text(source);
  std::vector<Word> result;
  for (const auto& token : tokenize(text, begin_of(text), text.size()).all) result.push_back({kind_of(token->getType()), span_of(source, *token)});
  return result;
}

bool is_name(std::string_view text) {
  const Tokens tokens = tokenize(text, 0, text.size());
  return tokens.all.size() == 1 && is_name(tokens.all[0]->getType()) && span_of({}, *tokens.all[0]).end == text.size();
}

}  // namespace llmsys
