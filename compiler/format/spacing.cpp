// Blanks between two words of a line.
#include <algorithm>
#include <string_view>

#include "compiler/format/lines.h"

namespace llmsys {

namespace {

using Kind = Word::Kind;

bool is_any(const Piece& piece, std::initializer_list<std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return piece.is(mark); });
}

/// Words that are followed by an expression in some places and are names in others.
bool may_be_word(const Piece& piece) { return is_any(piece, {"by", "max", "min", "within", "over", "per", "from", "source", "with", "to", "of", "that"}); }

/// Whether `(` or `[` behind it is a call or an index.
bool is_operand(const Piece& piece) { return piece.closes || piece.ends_names || (piece.kind == Kind::name && (piece.name || !may_be_word(piece))); }

/// `-` behind these is of one operand, also in units and exponents, where the syntax has no expression.
bool ends_operand(const Piece& piece) {
  return piece.closes || piece.kind == Kind::name || piece.kind == Kind::number || piece.kind == Kind::unit || piece.kind == Kind::text || is_any(piece, {"true", "false", "?", "%"});
}

/// Whether a piece belongs to the path of an import, whose `/` stands close.
bool in_path(const std::vector<Piece>& pieces, const Line& line, uint32_t at) {
  if (!pieces[line.begin].is("import")) return false;
  for (uint32_t i = line.begin + 1; i <= at; ++i)
    if (pieces[i].kind != Kind::name && !pieces[i].is("/")) return false;
  return true;
}

uint32_t gap(const std::vector<Piece>& pieces, const Line& line, uint32_t at) {
  const Piece& piece = pieces[at];
  const Piece& before = pieces[at - 1];
  if (piece.is_comment()) return 2;
  if (before.prefix || is_any(before, {"(", "[", ".", ".."}) || before.kind == Kind::unit_power) return 0;
  if (is_any(piece, {",", ")", "]", "?", ".."}) || piece.kind == Kind::unit_power) return 0;
  if (piece.ends_names) return 0;
  if (piece.is("<") && piece.prefix) return 0;
  if (piece.is(".")) return piece.prefix ? 1 : 0;
  if (piece.is("}") && before.is("{")) return 0;
  if (piece.is(":")) return pieces[line.begin].is("kind") && at == line.begin + 2 ? 1 : 0;
  if (in_path(pieces, line, at) && (piece.is("/") || before.is("/"))) return 0;
  if (piece.is("*") && piece.prefix) return 1;
  // `TB/s` and `rate / share` are the same to the syntax, so what is written close stays close.
  if (is_any(piece, {"*", "/", "^"})) return piece.blanks == 0 && at + 1 < line.end && pieces[at + 1].blanks == 0 ? 0 : 1;
  if (is_any(before, {"*", "/", "^"})) return before.blanks == 0 && piece.blanks == 0 && at - 1 > line.begin ? 0 : 1;
  if (piece.is("(")) return is_operand(before) ? 0 : 1;
  if (piece.is("[")) return is_operand(before) && !before.is("ignore") ? 0 : 1;
  return 1;
}

}  // namespace

void set_gaps(Lines& lines) {
  for (const Line& line : lines.lines) {
    for (uint32_t i = line.begin; i < line.end; ++i) {
      Piece& piece = lines.pieces[i];
      if (piece.is("-") && (i == 0 || !ends_operand(lines.pieces[i - 1]))) piece.prefix = true;
      if (i > line.begin) piece.gap = gap(lines.pieces, line, i);
    }
  }
}

}  // namespace llmsys
