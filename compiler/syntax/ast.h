// The syntax of .llmsys files as data: nodes in tables, referred to by ids, every node with the span of the text it covers.
// In: nothing. Out: types only. Promise: syntax is never rewritten; later stages keep their facts beside it, by id.
// All files of one program share one Syntax, so an id names a node of the whole program.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/diag/source.h"

namespace llmsys {

template <class Tag>
struct Id {
  uint32_t index = 0;
  friend auto operator<=>(const Id&, const Id&) = default;
};
using ExprId = Id<struct ExprTag>;
using TypeExprId = Id<struct TypeExprTag>;
using DeclId = Id<struct DeclTag>;
using FileId = Id<struct FileTag>;

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;
/// An exhaustive switch over a node: match(expr.node, [&](const ast::Binary& b) {...}, ...).
template <class Variant, class... Handlers>
decltype(auto) match(Variant&& variant, Handlers&&... handlers) {
  return std::visit(overloaded{std::forward<Handlers>(handlers)...}, std::forward<Variant>(variant));
}

namespace ast {

struct Name {
  std::string_view text;  // into the SourceMap
  Span span;
};
/// `decode`, `liminal.decode`.
struct QualifiedName {
  std::vector<Name> parts;
  Span span;
};
/// A string literal whose braces mean nothing: escapes resolved, span with the quotes.
struct PlainText {
  std::string text;
  Span span;
};

// --- types -----------------------------------------------------------------------------------------------------------------

struct NamedType { QualifiedName name; };                            // Real, Data, memory, hardware.chip
struct UnitType {};                                                  // the 1 of `1/Time`
struct ProductType { TypeExprId left, right; bool divide = false; };  // Data/Time
struct PowerType { TypeExprId base; int numerator = 1, denominator = 1; };  // Token^2, Time^(1/2)
struct ListType { TypeExprId element; };                             // [layer]
struct OptionalType { TypeExprId type; };                            // Power?
struct PerType { TypeExprId element; QualifiedName key; };           // Ops/Time? per datatype
struct TypeExpr {
  std::variant<NamedType, UnitType, ProductType, PowerType, ListType, OptionalType, PerType> node;
  Span span;
};

// --- expressions -----------------------------------------------------------------------------------------------------------

struct UnitPower {
  Name unit;
  int exponent = 1;
};
/// `0.85`, `128 Ki token`, `814 mm^2`, `2 %`: a number and the units that follow it on its line.
struct Number {
  Name digits;
  std::vector<UnitPower> units;
};
struct Bool { bool value; };
/// `"fast"`, `"needs {x in GiB}"`: texts and values in turn. Without a value it is a plain Text.
struct Piece {
  std::string text;             // when there is no value
  std::optional<ExprId> value;
  std::optional<ExprId> unit;   // of `in UNIT`: an expression of unit names only
};
struct Text { std::vector<Piece> pieces; };
struct NameRef { Name name; };                       // x
struct SelfField { Name name; };                     // .f, a field of the value that the innermost brace makes
struct Field { ExprId base; Name name; };            // x.f, module.f
struct Index { ExprId base, index; };                // xs[i], rate[fp8]
struct Call { ExprId callee; std::vector<ExprId> arguments; };  // sum(x for x in xs) has one Comprehension as its argument
/// `a.b.c = value source "..."` in a brace or in the body of a kind.
struct Assign {
  std::vector<Name> path;
  ExprId value;
  std::optional<PlainText> source;
  Span span;
};
struct Amend { ExprId base; std::vector<Assign> assigns; Span brace; };  // Base { f = v }
enum class UnaryOp : uint8_t { minus, not_ };
struct Unary { UnaryOp op; ExprId operand; };
enum class BinaryOp : uint8_t {
  add, subtract, multiply, divide, power, modulo, quotient,  // quotient is `div`
  less, less_equal, greater, greater_equal, equal, not_equal,
  and_, or_, otherwise, concat                               // `??`, `++`
};
struct Binary { BinaryOp op; ExprId left, right; Span op_span; };
struct If { ExprId condition, yes, no; };
struct MatchArm {
  std::vector<Name> cases;         // names of enum cases; empty with no texts = `else`
  std::vector<PlainText> texts;
  ExprId value;
  Span span;
};
struct Match { ExprId subject; std::vector<MatchArm> arms; };
struct List { std::vector<ExprId> elements; };
struct Range { ExprId first, last; std::optional<ExprId> step; bool geometric = false; };  // 1..64, 0..1 by 0.1, 1..4096 by *2
/// `[body for x in xs if condition]`, `[body for (i, x) in xs]` with the index first.
struct Comprehension {
  ExprId body;
  std::optional<Name> index;
  Name element;
  ExprId list;
  std::optional<ExprId> condition;
};
enum class ChoiceOp : uint8_t { largest, smallest, sort };
struct Entry { Name label; ExprId value; };
/// `largest { compute: a, memory: b }`: has .label and .value.
struct LabelledChoice { ChoiceOp op; std::vector<Entry> entries; };
/// `smallest xs by .cost`: has .item and .value; `sort xs by .cost` is a list. `key` is an expression in which SelfField is of the element.
struct ListChoice { ChoiceOp op; ExprId list; std::optional<ExprId> key; };
struct Absent { ExprId reason; };                    // absent "no fp4 units"; the reason is a Text
/// `json("config.json") as K`, `csv("rows.csv") as [K] ignore ["key"]`.
struct Data { Name format; PlainText path; TypeExprId type; std::vector<PlainText> ignore; };
struct Bad {};                                       // where the text was wrong; a diagnostic was given

struct Expr {
  std::variant<Number, Bool, Text, NameRef, SelfField, Field, Index, Call, Amend, Unary, Binary, If, Match, List, Range, Comprehension,
               LabelledChoice, ListChoice, Absent, Data, Bad>
      node;
  Span span;
};

// --- declarations ----------------------------------------------------------------------------------------------------------

struct Import {
  PlainText path;            // "std/hardware", "rack.llmsys"
  std::vector<Name> names;   // of `: H100, H200`
  std::optional<Name> alias;  // of `as hw`
};
struct Dimension { Name name; std::optional<TypeExprId> definition; };
/// `prefixes si { k = 1e3, M = 1e6 }`: a set of prefixes that units may take.
struct PrefixSet { Name name; std::vector<Entry> entries; };
struct Unit {
  Name name;
  std::optional<PlainText> spoken;        // "byte"
  std::optional<TypeExprId> dimension;    // of `: Data`; without a definition it is the coherent unit
  std::optional<ExprId> definition;       // of `= 8 bit`
  std::vector<Name> prefixes;             // names of prefix sets
  std::vector<Name> confused_with;
  bool shown = false;                     // reports print values of this dimension in this unit
};
struct FieldDecl {
  Name name;
  TypeExprId type;
  std::vector<PlainText> spellings;       // of `from "a", "b"`: names in data
  std::optional<ExprId> value;
  std::optional<PlainText> source;
  std::string doc;
  Span span;
};
struct Case { Name name; std::vector<Assign> assigns; std::string doc; };
struct Enum { Name name; std::vector<FieldDecl> fields; std::vector<Case> cases; };
struct Param { Name name; TypeExprId type; };
struct Function {
  Name name;
  std::vector<Name> dimensions;           // of `<W>`
  std::vector<Param> params;
  TypeExprId result;
  std::optional<ExprId> body;             // none: a member that a child must give
  std::string doc;
  Span span;
};
struct Require { ExprId condition; std::optional<ExprId> message; Span span; };
/// `ignore ["key"]`: what data of the kind may hold beside its fields.
struct Ignored { std::vector<PlainText> keys; Span span; };
using Member = std::variant<FieldDecl, Assign, Function, Require, Ignored>;
struct Kind { Name name; std::optional<QualifiedName> parent; std::vector<Member> members; };
/// `chip H100 { ... }`
struct Instance {
  QualifiedName kind;
  Name name;
  std::vector<Assign> assigns;
  Span brace;
  std::optional<PlainText> source;
  std::vector<Assign> settings = {};      // of `--set`: amends what the brace gives
};
struct Let { Name name; ExprId value; std::optional<PlainText> source; };
/// `expect A ~ B within T`, `expect BOOL`, `expect not ...`
struct Expect {
  bool negated = false;
  ExprId actual;
  std::optional<ExprId> expected, tolerance;
  bool relative = false;                  // the tolerance was written in `%`
  std::optional<PlainText> source;
  Span span;
};

struct Sweep {
  std::vector<Name> names;                // several: zip
  std::vector<ExprId> domains;            // one for each name
  std::optional<ExprId> label;            // of `as EXPR`
};
/// `solve x from a to b by s smallest so that c`: the condition stands below the axes and `let`s that follow.
struct Solve {
  Name name;
  ExprId first, last;
  std::optional<ExprId> step;
  bool geometric = false;                 // of `by *s`
  bool largest = false;
  ExprId condition;
};
struct Where { ExprId condition; };
struct Goal { bool maximise; ExprId value; };
struct Best { Goal goal; std::vector<Name> over; };            // nothing after `over`: over all axes
struct Pareto { std::vector<Goal> goals; std::vector<Name> per; };
struct Top { ExprId count; Goal goal; };
/// `summarise error = mean(e), n = count() over row`
struct Summary { Name name; Name function; std::vector<ExprId> arguments; };
struct Summarise { std::vector<Summary> summaries; std::vector<Name> over; };
struct ShowItem {
  ExprId value;
  std::optional<ExprId> unit;
  std::optional<ExprId> title;            // a Text
};
struct Show { std::vector<ShowItem> items; };
struct PlotArgument { Name name; ExprId value; };
struct Plot { Name shape; std::vector<PlotArgument> arguments; std::vector<Plot> overlays = {}; };
/// `sensitivity of e to [a.b, c]`
struct Sensitivity { ExprId of; std::vector<ExprId> paths; };
struct Clause {
  std::variant<Sweep, Solve, Let, Where, Best, Pareto, Top, Summarise, Show, Plot, Sensitivity, Expect> node;
  Span span;
};
struct Study {
  Name name;
  std::optional<PlainText> title;
  std::vector<Clause> clauses;
  std::vector<ExprId> asked = {};         // beside the file: expressions that are checked as if they stood at its end
};

/// A declaration whose text is wrong; a diagnostic was given. Uses of the names that it may have been meant to declare are not reported as well.
struct Broken {
  std::vector<Name> names;
  bool names_unclear = false;  // an import, or the name is missing
};

struct Decl {
  std::variant<Import, Dimension, PrefixSet, Unit, Enum, Kind, Instance, Let, Function, Expect, Study, Broken> node;
  FileId file;
  Span span;
  std::string doc;                        // the `///` lines above it
};

}  // namespace ast

struct File {
  SourceId source;
  std::vector<DeclId> decls;
};

class Syntax {
 public:
  ExprId add(ast::Expr node) { return push<ExprId>(exprs_, std::move(node)); }
  TypeExprId add(ast::TypeExpr node) { return push<TypeExprId>(types_, std::move(node)); }
  DeclId add(ast::Decl node) { return push<DeclId>(decls_, std::move(node)); }
  FileId add(File file) { return push<FileId>(files_, std::move(file)); }

  const ast::Expr& operator[](ExprId id) const { return exprs_[id.index]; }
  const ast::TypeExpr& operator[](TypeExprId id) const { return types_[id.index]; }
  const ast::Decl& operator[](DeclId id) const { return decls_[id.index]; }
  const File& operator[](FileId id) const { return files_[id.index]; }
  ast::Decl& decl(DeclId id) { return decls_[id.index]; }
  File& file(FileId id) { return files_[id.index]; }

  uint32_t exprs() const { return static_cast<uint32_t>(exprs_.size()); }
  uint32_t type_exprs() const { return static_cast<uint32_t>(types_.size()); }
  uint32_t decls() const { return static_cast<uint32_t>(decls_.size()); }
  uint32_t files() const { return static_cast<uint32_t>(files_.size()); }

 private:
  template <class IdType, class Table, class Node>
  static IdType push(Table& table, Node node) {
    table.push_back(std::move(node));
    return IdType{static_cast<uint32_t>(table.size() - 1)};
  }
  std::deque<ast::Expr> exprs_;
  std::deque<ast::TypeExpr> types_;
  std::deque<ast::Decl> decls_;
  std::deque<File> files_;
};

}  // namespace llmsys
