// What words of a source mean to its layout, as the syntax has it. In: the syntax of one file. Out: places in the text.
#pragma once

#include <unordered_set>

#include "compiler/syntax/ast.h"

namespace llmsys {

struct Roles {
  std::unordered_set<uint32_t> items;      // where declarations, members, cases, entries, arms, clauses begin
  std::unordered_set<uint32_t> names;      // names in expressions, also those that are words of the language elsewhere, as in `max(a, b)`
  std::unordered_set<uint32_t> prefixes;   // marks that belong to what follows: the `-` of `-x`, the `.` of `.f`, the `*` of `by *2`, `<`
};

Roles roles_of(const Syntax& syntax, const SourceMap& sources);

}  // namespace llmsys
