#include "compiler/syntax/parse_tokens.h"

#include "grammar/LlmSysLexer.h"

namespace llmsys {

namespace {

using Lexer = LlmSysLexer;

/// The bytes of a text: ANTLR's own stream would copy them to 32-bit characters and count those. All bytes outside of ASCII look like the last one
/// of ASCII, which no source contains: the lexer is slow for what lies beyond.
constexpr size_t outside_ascii = 0x7F;
class ByteStream : public antlr4::CharStream {
 public:
  ByteStream(std::string_view text, size_t begin, size_t end) : text_(text.substr(0, end)), at_(begin) {}

  void consume() override { ++at_; }
  size_t LA(ssize_t ahead) override {
    if (ahead == 0) return 0;
    const size_t at = at_ + static_cast<size_t>(ahead) - (ahead > 0 ? 1 : 0);
    if (at >= text_.size()) return antlr4::IntStream::EOF;
    const auto byte = static_cast<unsigned char>(text_[at]);
    return byte < outside_ascii ? byte : outside_ascii;
  }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& part) override { return std::string(text_.substr(part.a, part.b - part.a + 1)); }
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  size_t at_;
};

/// `3.35 TB/s` is NUMBER UNIT / NAME: a name (or `%`) directly after a number or another unit of its line is a unit, and `^` after it its power.
void mark_units(const std::vector<Token*>& tokens) {
  for (size_t i = 1; i < tokens.size(); ++i) {
    const Token& before = *tokens[i - 1];
    const size_t type = tokens[i]->getType();
    const bool same_line = before.getLine() == tokens[i]->getLine();
    const bool may_have_unit = before.getType() == Lexer::NUMBER || before.getType() == Lexer::UNIT;
    if (!same_line || !may_have_unit) continue;
    auto* token = static_cast<antlr4::CommonToken*>(tokens[i]);
    if (type == Lexer::NAME || type == Lexer::PERCENT) token->setType(Lexer::UNIT);
    if (type == Lexer::CARET && before.getType() == Lexer::UNIT) token->setType(Lexer::UNIT_POWER);
  }
}

}  // namespace

Tokens tokenize(std::string_view text, size_t begin, size_t end) {
  ByteStream stream(text, begin, end);
  Lexer lexer(&stream);
  Tokens tokens;
  for (auto token = lexer.nextToken(); token->getType() != antlr4::Token::EOF; token = lexer.nextToken()) {
    if (token->getType() == Lexer::BLANK) continue;
    static_cast<antlr4::CommonToken*>(token.get())->setTokenIndex(tokens.all.size());
    if (token->getChannel() == antlr4::Token::DEFAULT_CHANNEL) tokens.visible.push_back(token.get());
    tokens.all.push_back(std::move(token));
  }
  mark_units(tokens.visible);
  return tokens;
}

const antlr4::dfa::Vocabulary& vocabulary() {
  ByteStream nothing({}, 0, 0);
  return Lexer(&nothing).getVocabulary();  // of the class, not of the object
}

bool is_name(size_t type) { return type == Lexer::NAME || (type >= Lexer::LANGUAGE && type <= Lexer::IGNORE); }

}  // namespace llmsys
