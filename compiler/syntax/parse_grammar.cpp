#include "compiler/syntax/parse_grammar.h"

namespace llmsys {

namespace {

using antlr4::misc::IntervalSet;

/// What could have followed where prediction came to its end.
IntervalSet expected_by(const antlr4::atn::ATNConfigSet& dead_ends) {
  IntervalSet expected;
  for (const auto& config : dead_ends.configs)
    for (size_t i = 0; i < config->state->transitions.size(); ++i)
      if (const antlr4::atn::Transition& next = *config->state->transitions[i]; !next.isEpsilon()) expected.addAll(next.label());
  return expected;
}

const Token* start_of_item(const antlr4::RuleContext* context) {
  while (context && context->getRuleIndex() != LlmSysParser::RuleItem) context = static_cast<const antlr4::RuleContext*>(context->parent);
  return context ? static_cast<const antlr4::ParserRuleContext*>(context)->start : nullptr;
}

/// Stops at the first mistake and remembers it: recovery is by declarations, not by tokens.
class FirstMistake : public antlr4::DefaultErrorStrategy {
 public:
  explicit FirstMistake(std::optional<Mistake>& mistake) : mistake_(mistake) {}

  void recover(antlr4::Parser* parser, std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const antlr4::NoViableAltException& e) {
      const bool inside = e.getDeadEndConfigs() && e.getOffendingToken() != e.getStartToken();
      // Prediction puts the stream back to its start before it throws; the token that fitted nothing is further on.
      note(*parser, e.getOffendingToken(), inside ? expected_by(*e.getDeadEndConfigs()) : e.getExpectedTokens());
    } catch (const antlr4::RecognitionException& e) {
      note(*parser, e.getOffendingToken(), e.getExpectedTokens());
    }
    throw antlr4::ParseCancellationException();
  }
  Token* recoverInline(antlr4::Parser* parser) override {
    note(*parser, parser->getCurrentToken(), parser->getExpectedTokens());
    throw antlr4::ParseCancellationException();
  }
  /// Called at every choice of the grammar. Those made at one token tell together what could have come there.
  void sync(antlr4::Parser* parser) override {
    const size_t at = parser->getTokenStream()->index();
    if (at != choices_at_) choices_.clear();
    choices_at_ = at;
    choices_.push_back({parser->getState(), parser->getContext()});
  }

 private:
  struct Choice {
    size_t state;
    antlr4::ParserRuleContext* context;
  };

  void note(antlr4::Parser& parser, const Token* offending, IntervalSet expected) {
    auto& tokens = *parser.getTokenStream();
    size_t at = tokens.index();
    while (at + 1 < tokens.size() && tokens.get(at) != offending) ++at;
    size_t item = at;
    while (item > 0 && tokens.get(item) != start_of_item(parser.getContext())) --item;
    if (at == choices_at_)
      for (const Choice& choice : choices_) expected.addAll(parser.getATN().getExpectedTokens(choice.state, choice.context));
    mistake_ = Mistake{at, std::move(expected), item};
  }

  std::optional<Mistake>& mistake_;
  size_t choices_at_ = 0;
  std::vector<Choice> choices_;
};

}  // namespace

TokenView::TokenView(std::span<Token* const> tokens) : tokens_(tokens), end_(antlr4::Token::EOF) {
  if (tokens.empty()) return;
  const Token& last = *tokens.back();
  end_.setStartIndex(last.getStopIndex() + 1);
  end_.setStopIndex(last.getStopIndex());
  end_.setLine(last.getLine());
}

Token* TokenView::LT(ssize_t k) {
  if (k < 0) return static_cast<size_t>(-k) <= at_ ? tokens_[at_ - static_cast<size_t>(-k)] : nullptr;
  return get(at_ + static_cast<size_t>(k) - 1);
}

GrammarRun::GrammarRun(std::span<Token* const> tokens) : view_(tokens), parser_(&view_) {
  parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(antlr4::atn::PredictionMode::SLL);
  parser_.removeErrorListeners();
  parser_.setErrorHandler(std::make_shared<FirstMistake>(mistake_));
}

void GrammarRun::attempt(const std::function<void()>& parse) {
  try {
    parse();
  } catch (const antlr4::ParseCancellationException&) {
    // The strategy has noted the mistake.
  }
}

}  // namespace llmsys
