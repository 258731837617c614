// A line of text as a terminal shows it. In: any bytes. Out: glyphs with their columns.
// Promise: nothing in it can steer a terminal: control and direction-changing characters and broken UTF-8 are shown as `?`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmsys {

struct Glyph {
  std::string_view text;
  uint32_t byte;    // where it begins in the line
  uint32_t column;  // zero-based; tabs and wide characters count as what they take
};

struct SourceLine {
  std::vector<Glyph> glyphs;
  uint32_t width = 0;  // columns
  uint32_t bytes = 0;

  /// The column of the glyph that holds `byte`; past the end, the width.
  uint32_t column(uint32_t byte) const;
  /// The glyphs that begin in columns [begin, end).
  std::string slice(uint32_t begin, uint32_t end) const;
};

/// The glyphs point into `line`.
SourceLine lay_out(std::string_view line);

/// `text` made safe to print.
std::string printable(std::string_view text);

}  // namespace llmsys
