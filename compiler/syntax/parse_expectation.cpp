// Sets of tokens as words: what would have fitted where a text leaves the grammar.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/syntax/parse_mistakes.h"

namespace llmsys {

namespace {

using P = LlmSysParser;
using Types = std::vector<size_t>;

struct Group {
  std::string_view phrase;
  Types types;
  bool names;  // names are part of the group
};

/// The first group that is wholly expected takes its tokens out, and so on: so the larger ones come first.
const std::vector<Group>& groups() {
  static const std::vector<Group> all = {
      {"an expression", {P::NUMBER, P::STRING, P::LPAREN, P::LBRACKET, P::MINUS, P::DOT, P::IF, P::MATCH, P::TRUE, P::FALSE, P::LARGEST, P::SMALLEST, P::SORT, P::ABSENT}, true},
      {"a declaration", {P::IMPORT, P::DIMENSION, P::PREFIXES, P::UNIT_DECL, P::ENUM, P::KIND, P::FN, P::LET, P::EXPECT, P::STUDY}, true},
      {"a clause", {P::SWEEP, P::LET, P::WHERE, P::BEST, P::PARETO, P::TOP, P::SUMMARISE, P::SHOW, P::PLOT, P::EXPECT, P::SOLVE, P::SENSITIVITY}, false},
      {"a field, `fn`, `require`", {P::FN, P::REQUIRE}, true},
      {"a unit", {P::NUMBER, P::LPAREN, P::PERCENT}, true},
      {"a type", {P::NUMBER, P::LPAREN, P::LBRACKET}, true},
      {"a name", {P::NAME}, true},
  };
  return all;
}

/// What an expression or a type may go on with: nothing anybody left out.
const Types& continuations() {
  static const Types all = {P::STAR,    P::SLASH,         P::MOD,   P::DIV,       P::PLUS, P::MINUS, P::CARET,     P::CONCAT, P::LESS,     P::LESS_EQUAL,
                            P::GREATER, P::GREATER_EQUAL, P::EQUAL, P::NOT_EQUAL, P::AND,  P::OR,    P::OTHERWISE, P::RANGE,  P::QUESTION, P::UNIT_POWER,
                            P::DOT,     P::LBRACKET,      P::LPAREN, P::UNIT,     P::NOT};
  return all;
}

class Expected {
 public:
  explicit Expected(const antlr4::misc::IntervalSet& set) {
    for (size_t type = 1; type < in_.size(); ++type) in_[type] = set.contains(type);
  }

  bool has(const Group& group) const {
    return std::ranges::all_of(group.types, [&](size_t type) { return in_[type]; }) && (!group.names || in_[P::NAME]);
  }
  void take(const Types& types) {
    for (size_t type : types) in_[type] = false;
  }
  void keep(const Types& types) {
    for (size_t type = 1; type < in_.size(); ++type) in_[type] = in_[type] && std::ranges::find(types, type) != types.end();
  }
  void take_names() {
    for (size_t type = 1; type < in_.size(); ++type)
      if (is_name(type)) in_[type] = false;
  }
  Types rest() const {
    Types result;
    for (size_t type = 1; type < in_.size(); ++type)
      if (in_[type]) result.push_back(type);
    return result;
  }

 private:
  std::array<bool, P::BAD + 1> in_ = {};
};

std::string phrase(size_t type) {
  if (type == P::STRING) return "a text";
  if (type == P::NUMBER) return "a number";
  const std::string literal = vocabulary().getLiteralName(type);  // in single quotes
  return literal.size() > 2 ? fmt::format("`{}`", literal.substr(1, literal.size() - 2)) : vocabulary().getSymbolicName(type);
}

}  // namespace

std::string expectation(const antlr4::misc::IntervalSet& set) {
  Expected expected(set);
  std::vector<std::string> phrases;
  for (const Group& group : groups()) {
    if (!expected.has(group)) continue;
    phrases.emplace_back(group.phrase);
    expected.take(group.types);
    if (group.names) expected.take_names();
  }
  const bool items = !phrases.empty() && phrases.front() != "an expression" && phrases.front() != "a unit" && phrases.front() != "a type";
  if (items) expected.keep({P::RBRACE});
  Expected plain = expected;
  if (expected.has({"", {P::PLUS, P::LBRACE}, false})) plain.take({P::LBRACE});  // of `x { ... }`
  plain.take(continuations());
  if (!phrases.empty() || !plain.rest().empty()) expected = plain;
  for (size_t type : expected.rest()) phrases.push_back(phrase(type));

  constexpr size_t most = 4;
  if (phrases.size() > most) return {};
  std::string result;
  for (size_t i = 0; i < phrases.size(); ++i) result += (i == 0 ? "" : i + 1 == phrases.size() ? " or " : ", ") + phrases[i];
  return result;
}

}  // namespace llmsys
