// A table in GitHub's markdown.
#include <algorithm>

#include "runtime/report/formats.h"

namespace llmsys {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '|' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

void print_line(std::string& text, std::vector<std::string> cells, size_t columns) {
  cells.resize(std::max(columns, cells.size()));
  text += "|";
  for (const std::string& cell : cells) text += " " + escaped(cell) + " |";
  text += "\n";
}

}  // namespace

std::string print_markdown(const Sheet& sheet) {
  const size_t columns = sheet.headings.size();
  std::string text = "## " + sheet.title + "\n\n";
  print_line(text, sheet.headings, columns);
  text += "|";
  for (bool number : sheet.numbers) text += number ? " ---: |" : " --- |";
  text += "\n";
  for (const Sheet::Line& line : sheet.lines) {
    std::vector<std::string> cells = line.cells;
    if (!line.reason.empty()) cells.push_back(line.reason);
    print_line(text, std::move(cells), columns);
  }
  if (!sheet.footer.empty()) text += "\n";
  for (size_t i = 0; i < sheet.footer.size(); ++i) {
    // The reasons are a list below the first line.
    text += i == 0 ? sheet.footer[0] + "\n\n" : "- " + escaped(sheet.footer[i].substr(2)) + "\n";
  }
  return text;
}

}  // namespace llmsys
