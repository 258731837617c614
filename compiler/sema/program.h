// A checked program: what names mean and which types things have, beside the syntax. In: from check(). Out: for elaborate, list, dumps.
// Promise: if ok(), every expression that elaboration can reach has a type and, where it names something, a meaning.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "compiler/sema/datum.h"
#include "compiler/sema/type.h"
#include "compiler/sema/units.h"
#include "runtime/sweep.h"

namespace llmsys {

enum class Builtin : uint8_t {
  sum, product, min, max, count, any, all, mean, length, repeat, lookup, divisors, choose, ceil, floor, round, abs, sqrt, exp, ln, log2,
  log10, interpolate, logspace, letters, source
};

// --- what a name in an expression means -------------------------------------------------------------------------------------

struct LocalRef { uint32_t slot; };          // parameter, comprehension variable, axis, `let` of a study
struct OwnField { uint32_t slot; };          // of the value whose kind's body we are in
struct OwnMethod { uint32_t slot; };
struct MadeField { uint32_t slot; };         // .f of the value that the innermost brace makes
struct MemberField { uint32_t slot; };       // x.f: record, per (slot = case)
struct MemberMethod { uint32_t slot; };
struct CaseField { uint32_t slot; };         // t.size of an enum value
enum class ChoicePart : uint8_t { label, value, item };
struct GlobalRef { DeclId decl; };           // instance or let
struct FunctionRef { FunctionId function; };
struct BuiltinRef { Builtin builtin; };
struct KindRef { KindId kind; };
struct EnumRef { EnumId enumeration; };
struct CaseRef { EnumId enumeration; uint32_t index; };
struct ConstantRef { double value; };        // a unit, or a literal with its units, exact until rounded here
struct ModuleRef { FileId file; };
using Ref = std::variant<std::monostate, LocalRef, OwnField, OwnMethod, MadeField, MemberField, MemberMethod, CaseField, ChoicePart, GlobalRef,
                         FunctionRef, BuiltinRef, KindRef, EnumRef, CaseRef, ConstantRef, ModuleRef>;

// --- what is declared ----------------------------------------------------------------------------------------------------------

/// A field given in a brace or in a kind's body: slots from the outside in, and the expression.
struct Binding {
  std::vector<uint32_t> path;
  ExprId value;
  const ast::PlainText* source = nullptr;
  Span span;                                 // of the path
};

struct FieldInfo {
  ast::Name name;
  TypeId type;
  bool optional = false;
  const ast::FieldDecl* decl = nullptr;      // the declaration that counts (of the narrowest)
};

struct MethodInfo {
  ast::Name name;
  FunctionId function;                       // of the most derived body
};

struct KindInfo {
  ast::Name name;
  DeclId decl;
  std::optional<KindId> parent;
  std::vector<FieldInfo> fields;             // the parent's first, so a slot means the same in every child
  std::vector<MethodInfo> methods;           // likewise
  std::vector<Binding> bindings;             // own ones, in written order
  std::vector<const ast::Require*> requires_;  // own ones
  std::vector<const ast::PlainText*> ignored;  // keys of data files, the parent's first
  bool poisoned = false;                     // its parent is unknown: what it lacks is not reported
};

struct EnumInfo {
  struct CaseInfo {
    ast::Name name;
    std::vector<Binding> bindings;
    std::string_view doc;
  };
  ast::Name name;
  DeclId decl;
  std::vector<FieldInfo> fields;
  std::vector<CaseInfo> cases;
};

/// The variables of a generic function are base dimensions from here on.
inline constexpr BaseDimension first_dimension_variable = 1'000'000;

struct FunctionInfo {
  const ast::Function* ast = nullptr;
  std::optional<KindId> owner;
  std::vector<BaseDimension> dimensions;     // variables, in order
  std::vector<TypeId> params;
  TypeId result;
};

struct NamedDimension {
  std::string_view name;
  Dimension dimension;
};

/// How a column of a study is printed; by `in` if given.
struct DisplayUnit {
  std::string text;
  mpq_class scale;
};

/// `d.system.chips`: where it begins, a LocalRef or a GlobalRef, and the slots from there on.
struct PathInfo {
  Ref root;
  std::vector<uint32_t> fields;
};

struct StudyInfo {
  DeclId decl;
  std::vector<ast::Name> axes;               // in order
  std::vector<ast::Name> unknowns;           // those of them that are solved for
  std::map<uint32_t, TableColumn> plotted;   // by the ExprId of a plot's argument: the column of the table that it is
};

struct Program {
  const Syntax* syntax = nullptr;
  const SourceMap* sources = nullptr;
  TypeTable types;
  UnitTable units;
  std::vector<NamedDimension> dimensions;    // base ones first; index of a base = its BaseDimension
  std::vector<std::string_view> dimension_variables;   // of the function being checked, for messages
  std::vector<KindInfo> kinds;
  std::vector<TypeId> kind_types;            // the plain record type of each kind
  std::vector<EnumInfo> enums;
  std::vector<FunctionInfo> functions;

  std::vector<TypeId> type_of;               // by ExprId
  std::vector<Ref> ref_of;                   // by ExprId
  std::unordered_map<uint32_t, std::vector<Binding>> braces;           // by ExprId of an Amend
  std::unordered_map<uint32_t, std::vector<Binding>> instance_braces;  // by DeclId of an Instance
  std::unordered_map<uint32_t, std::vector<Binding>> instance_settings;  // of `--set`, on top of the brace
  std::unordered_map<uint32_t, TypeId> global_types;                   // by DeclId of an Instance or Let
  std::unordered_map<uint32_t, KindId> instance_kinds;                 // by DeclId of an Instance
  std::unordered_map<uint32_t, FunctionId> function_ids;               // by DeclId of a Function
  std::unordered_map<uint32_t, Datum> data;                            // by ExprId of a Data
  std::unordered_map<uint32_t, DisplayUnit> display_units;             // by ExprId of an `in`
  std::unordered_map<uint32_t, uint32_t> element_locals;               // by ExprId of a `.f` after `by`: the local that is the element
  std::unordered_map<uint32_t, std::vector<double>> literal_lists;     // by ExprId of a list of literals times a literal
  std::unordered_map<uint32_t, PathInfo> paths;                        // by ExprId of what a sensitivity is to
  std::vector<StudyInfo> studies;            // of all files, in order
  bool ok = false;

  TypeId type(ExprId id) const { return type_of[id.index]; }
  const Ref& ref(ExprId id) const { return ref_of[id.index]; }
  const KindInfo& operator[](KindId id) const { return kinds[id.index]; }
  const EnumInfo& operator[](EnumId id) const { return enums[id.index]; }
  const FunctionInfo& operator[](FunctionId id) const { return functions[id.index]; }

  /// `Bandwidth` where a name exists, else `Ops/Token^2`; `Real` if dimensionless.
  std::string describe(const Dimension& dimension) const;
  /// As a user would write it: `Time`, `[layer]`, `system`, `Ops/Time per datatype`.
  std::string describe(TypeId type) const;
  bool derives(KindId kind, KindId ancestor) const;
};

}  // namespace llmsys
