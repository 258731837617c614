#include "compiler/syntax/parse_build.h"

#include <fmt/format.h>

#include <charconv>

#include "grammar/LlmSysLexer.h"

namespace llmsys {

Span Builder::span(const antlr4::ParserRuleContext* context) const {
  return join(span(context->start), span(context->stop));
}

/// The `///` lines right before a construct.
std::string Builder::doc(const antlr4::ParserRuleContext* context) const {
  const auto& all = place_.tokens.all;
  const size_t end = context->start->getTokenIndex();
  size_t begin = end;
  while (begin > 0 && all[begin - 1]->getType() == LlmSysLexer::DOC) --begin;
  std::string doc;
  for (size_t i = begin; i < end; ++i) {
    std::string_view line = text(all[i].get()).substr(3);
    if (line.starts_with(' ')) line.remove_prefix(1);
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    doc += doc.empty() && i == begin ? "" : "\n";
    doc += line;
  }
  return doc;
}

std::vector<ast::Name> Builder::names(P::NamesContext* context) const {
  std::vector<ast::Name> result;
  if (!context) return result;
  for (P::NameContext* each : context->name()) result.push_back(name(each));
  return result;
}

ast::QualifiedName Builder::qualified(P::QualifiedContext* context) const {
  ast::QualifiedName result{.span = span(context)};
  for (P::NameContext* part : context->name()) result.parts.push_back(name(part));
  return result;
}

/// The value of a small whole number, as exponents are.
int Builder::whole(const Token* number, bool negative) {
  const std::string_view digits = text(number);
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  constexpr int most = 100;
  if (error != std::errc() || end != digits.data() + digits.size() || value > most) {
    complain(Code::bad_number, span(number), fmt::format("`{}` is no exponent", digits), fmt::format("a whole number up to {} is needed", most));
    return 1;
  }
  return negative ? -value : value;
}

void Builder::complain(Code code, Span where, std::string message, std::string label) {
  calls_.report({code, where, std::move(message), std::move(label)});
}

}  // namespace llmsys
