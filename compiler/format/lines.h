// A source cut into lines, each a row of words with what is known about them. In: words and their roles. Out: lines; separators of items are set anew.
// Promise: the words are those of the source, in order, but for commas between items.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/format/roles.h"
#include "compiler/syntax/words.h"

namespace llmsys {

/// A word, or a bracket, and what stands around it.
struct Piece {
  Word::Kind kind;
  std::string_view text;
  bool item = false;        // begins a declaration, member, case, entry, arm or clause
  bool name = false;        // in an expression, so that `(` behind it is a call
  bool prefix = false;      // belongs to what follows
  bool closes = false;      // a closing bracket
  bool ends_names = false;  // the `>` of a function's dimensions
  bool comma = false;       // an item ends here, and the next one is on the same line
  uint32_t opener = 0;      // of a closing bracket
  uint32_t depth = 0;       // brackets around it
  bool hanging = false;     // an opening bracket at the end of its line
  // as it was written
  uint32_t breaks = 0;      // before it, 2 for blank lines
  uint32_t blanks = 0;      // before it, on its line
  uint32_t column = 0;
  // as it will be
  uint32_t gap = 0;         // blanks before it
  uint32_t new_column = 0;

  bool is(std::string_view mark) const { return text == mark && kind != Word::Kind::text; }
  bool is_comment() const { return kind == Word::Kind::comment; }
  bool opens() const { return kind == Word::Kind::mark && (text == "{" || text == "[" || text == "("); }
};

/// Pieces [begin, end); a comment at the end of a line is its last piece.
struct Line {
  uint32_t begin = 0, end = 0;
  bool blank_before = false;
  uint32_t indent = 0;
};

struct Lines {
  std::vector<Piece> pieces;
  std::vector<Line> lines;
};

Lines lines_of(const SourceMap& sources, const std::vector<Word>& words, const Roles& roles);

// The steps of a layout, in this order:
/// spacing.cpp: the gap before each piece.
void set_gaps(Lines& lines);
/// columns.cpp: gaps widened where the source has columns.
void set_columns(Lines& lines);
/// indent.cpp: where lines begin.
void set_indents(Lines& lines);
/// columns.cpp: comments behind lines that stand below each other. Needs all else.
void set_comments(Lines& lines);

/// Code points.
uint32_t width(std::string_view text);
/// Of a line from `begin` to the beginning of the piece `at`, its indentation not counted.
uint32_t offset(const Lines& lines, const Line& line, uint32_t at);

}  // namespace llmsys
