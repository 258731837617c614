// A table for a terminal: numbers to the right, text to the left, two spaces between columns.
#include <algorithm>

#include "runtime/report/formats.h"

namespace llmsys {
namespace {

/// Code points of UTF-8 text: every byte but those that continue one.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::vector<size_t> widths(const Sheet& sheet) {
  std::vector<size_t> widths;
  for (const std::string& heading : sheet.headings) widths.push_back(width(heading));
  for (const Sheet::Line& line : sheet.lines) {
    for (size_t c = 0; c < line.cells.size(); ++c) widths[c] = std::max(widths[c], width(line.cells[c]));
  }
  return widths;
}

void print_line(std::string& text, const Sheet& sheet, const std::vector<size_t>& widths, const std::vector<std::string>& cells, const std::string& reason) {
  std::string line;
  for (size_t c = 0; c < cells.size(); ++c) {
    const std::string padding(widths[c] - width(cells[c]), ' ');
    if (c > 0) line += "  ";
    line += sheet.numbers[c] ? padding + cells[c] : cells[c] + padding;
  }
  if (!reason.empty()) line += (line.empty() ? "" : "  ") + reason;
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + "\n";
}

}  // namespace

std::string print_table(const Sheet& sheet) {
  const std::vector<size_t> columns = widths(sheet);
  std::string text = sheet.title + "\n";
  print_line(text, sheet, columns, sheet.headings, "");
  for (const Sheet::Line& line : sheet.lines) print_line(text, sheet, columns, line.cells, line.reason);
  for (const std::string& line : sheet.footer) text += line + "\n";
  return text;
}

}  // namespace llmsys
