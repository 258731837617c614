#include "compiler/diag/source_line.h"

#include <algorithm>
#include <array>

namespace llmsys {

namespace {

constexpr uint32_t tab_stop = 4;
constexpr std::string_view blanks = "    ";
constexpr char32_t broken = 0xFFFFFFFF;

struct Range {
  char32_t first, last;
};
// Blocks, not single characters: good enough to place a caret.
constexpr std::array wide = {Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},  Range{0xAC00, 0xD7A3}, Range{0xF900, 0xFAFF},
                             Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},  Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1F64F},
                             Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array combining = {Range{0x0300, 0x036F}, Range{0x1AB0, 0x1AFF}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                                  Range{0xFE20, 0xFE2F}};
constexpr std::array unsafe = {Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0x061C, 0x061C}, Range{0x200B, 0x200F},
                               Range{0x2028, 0x202E}, Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF}, Range{broken, broken}};

template <size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](Range r) { return r.first <= c && c <= r.last; });
}

struct Decoded {
  char32_t code_point;
  uint32_t length;
};

/// The code point at the front of `text`, which is not empty; a byte that starts none is `broken`.
Decoded read_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const uint32_t length = lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead >= 0xF5 || text.size() < length) return {broken, 1};
  char32_t c = lead & (0x7F >> length);
  for (uint32_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {broken, 1};
    c = c << 6 | (next & 0x3F);
  }
  constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  if (c < least[length] || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) return {broken, 1};
  return {c, length};
}

}  // namespace

SourceLine lay_out(std::string_view line) {
  SourceLine result;
  result.bytes = static_cast<uint32_t>(line.size());
  for (uint32_t byte = 0; byte < line.size();) {
    const auto [c, length] = read_code_point(line.substr(byte));
    Glyph glyph{line.substr(byte, length), byte, result.width};
    uint32_t width = in(wide, c) ? 2 : in(combining, c) ? 0 : 1;
    if (c == '\t') {
      width = tab_stop - result.width % tab_stop;
      glyph.text = blanks.substr(0, width);
    } else if (in(unsafe, c)) {
      glyph.text = "?";
    }
    result.glyphs.push_back(glyph);
    result.width += width;
    byte += length;
  }
  return result;
}

uint32_t SourceLine::column(uint32_t byte) const {
  if (byte >= bytes) return width;
  return (std::ranges::upper_bound(glyphs, byte, {}, &Glyph::byte) - 1)->column;
}

std::string SourceLine::slice(uint32_t begin, uint32_t end) const {
  std::string result;
  for (const Glyph& glyph : glyphs)
    if (glyph.column >= begin && glyph.column < end) result += glyph.text;
  return result;
}

std::string printable(std::string_view text) {
  const SourceLine line = lay_out(text);
  return line.slice(0, line.width + 1);
}

}  // namespace llmsys
