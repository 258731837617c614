// Units of the library. In: declarations with exact scales. Out: what a name such as `TB` means, and units to print a dimension in.
#pragma once

#include <gmpxx.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/dimension/dimension.h"
#include "compiler/syntax/ast.h"
#include "runtime/column.h"

namespace llmsys {

struct Prefix {
  std::string_view name;
  mpq_class scale;
};

struct Unit {
  ast::Name name;
  Dimension dimension;
  mpq_class scale = 1;          // coherent base units
  std::vector<Prefix> prefixes;
  std::vector<std::string_view> confused_with;
  bool shown = false;
};

/// What a unit name stands for.
struct UnitMeaning {
  const Unit* unit;
  mpq_class scale;              // prefix and unit together
};

class UnitTable {
 public:
  /// The one already there if the name is taken.
  const Unit* add(Unit unit);
  std::optional<UnitMeaning> find(std::string_view name) const;
  std::vector<std::string> names() const;   // with every prefix
  const std::map<std::string_view, Unit>& all() const { return units_; }

  /// Units that read naturally for `dimension`, by ascending scale; `plain` is the index of the one without a prefix.
  std::vector<UnitChoice> choices(const Dimension& dimension, uint32_t& plain) const;

 private:
  const Unit* shown_in(const Dimension& dimension) const;

  std::map<std::string_view, Unit> units_;
};

}  // namespace llmsys
