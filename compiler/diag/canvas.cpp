#include "compiler/diag/canvas.h"

#include <array>

namespace llmsys {

std::string styled(std::string_view text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return std::string(text);
  constexpr std::array starts = {"", "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m"};  // in the order of Style
  return starts[static_cast<size_t>(style)] + std::string(text) + "\x1b[0m";
}

Canvas::Cell& Canvas::cell(size_t row, uint32_t column) {
  if (rows_.size() <= row) rows_.resize(row + 1);
  if (rows_[row].size() <= column) rows_[row].resize(column + 1);
  return rows_[row][column];
}

void Canvas::fill(size_t row, uint32_t begin, uint32_t end, char c, Style style) {
  for (uint32_t column = begin; column < end; ++column) cell(row, column) = {std::string(1, c), style};
}

void Canvas::write(size_t row, uint32_t column, std::string_view text, Style style) { cell(row, column) = {std::string(text), style}; }

std::string Canvas::line(size_t row, bool colour) const {
  std::string result, run;
  Style style = Style::plain;
  for (const Cell& cell : rows_[row]) {
    if (cell.style != style) {
      result += styled(run, style, colour);
      run.clear();
      style = cell.style;
    }
    run += cell.text;
  }
  return result + styled(run, style, colour);
}

}  // namespace llmsys
