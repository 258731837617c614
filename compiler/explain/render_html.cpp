// A page on its own: each value that has parts can be opened.
#include "compiler/explain/derivation.h"

namespace llmsys {

namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (char c : text) {
    switch (c) {
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '&': result += "&amp;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string element(const char* name, const char* kind, const std::string& text) {
  return std::string("<") + name + " class=\"" + kind + "\">" + escaped(text) + "</" + name + ">";
}

void add(std::string& all, const Derivation& value, bool is_open) {
  std::string line = element("code", "name", value.name);
  if (value.name == "require") line += " " + element("code", "formula", value.formula);
  else if (value.above || value.folded) line += " = …";
  else if (!value.formula.empty()) line += " = " + element("code", "formula", value.formula);
  line += " = " + element("b", "value", value.value);
  if (const std::string beside = remarks(value); !beside.empty()) line += " " + element("small", "remarks", beside);
  if (value.parts.empty()) {
    all += "<p>" + line + "</p>\n";
    return;
  }
  all += std::string("<details") + (is_open ? " open" : "") + "><summary>" + line + "</summary>\n";
  // What was not chosen is there, but closed.
  for (const Derivation& part : value.parts) add(all, part, is_open && part.choice != Derivation::Choice::beaten);
  all += "</details>\n";
}

}  // namespace

std::string derivation_html(const Derivation& value) {
  std::string all = "<section class=\"derivation\">\n";
  const auto paragraph = [&](const char* kind, const std::string& text) { all += text.empty() ? "" : element("p", kind, text) + "\n"; };
  paragraph("headline", headline(value));
  paragraph("reason", value.reason);
  add(all, value, true);
  return all + "</section>\n";
}

std::string explanation_html(const Explanation& explanation) {
  const std::string told = title(explanation), name = told.empty() && !explanation.values.empty() ? explanation.values[0].name : told;
  std::string all = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + escaped(name) + "</title>\n"
                    "<style>:root { color-scheme: light dark } body { font: 1rem/1.5 sans-serif; margin: 2rem } details > details, details > p { margin: 0 0 0 1.5rem } "
                    ".headline { font-weight: bold } .remarks { opacity: .8 }</style>\n<main>\n<h1>" + escaped(name) + "</h1>\n";
  for (const Derivation& value : explanation.values) all += derivation_html(value);
  return all + "</main>\n</html>\n";
}

}  // namespace llmsys
