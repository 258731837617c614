#include "compiler/explain/derivation.h"

namespace llmsys {

namespace {

/// As code, whatever is in it.
std::string code(const std::string& text) {
  size_t run = 0, longest = 0;
  for (char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(longest + 1, '`');
  return longest == 0 ? fence + text + fence : fence + " " + text + " " + fence;
}

std::string plain(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

void add(std::string& all, const Derivation& value, size_t indent) {
  all += std::string(indent, ' ') + "- " + code(value.name);
  if (value.name == "require") all += " " + code(value.formula);
  else if (value.above || value.folded) all += " = ...";
  else if (!value.formula.empty()) all += " = " + code(value.formula);
  all += " = **" + plain(value.value) + "**";
  if (const std::string beside = remarks(value); !beside.empty()) all += ": " + plain(beside);
  all += "\n";
  for (const Derivation& part : value.parts) add(all, part, indent + 2);
}

}  // namespace

std::string explanation_markdown(const Explanation& explanation) {
  std::string all;
  const auto paragraph = [&](const std::string& text) { all += text.empty() ? "" : plain(text) + "\n\n"; };
  paragraph(title(explanation));
  for (const Derivation& value : explanation.values) {
    paragraph(headline(value));
    paragraph(value.reason);
    add(all, value, 0);
  }
  return all;
}

}  // namespace llmsys
