// Why a value is what it is, as a plain tree for any renderer. In: from derive.h. Out: types only.
// Promise: a node with parts is its formula (its name, if it has none) over the parts that are named in it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmsys {

struct Derivation {
  /// What the value is among those that a `max`, a `min`, `largest` or `smallest` chose from.
  enum class Choice : uint8_t { none, largest, smallest, beaten };

  std::string name;               // as the formula above has it; `[0]` of a list's elements, `[7 others]` of those left out, `require` of a requirement
  std::string formula;            // as written, with `...` for what was not chosen; empty of what is given
  std::string value;              // `11.63 ms`, `"fast"`, `false`, `[1 s, 2 s]`, `absent`
  std::string reason;             // why it is absent
  std::optional<double> number;   // of a quantity, in `unit`
  std::string unit;
  std::optional<double> share;    // of the sum that it is a term of
  bool scales = false;            // the value above is that sum times something, so it has the same share of that
  Choice choice = Choice::none;
  std::string label;              // what the choice in whose entries this field stands calls it
  std::string note;               // `swept`, `fp8`
  std::string doc, source;
  std::string file;               // where the formula stands
  uint32_t line = 0;
  bool above = false;             // its parts stand where it came first
  bool folded = false;            // it has parts that are left out, since they do not matter or lie too deep
  std::vector<Derivation> parts = {};
};

/// One answer of the command: of an expression, or of what a row of a study shows.
struct Explanation {
  std::string study;              // empty: an expression of the file
  uint64_t row = 0;               // as the study's report numbers them, from 1
  std::vector<std::pair<std::string, std::string>> swept;
  std::vector<Derivation> values;
};

/// `reading: 98 % of step is weights * size`: what most of a value is, by the shares on the way down; empty if it is no sum.
std::string headline(const Derivation& value);
/// `98.4 %, the largest, as above`: what is told of a value beside it.
std::string remarks(const Derivation& value);
/// `study utps, row 3: chip = A, chips = 8`; empty of an expression of the file.
std::string title(const Explanation& explanation);

std::string explanation_text(const Explanation& explanation, size_t width = 100);
std::string explanation_markdown(const Explanation& explanation);
std::string explanation_html(const Explanation& explanation);
/// What stands for one value in a page.
std::string derivation_html(const Derivation& value);
std::string explanation_json(const Explanation& explanation);

}  // namespace llmsys
