// Columns: what stands below each other in neighbouring lines. A source asks for a column by more than the needed blanks in one of its lines.
#include <algorithm>
#include <array>

#include "compiler/format/lines.h"

namespace llmsys {

namespace {

constexpr uint32_t none = UINT32_MAX;

/// What may stand in a column, in the order of a line: a type, a unit's spoken name, the brace of a line that is whole, signs, a source.
constexpr std::array<std::string_view, 9> keys = {":", "\"", "{", "in", "~", "within", "=>", "=", "source"};

/// Of a line, its pieces that may stand in columns, and which lines it can share them with.
struct Cells {
  std::string_view form;   // empty: no cells
  std::array<uint32_t, keys.size()> at;
};

bool has_cells(const Piece& first) {
  if (first.kind != Word::Kind::reserved) return true;
  for (std::string_view word : {"import", "dimension", "unit", "let", "sweep", "expect", "else"})
    if (first.text == word) return true;
  return false;
}

bool compares(const Piece& piece) {
  for (std::string_view sign : {"~", "<", "<=", ">", ">=", "==", "!="})
    if (piece.is(sign)) return true;
  return false;
}

Cells cells_of(const Lines& lines, const Line& line) {
  Cells cells{{}, {}};
  cells.at.fill(none);
  const Piece& first = lines.pieces[line.begin];
  if (!first.item || !has_cells(first)) return cells;
  auto note = [&](size_t key, uint32_t at) {
    if (cells.at[key] == none) cells.at[key] = at;
    if (cells.form.empty()) cells.form = first.kind == Word::Kind::reserved && !first.is("else") ? first.text : keys[key];
  };
  bool value = false;
  for (uint32_t i = line.begin + 1; i < line.end; ++i) {
    const Piece& piece = lines.pieces[i];
    if (piece.depth != first.depth || piece.is_comment()) continue;
    if (piece.item || piece.comma) return {{}, {}};   // several items
    const Piece& before = lines.pieces[i - 1];
    if (before.is(":") && !value) note(0, i);
    if (piece.kind == Word::Kind::text && first.is("unit")) note(1, i);
    if (piece.is("{") && !value) note(2, i);
    if (piece.is("in") && first.is("sweep")) note(3, i);
    if (compares(piece) && first.is("expect")) note(4, i);
    if (piece.is("within") && first.is("expect")) note(5, i);
    if (piece.is("=>")) note(6, i);
    if (piece.is("=")) note(7, i);
    if (piece.is("source") && i + 1 < line.end && lines.pieces[i + 1].kind == Word::Kind::text && !before.is("}")) note(8, i);
    value = value || piece.is("=") || piece.is("=>") || piece.is("~") || before.is(":") || piece.is("in");
  }
  return cells;
}

/// Whether its items have lines of their own.
bool in_open(const Lines& lines, const std::vector<bool>& open, const Line& line) {
  const Piece& first = lines.pieces[line.begin];
  return first.depth == 0 || open[first.depth];
}

/// Above this no line of a column reaches: names that are much longer than the others, if there are few, stay out of it.
uint32_t limit(std::vector<uint32_t> columns) {
  constexpr uint32_t much = 8;
  std::sort(columns.begin(), columns.end());
  for (size_t i = columns.size() - 1; i > columns.size() / 2; --i)
    if (columns[i] > columns[i - 1] + much) return columns[i - 1];
  return columns.back();
}

void align(Lines& lines, const std::vector<Cells>& cells, size_t begin, size_t end, size_t key) {
  auto piece = [&](size_t i) -> Piece& { return lines.pieces[cells[i].at[key]]; };
  std::vector<uint32_t> columns;
  for (size_t i = begin; i < end; ++i) columns.push_back(offset(lines, lines.lines[i], cells[i].at[key]));
  const uint32_t column = keys[key] == ":" ? limit(columns) : *std::max_element(columns.begin(), columns.end());
  auto belongs = [&](size_t i) { return columns[i - begin] <= column; };
  bool asked = false;
  for (size_t i = begin; i < end; ++i) asked = asked || (belongs(i) && piece(i).blanks > piece(i).gap);
  for (size_t i = begin; asked && i < end; ++i)
    if (belongs(i)) piece(i).gap += column - columns[i - begin];
}

}  // namespace

void set_columns(Lines& lines) {
  std::vector<Cells> cells;
  std::vector<bool> open = {true};   // by depth: whether the bracket there hangs
  for (const Line& line : lines.lines) {
    cells.push_back(in_open(lines, open, line) ? cells_of(lines, line) : Cells{});
    if (const uint32_t source = cells.back().form.empty() ? none : cells.back().at[keys.size() - 1]; source != none && cells.back().form != "expect") lines.pieces[source].gap = 2;
    for (uint32_t i = line.begin; i < line.end; ++i) {
      if (!lines.pieces[i].opens()) continue;
      open.resize(lines.pieces[i].depth + 1);
      open.push_back(lines.pieces[i].hanging);
    }
  }
  for (size_t key = 0; key < keys.size(); ++key) {
    auto has = [&](size_t i) { return !cells[i].form.empty() && cells[i].at[key] != none; };
    for (size_t begin = 0; begin < cells.size(); ++begin) {
      if (!has(begin)) continue;
      size_t end = begin + 1;
      auto goes_on = [&](size_t i) {
        return has(i) && !lines.lines[i].blank_before && cells[i].form == cells[begin].form && lines.pieces[lines.lines[i].begin].depth == lines.pieces[lines.lines[begin].begin].depth;
      };
      while (end < cells.size() && goes_on(end)) ++end;
      align(lines, cells, begin, end, key);
      begin = end - 1;
    }
  }
}

void set_comments(Lines& lines) {
  auto comment = [&](size_t i) -> Piece* {
    const Line& line = lines.lines[i];
    return line.end - line.begin > 1 && lines.pieces[line.end - 1].is_comment() ? &lines.pieces[line.end - 1] : nullptr;
  };
  auto column = [&](size_t i) { return lines.lines[i].indent + offset(lines, lines.lines[i], lines.lines[i].end - 1); };
  for (size_t begin = 0; begin < lines.lines.size(); ++begin) {
    bool asked = false;
    uint32_t most = 0;
    size_t end = begin;
    for (; end < lines.lines.size() && comment(end) && (end == begin || !lines.lines[end].blank_before); ++end) {
      asked = asked || comment(end)->blanks > 2;
      most = std::max(most, column(end));
    }
    for (size_t i = begin; asked && i < end; ++i) comment(i)->gap += most - column(i);
    if (end > begin) begin = end - 1;
  }
}

}  // namespace llmsys
