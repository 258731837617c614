// Partial evaluation of a study. In: a checked program and one of its studies. Out: a query (graphs by shape, pipeline), or nothing and diagnostics.
// Promise: ends, by fuel; whatever is known is folded with the bits a run would give; a value's absence is in the graph, with its reason.
#pragma once

#include <memory>
#include <optional>

#include "compiler/diag/diagnostic.h"
#include "compiler/graph/query.h"
#include "compiler/sema/program.h"

namespace llmsys {

inline constexpr uint64_t elaboration_fuel = 10'000'000;
inline constexpr uint32_t max_shapes = 1024;
inline constexpr uint64_t max_list = 1'000'000;

/// Columns of the last phase that an `expect` of the study compares: three with `~`, else the truth value alone.
struct ExpectColumns {
  const ast::Expect* expect;
  uint32_t actual = 0;
  uint32_t expected = 0;
  uint32_t tolerance = 0;
  std::vector<UnitChoice> units = {};
};

struct Elaborated {
  std::unique_ptr<Query> query;     // null: diagnostics were given
  std::vector<ExpectColumns> expects;
};

/// `study` is an index into Program::studies. The program must live as long as the query.
Elaborated elaborate(const Program& program, uint32_t study, DiagSink& sink);

/// A top-level `expect`: adds a diagnostic if it does not hold or a value in it is absent. True if it holds.
bool check_expectation(const Program& program, const ast::Expect& expect, DiagSink& sink);

/// A value as source: `kind { field = value, ... }`, and the kinds that are named in it.
struct WrittenValue {
  std::string text;
  std::vector<KindId> kinds;
};

/// The value of a top-level `let`, written back. Nothing if it is absent: a diagnostic says why.
std::optional<WrittenValue> written(const Program& program, DeclId let, DiagSink& sink);

/// One value of a definition, by the path that leads to it: `Chat.system.chips`, `parts[2].size`.
struct Fact {
  std::string path;
  bool is_given = false;            // in a brace, by data, or as a literal; else it follows from others
  std::optional<double> number;     // of a quantity
  std::vector<UnitChoice> units;    // that it reads well in
  uint32_t plain_unit = 0;
  std::string text;                 // of anything else, and of what is absent
  bool is_whole = false;            // a requirement of the value with this path does not hold: the text says which, and nothing that follows is told
};

/// What a `let` or an instance consists of: all that is given, in depth, and of a single value, or if they are wanted, what `follows`.
std::vector<Fact> facts_of(const Program& program, DeclId decl, bool follows, DiagSink& sink);
/// The same for people: numbers in the unit that reads best, a text as it is, of a long list the beginning.
std::optional<std::string> told(const Program& program, DeclId let, DiagSink& sink);

/// A number in base units, and the units it may be told in.
struct KnownNumber {
  double value;
  std::vector<UnitChoice> units;
};

/// All numbers of a top-level value: its own, those of its fields and what is computed from them, eight levels deep. What has no value is passed over.
std::vector<KnownNumber> numbers_of(const Program& program, DeclId decl);

/// Compares as the expectation says (without `~`, `actual` is a truth value). Nothing if it holds, else what is wrong with the values.
std::optional<Diagnostic> judge(const Program& program, const ExpectColumns& told, double actual, double expected, double tolerance);

}  // namespace llmsys
