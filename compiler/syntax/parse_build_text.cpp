// Texts: escapes, and the expressions between braces.
#include "compiler/syntax/parse_build.h"

#include <fmt/format.h>

namespace llmsys {

namespace {

/// Without the quotes; a text whose end is missing has only one.
Span inside(Span string, std::string_view text) {
  const bool closed = text.size() >= 2 && text.ends_with('"');
  return {string.source, string.begin + 1, string.end - (closed ? 1 : 0)};
}

/// Of the brace at `open`; npos if nothing closes it. Braces inside an expression come in pairs.
size_t matching_brace(std::string_view text, size_t open) {
  size_t depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

/// The character that the backslash at `at` and the character after it stand for.
char Builder::escape(uint32_t at) {
  const char c = place_.sources.text(place_.source)[at + 1];
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  if (std::string_view("\"\\{}").find(c) != std::string_view::npos) return c;
  complain(Code::bad_character, {place_.source, at, at + 2}, "an unknown escape in a text", "known are `\\\"` `\\\\` `\\n` `\\t` `\\{` `\\}`");
  return c;
}

ast::PlainText Builder::plain(Terminal* string) {
  const Span whole = span(string->getSymbol());
  const Span part = inside(whole, place_.sources.text(whole));
  const std::string_view all = place_.sources.text(place_.source);
  ast::PlainText result{.span = whole};
  for (uint32_t i = part.begin; i < part.end; ++i) {
    const bool escaped = all[i] == '\\' && i + 1 < part.end;
    result.text += escaped ? escape(i) : all[i];
    i += escaped;
  }
  return result;
}

std::optional<ast::PlainText> Builder::plain_if(Terminal* string) {
  if (!string) return std::nullopt;
  return plain(string);
}

std::vector<ast::PlainText> Builder::plains(const std::vector<Terminal*>& strings) {
  std::vector<ast::PlainText> result;
  for (Terminal* string : strings) result.push_back(plain(string));
  return result;
}

std::optional<ast::PlainText> Builder::source(P::SourceContext* context) {
  if (!context) return std::nullopt;
  return plain(context->STRING());
}

ExprId Builder::text_expr(Terminal* string) {
  const Span whole = span(string->getSymbol());
  const Span part = inside(whole, place_.sources.text(whole));
  const std::string_view all = place_.sources.text(place_.source);
  ast::Text result;
  std::string run;
  auto end_run = [&] {
    if (!run.empty()) result.pieces.push_back({.text = std::move(run)});
    run.clear();
  };
  for (uint32_t i = part.begin; i < part.end; ++i) {
    if (all[i] == '\\' && i + 1 < part.end) {
      run += escape(i++);
    } else if (all[i] == '{') {
      end_run();
      const auto close = static_cast<uint32_t>(std::min<size_t>(matching_brace(all.substr(0, part.end), i), part.end));
      if (close == part.end) {
        complain(Code::unclosed, {place_.source, i, i + 1}, "`{` is never closed in this text", "a brace of the text itself is written `\\{`");
        break;
      }
      result.pieces.push_back(interpolate({place_.source, i + 1, close}));
      i = close;
    } else if (all[i] == '}') {
      complain(Code::unexpected_token, {place_.source, i, i + 1}, "`}` closes nothing in this text", "a brace of the text itself is written `\\}`");
    } else {
      run += all[i];
    }
  }
  end_run();
  return syntax_.add(ast::Expr{std::move(result), whole});
}

ast::Piece Builder::interpolate(Span braces) {
  const std::optional<Interpolation> read = calls_.read(braces);
  if (!read) return {.value = syntax_.add(ast::Expr{ast::Bad{}, braces})};
  return {.value = read->value, .unit = read->unit};
}

}  // namespace llmsys
