#include "compiler/syntax/parse_mistakes.h"

#include <fmt/format.h>

#include <algorithm>

namespace llmsys {

namespace {

using P = LlmSysParser;

template <class... Types>
bool is(const Token& token, Types... types) {
  return ((token.getType() == static_cast<size_t>(types)) || ...);
}

bool opens(const Token& token) { return is(token, P::LBRACE, P::LBRACKET, P::LPAREN); }
bool closes(const Token& token) { return is(token, P::RBRACE, P::RBRACKET, P::RPAREN); }
bool closes(const Token& close, const Token& open) {
  return close.getType() == (is(open, P::LBRACE) ? P::RBRACE : is(open, P::LBRACKET) ? P::RBRACKET : P::RPAREN);
}

bool first_on_line(Piece piece, size_t at) { return at == 0 || piece[at - 1]->getLine() < piece[at]->getLine(); }

/// How far the line of a token is indented.
size_t indentation(Piece piece, size_t at) {
  while (!first_on_line(piece, at)) --at;
  return piece[at]->getCharPositionInLine();
}

bool is_reserved(const Token& token) { return token.getType() >= P::IMPORT && token.getType() <= P::SORT; }

/// Of a run of UTF-8 characters.
std::string_view first_character(std::string_view run) {
  size_t length = 1;
  while (length < run.size() && (static_cast<unsigned char>(run[length]) & 0xC0) == 0x80) ++length;
  return run.substr(0, length);
}

/// `x {` is an amendment or what `match` looks at. If the words after the brace fit neither, prediction blames the brace; they are the mistake.
Mistake inside_brace(Piece piece, Mistake mistake) {
  while (mistake.at < piece.size() && is(*piece[mistake.at], P::LBRACE) && mistake.expected.contains(static_cast<size_t>(P::LBRACE))) {
    GrammarRun brace(piece.subspan(mistake.at));
    if (brace.read(&P::brace) || brace.mistake().at == 0) break;
    mistake.at += brace.mistake().at;
    mistake.expected = brace.mistake().expected;
  }
  return mistake;
}

/// A token that wants something after it.
bool wants_more(const Token& token) {
  return is(token, P::ASSIGN, P::COLON, P::GIVES, P::RESULT, P::DOT, P::RANGE, P::PLUS, P::CONCAT, P::MINUS, P::STAR, P::SLASH, P::MOD, P::DIV, P::CARET,
            P::LESS, P::LESS_EQUAL, P::GREATER, P::GREATER_EQUAL, P::EQUAL, P::NOT_EQUAL, P::AND, P::OR, P::NOT, P::OTHERWISE, P::TILDE, P::IF, P::THEN,
            P::ELSE, P::IN, P::REQUIRE);
}

}  // namespace

// --- words -------------------------------------------------------------------------------------------------------------------

std::optional<Diagnostic> MistakeReader::word(Piece piece) const {
  for (const Token* token : piece) {
    const Span where = span(*token);
    if (is(*token, P::UNCLOSED_STRING))
      return Diagnostic{Code::unclosed, {source_, where.begin, where.begin + 1}, "this text is never closed", "a text ends on the line it starts on"};
    if (is(*token, P::BAD)) {
      const std::string_view shown = first_character(sources_.text(where));
      return Diagnostic{Code::bad_character, {source_, where.begin, where.begin + static_cast<uint32_t>(shown.size())}, fmt::format("the character `{}` has no meaning here", shown),
                        "may stand in texts and comments only"};
    }
  }
  return std::nullopt;
}

std::string MistakeReader::quoted(const Token& token) const {
  if (is(token, antlr4::Token::EOF)) return fmt::format("the end of {}", whole_);
  constexpr size_t most = 30;
  const std::string_view text = sources_.text(span(token));
  return is(token, P::STRING) && text.size() > most ? "this text" : fmt::format("`{}`", text);
}

// --- brackets ----------------------------------------------------------------------------------------------------------------

/// Of several candidates the one whose closing bracket would stand at another indentation is the likely one. A closing bracket that nothing
/// opened is left to the grammar.
std::optional<MistakeReader::Bracket> MistakeReader::unclosed(Piece piece) const {
  std::vector<size_t> open;
  std::optional<Bracket> suspect;
  for (size_t i = 0; i < piece.size(); ++i) {
    if (opens(*piece[i])) open.push_back(i);
    if (!closes(*piece[i]) || open.empty()) continue;
    const bool opened = std::ranges::any_of(open, [&](size_t candidate) { return closes(*piece[i], *piece[candidate]); });
    if (!opened) continue;
    if (!closes(*piece[i], *piece[open.back()])) return Bracket{open.back(), i};
    const bool astray = first_on_line(piece, i) && piece[i]->getCharPositionInLine() < indentation(piece, open.back());
    if (astray && !suspect) suspect = Bracket{open.back(), i};
    open.pop_back();
  }
  if (open.empty()) return std::nullopt;
  return suspect ? suspect : Bracket{open.back(), piece.size()};
}

bool MistakeReader::closes_nothing(Piece piece, size_t at) const {
  std::vector<size_t> open;
  for (size_t i = 0; i < at; ++i) {
    if (opens(*piece[i])) open.push_back(i);
    if (closes(*piece[i]) && !open.empty()) open.pop_back();
  }
  return closes(*piece[at]) && std::ranges::none_of(open, [&](size_t candidate) { return closes(*piece[at], *piece[candidate]); });
}

/// A `}` in the middle of a line that closes a block of several lines: one too many, after which the rest of the block is no declaration.
std::optional<size_t> MistakeReader::closed_early(Piece piece, size_t at) const {
  std::vector<size_t> open;
  for (size_t i = 0; i < std::min(at, piece.size()); ++i) {
    if (opens(*piece[i])) open.push_back(i);
    if (!closes(*piece[i]) || open.empty()) continue;
    const bool block = first_on_line(piece, open.back() + 1);
    if (open.size() == 1 && block && !first_on_line(piece, i)) return i;
    open.pop_back();
  }
  return std::nullopt;
}

Diagnostic MistakeReader::explain(Piece piece, Bracket bracket) const {
  Diagnostic result{Code::unclosed, span(*piece[bracket.open]), fmt::format("this {} is never closed", quoted(*piece[bracket.open]))};
  if (bracket.end < piece.size()) {
    result.labels.push_back({span(*piece[bracket.end]), "this comes first"});
  } else {
    const Span last = span(*piece.back());
    result.labels.push_back({{source_, last.end - 1, last.end}, fmt::format("{} ends here", whole_)});
  }
  return result;
}

// --- mistakes ----------------------------------------------------------------------------------------------------------------

/// `x =` with nothing after it, then `y = 2` on the next line: the grammar is left at the second `=`, the mistake is at the first.
std::optional<size_t> MistakeReader::dangling(Piece piece, size_t at) const {
  if (at >= piece.size() || !is(*piece[at], P::ASSIGN, P::COLON, P::GIVES)) return std::nullopt;
  size_t begin = at;
  while (begin > 0 && !first_on_line(piece, begin)) {
    --begin;
    if (!is_name(piece[begin]->getType()) && !is(*piece[begin], P::DOT)) return std::nullopt;
  }
  if (begin == 0 || begin == at || !wants_more(*piece[begin - 1])) return std::nullopt;
  return begin - 1;
}

/// A line of a study that is indented deeper than its clause goes on with it: a comma is missing on the line before.
bool MistakeReader::continues_clause(Piece piece, size_t at) const {
  for (size_t i = at; i-- > 0;)
    if (first_on_line(piece, i) && is(*piece[i], P::SHOW, P::SUMMARISE, P::PARETO))
      return piece[at]->getCharPositionInLine() > piece[i]->getCharPositionInLine();
    else if (first_on_line(piece, i) && is(*piece[i], P::SWEEP, P::LET, P::WHERE, P::BEST, P::TOP, P::PLOT, P::EXPECT))
      return false;
  return false;
}

Diagnostic MistakeReader::missing_after(Piece piece, size_t before, std::string expected) const {
  if (expected.empty()) expected = "more";
  const Span where = span(*piece[before]);
  return {Code::unexpected_token, where, fmt::format("expected {} after {}", expected, quoted(*piece[before])), "the line ends too early"};
}

std::string MistakeReader::label(Piece piece, const Mistake& mistake) const {
  const Token& found = *piece[mistake.at];
  const bool as_name = mistake.at + 1 < piece.size() && is(*piece[mistake.at + 1], P::ASSIGN, P::COLON);
  if (is_reserved(found) && (as_name || mistake.expected.contains(static_cast<size_t>(P::NAME)))) return "a word of the language can't be a name";
  if (mistake.at > 0 && is(*piece[mistake.at - 1], P::UNIT) && is(found, P::ASSIGN, P::COLON, P::LBRACE))
    return fmt::format("{} follows a number on its line, so it is read as a unit: a comma is missing", quoted(*piece[mistake.at - 1]));
  return {};
}

Diagnostic MistakeReader::unexpected(Piece piece, size_t at) const {
  const Token& found = *piece[at];
  std::string message = at == 0 ? fmt::format("unexpected {}", quoted(found)) : fmt::format("unexpected {} after {}", quoted(found), quoted(*piece[at - 1]));
  return {Code::unexpected_token, span(found), std::move(message), closes(found) ? "this closes nothing" : ""};
}

Diagnostic MistakeReader::explain(Piece piece, const Mistake& blamed) const {
  const Mistake mistake = inside_brace(piece, blamed);
  if (const auto bracket = unclosed(piece); bracket && bracket->open < mistake.at) return explain(piece, *bracket);
  if (const auto early = closed_early(piece, mistake.at)) {
    Diagnostic result = unexpected(piece, *early);
    result.label = "this closes more than the line";
    return result;
  }
  if (const auto before = dangling(piece, mistake.at)) return missing_after(piece, *before, is(*piece[*before], P::COLON, P::RESULT) ? "a type" : "an expression");

  // On one line a second declaration, which may start with any name, is hardly what was meant.
  const bool astray = mistake.item > 0 && mistake.item < mistake.at && !first_on_line(piece, mistake.item) && is_name(piece[mistake.item]->getType());
  if (astray) return unexpected(piece, mistake.item);

  const std::string expected = expectation(mistake.expected);
  const bool at_end = mistake.at >= piece.size();
  const bool line_ended = mistake.at > 0 && (at_end || first_on_line(piece, mistake.at));
  // If the text so far could end here, or has just begun, it is the new line that is wrong.
  const bool complete = (mistake.at > 0 && opens(*piece[mistake.at - 1])) || mistake.expected.contains(static_cast<size_t>(P::RBRACE)) || mistake.expected.contains(antlr4::Token::EOF);
  if (line_ended && !at_end && complete && continues_clause(piece, mistake.at)) return missing_after(piece, mistake.at - 1, "`,`");
  if (line_ended && (at_end || !complete)) return missing_after(piece, mistake.at - 1, expected);
  if (at_end) return {Code::unexpected_token, {source_, 0, 0}, fmt::format("expected {}", expected.empty() ? "more" : expected)};

  const Token& found = *piece[mistake.at];
  std::string message;
  if (expected.empty() || (expected == "a declaration" && !line_ended) || closes_nothing(piece, mistake.at)) return unexpected(piece, mistake.at);
  if (mistake.at == 0 || line_ended) {
    message = fmt::format("expected {}, found {}", expected, quoted(found));
  } else {
    message = fmt::format("expected {} after {}, found {}", expected, quoted(*piece[mistake.at - 1]), quoted(found));
  }
  return {Code::unexpected_token, span(found), std::move(message), label(piece, mistake)};
}

}  // namespace llmsys
