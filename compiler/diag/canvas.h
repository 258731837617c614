// Rows of styled text that are drawn on in any order. In: pieces at columns. Out: lines, with ANSI colour if asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmsys {

enum class Style : uint8_t { plain, bold, error, warning, secondary };

/// `text` in ANSI colour if `colour`, else as it is.
std::string styled(std::string_view text, Style style, bool colour);

class Canvas {
 public:
  /// `c` in columns [begin, end) of a row.
  void fill(size_t row, uint32_t begin, uint32_t end, char c, Style style);
  /// `text` from a column on; nothing may be drawn to its right.
  void write(size_t row, uint32_t column, std::string_view text, Style style);

  size_t rows() const { return rows_.size(); }
  std::string line(size_t row, bool colour) const;

 private:
  struct Cell {
    std::string text = " ";
    Style style = Style::plain;
  };
  Cell& cell(size_t row, uint32_t column);

  std::vector<std::vector<Cell>> rows_;
};

}  // namespace llmsys
