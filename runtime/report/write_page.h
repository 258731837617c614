// A page that shows studies by itself: html with everything in it. In: rows, and what the page tells beside them. Out: one piece of text at finish().
// Promise: it asks for nothing from elsewhere; what a study has too much of is left out and counted, so that the page stays below 3 MB.
#pragma once

#include <compare>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "runtime/report/write.h"

namespace llmsys {

/// What a page must not tell.
struct Redaction {
  struct Name { std::string name, stand_in; };
  struct Number {
    double value;   // in base units
    bool has_unit;
    friend auto operator<=>(const Number&, const Number&) = default;
  };
  std::vector<Name> names;            // wherever they stand in a text
  std::set<Number> numbers;           // cells, axes and lines of pictures that are equal to one
  std::vector<std::string> columns;   // by title: all of their cells
  bool empty() const { return names.empty(); }
};

struct PageHead {
  struct Source { std::string name, text; };
  std::string title, command, version;
  std::vector<Source> sources;   // the program, as it is written
  Redaction redaction = {};
  /// How the values of a row of this sweep came about, in one line of JSON (docs/explanation.schema.json); empty: that is not known.
  std::function<std::string(const Sweep&, const Row&)> explain = nullptr;
};

/// Why this build has no pages; empty if it has.
std::string why_no_pages();

std::unique_ptr<Writer> make_page_writer(Write write, PageHead head);

}  // namespace llmsys
