#include <fmt/format.h>

#include <algorithm>

#include "compiler/explain/derivation.h"
#include "runtime/report/number.h"

namespace llmsys {

namespace {

std::string percent(double share) { return readable(100 * share, 3) + " %"; }

/// What most of the value is: the weightiest term, or what a choice gave.
const Derivation* dominant(const Derivation& value) {
  const Derivation* found = nullptr;
  for (const Derivation& part : value.parts)
    if (part.share && part.scales && (!found || *found->share < *part.share)) found = &part;
  return found;
}

}  // namespace

std::string headline(const Derivation& value) {
  // Down to the first sum, by way of what is the only thing to be taken apart.
  const Derivation* whole = &value;
  const auto is_open = [](const Derivation& part) { return !part.parts.empty(); };
  while (!dominant(*whole) && std::ranges::count_if(whole->parts, is_open) == 1) whole = &*std::ranges::find_if(whole->parts, is_open);
  const Derivation* part = whole;
  double share = 1;
  std::string label;
  while (const Derivation* next = dominant(*part)) {
    if (*next->share * share < 0.5) break;
    share *= *next->share;
    part = next;
    if (label.empty()) label = part->label;
  }
  if (part == whole) return "";
  return (label.empty() || label == part->name ? "" : label + ": ") + percent(share) + " of " + whole->name + " is " + part->name;
}

std::string remarks(const Derivation& value) {
  std::vector<std::string> all;
  if (!value.reason.empty() && value.parts.empty()) all.push_back(value.reason);
  if (value.share) all.push_back(percent(*value.share));
  if (value.choice == Derivation::Choice::largest) all.emplace_back("the largest");
  if (value.choice == Derivation::Choice::smallest) all.emplace_back("the smallest");
  if (!value.note.empty()) all.push_back(value.note);
  if (value.above) all.emplace_back("as above");
  if (!value.source.empty()) all.push_back("source: " + value.source);
  if (!value.doc.empty()) all.push_back(value.doc.substr(0, value.doc.find('\n')));
  return fmt::format("{}", fmt::join(all, "; "));
}

std::string title(const Explanation& explanation) {
  if (explanation.study.empty()) return "";
  std::string text = fmt::format("study {}, row {}", explanation.study, explanation.row);
  for (const auto& [name, value] : explanation.swept) text += (&name == &explanation.swept.front().first ? ": " : ", ") + name + " = " + value;
  return text;
}

}  // namespace llmsys
