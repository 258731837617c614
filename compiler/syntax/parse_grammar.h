// One run of the generated parser. In: tokens. Out: a tree of ANTLR, or where the text left the grammar.
// Promise: no exception of ANTLR leaves this file; linear time (SLL prediction, no second attempt). The tree lives as long as the run.
#pragma once

#include <optional>
#include <span>

#include "compiler/syntax/parse_tokens.h"
#include "grammar/LlmSysParser.h"

namespace llmsys {

/// The first token that fits nothing, and what would have.
struct Mistake {
  size_t at;                              // index in the tokens of the run; their number at the end of the text
  antlr4::misc::IntervalSet expected;     // types of tokens
  size_t item;                            // index of the token with which the declaration began that was being read
};

/// The tokens of a piece of text, as the generated parser wants to see them.
class TokenView : public antlr4::TokenStream {
 public:
  explicit TokenView(std::span<Token* const> tokens);

  Token* LT(ssize_t k) override;
  size_t LA(ssize_t k) override { return LT(k)->getType(); }
  Token* get(size_t index) const override { return index < tokens_.size() ? tokens_[index] : &end_; }
  void consume() override { ++at_; }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return tokens_.size() + 1; }

  // What only messages of ANTLR would need.
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(Token*, Token*) override { return {}; }

 private:
  std::span<Token* const> tokens_;
  size_t at_ = 0;
  mutable antlr4::CommonToken end_;
};

class GrammarRun {
 public:
  explicit GrammarRun(std::span<Token* const> tokens);

  template <class Context>
  using Rule = Context* (LlmSysParser::*)();
  /// The tree of a rule, or null and a mistake.
  template <class Context>
  Context* read(Rule<Context> rule) {
    Context* tree = nullptr;
    attempt([&] { tree = (parser_.*rule)(); });
    return mistake_ ? nullptr : tree;
  }
  const Mistake& mistake() const { return *mistake_; }

 private:
  void attempt(const std::function<void()>& parse);

  TokenView view_;
  LlmSysParser parser_;
  std::optional<Mistake> mistake_;
};

}  // namespace llmsys
