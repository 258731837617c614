// The checker's inside: one class, its functions spread over check_*.cpp by construct. In: see check.h. Not for other rooms.
#pragma once

#include <functional>
#include <set>
#include <span>

#include "compiler/sema/check.h"

namespace llmsys {

/// What bare names and `.f` can see at one place.
struct Context {
  struct Local {
    ast::Name name;
    TypeId type;
    bool visible = true;      // folded away by `summarise`
  };
  FileId file;
  std::optional<KindId> self;                    // in a kind's body
  std::vector<Local> locals;
  std::vector<std::pair<std::string_view, BaseDimension>> dimensions;  // variables of a generic function
  std::optional<TypeId> made;                    // in a brace: the type of the value being made
  std::optional<uint32_t> element;               // in `by .cost`: the local that `.` is a field of
};

class Checker {
 public:
  Checker(const Syntax& syntax, const SourceMap& sources, const ImportTargets& imports, const DataFiles& data, DiagSink& sink);
  Program run();

 private:
  friend class DataCheck;

  // --- names (resolve.cpp) ---
  struct Offer {                                 // one meaning of a name in a scope
    Ref ref;
    TypeId type;
    Span span;                                   // of its declaration
  };
  struct Scope {
    std::map<std::string_view, DeclId> values;
    std::map<std::string_view, std::variant<KindId, EnumId>> types;
    std::map<std::string_view, FileId> modules;
    std::map<std::string_view, std::pair<FileId, std::string_view>> imported;   // `: H100`
    std::vector<FileId> open;                    // their kinds and enums are seen unqualified
    std::set<std::string_view> broken;           // names whose declaration could not be read
    bool incomplete = false;                     // an import or the name of a declaration is missing: any name may be meant by it
  };
  void collect();
  void collect_file(FileId file);
  void collect_decl(FileId file, DeclId decl);
  void import_names(FileId file, DeclId decl, const ast::Import& import);
  std::optional<DeclId> find_value(FileId file, std::string_view name, std::set<FileId>& seen) const;
  std::optional<std::variant<KindId, EnumId>> find_type(const ast::QualifiedName& name, FileId file);
  bool is_broken(FileId file, std::string_view name) const;
  void add_unknown(std::string_view what, Diagnostic diagnostic);
  void add_unknowns();
  size_t mistakes() const { return sink_.errors() + unknown_uses_; }
  bool enough() const { return mistakes() > most_diagnostics; }   // help costs time
  std::vector<std::string> value_names(const Context& context) const;
  struct QualifiedSuggestion {
    std::string text;
    std::string help;
  };
  std::optional<QualifiedSuggestion> qualified_name(FileId file, std::string_view name) const;
  void unknown_name(const Context& context, const ast::Name& name);
  void unknown_case(EnumId id, const ast::Name& name);
  void check_shadows_unit(const ast::Name& name, std::string_view what);
  TypeId type_of_global(DeclId decl);

  // --- units and dimensions (check_units.cpp) ---
  void declare_dimensions();
  void declare_units();
  void declare_unit(DeclId decl);
  struct Measure {                               // an exact value with its dimension
    mpq_class value;
    Dimension dimension;
  };
  std::optional<Measure> measure(ExprId expr);   // of literals and units only; nothing if something else is in it
  std::optional<Measure> number_measure(const ast::Number& number, bool report);
  std::optional<UnitMeaning> unit(const ast::Name& name, bool report);
  std::string with_confusions(const std::string& unit_name) const;
  void check_display_unit(ExprId unit, TypeId value, Span value_span);
  void record_constant(ExprId expr, const Measure& measure);

  // --- types (check_type.cpp) ---
  struct SlotType {
    TypeId type;
    bool optional = false;
  };
  SlotType slot_type(TypeExprId type, Context& context);
  void unknown_kind(const ast::QualifiedName& name, const Context& context);
  void unknown_enum(const ast::QualifiedName& name);
  std::optional<Dimension> dimension_of(TypeExprId type, Context& context);
  std::optional<Dimension> named_dimension(const ast::NamedType& type, const Context& context) const;
  bool fits(TypeId value, TypeId slot) const;
  TypeId common_type(TypeId a, TypeId b);
  TypeId declared(TypeId type);                  // without what refines it
  TypeId refine(TypeId record, std::span<const uint32_t> path, TypeId value);
  bool expect_type(ExprId expr, TypeId actual, TypeId wanted, Span because, const std::string& because_text);
  void disagree(ExprId first, TypeId first_type, ExprId second, TypeId second_type, std::optional<TypeId> expected, const std::string& what);

  // --- declarations (check_decl.cpp) ---
  void declare_enums_and_kinds();
  void declare_kind(KindId kind);
  void declare_fields(KindId kind, Context& context);
  void declare_field(KindId kind, const ast::FieldDecl& field, Context& context);
  void declare_method(KindId kind, const ast::Function& function, Context& context);
  void declare_enum(EnumId id);
  FunctionId declare_function(const ast::Function& function, FileId file, std::optional<KindId> owner);
  void check_bodies();
  void check_kind_body(KindId kind);
  void check_enum_body(EnumId id);
  void check_function_body(FunctionId id, FileId file);
  void check_function_cycles();
  void check_expect(const ast::Expect& expect, Context& context);

  // --- braces (check_brace.cpp) ---
  TypeId check_brace(TypeId base, std::span<const ast::Assign> assigns, Context& context, std::vector<Binding>& out);
  std::optional<Binding> resolve_path(TypeId base, const ast::Assign& assign, TypeId& slot, const std::string& otherwise = {});
  void check_paths(std::span<const ast::Assign> assigns);
  std::optional<uint32_t> field_slot(TypeId base, std::string_view name, TypeId& type) const;
  void unknown_field(TypeId base, const ast::Name& name, const std::string& otherwise = {});   // otherwise: the help if no field is like it
  std::vector<std::string> field_names(TypeId base) const;

  // --- expressions (check_expr.cpp, check_operator.cpp, check_call.cpp) ---
  TypeId check_expr(ExprId expr, Context& context, std::optional<TypeId> expected = {});
  TypeId check_slot(ExprId expr, Context& context, TypeId slot, Span because, const std::string& because_text);
  TypeId check_number(ExprId id, const ast::Number& number);
  TypeId check_text(const ast::Text& text, Context& context);
  TypeId check_name(ExprId id, const ast::NameRef& name, Context& context, std::optional<TypeId> expected);
  std::optional<Offer> look_up(const Context& context, std::string_view name);
  std::optional<Offer> look_up_global(FileId file, std::string_view name);
  TypeId check_self_field(ExprId id, const ast::SelfField& field, Context& context);
  TypeId no_function(ExprId id, const ast::Name& name, TypeId result);
  TypeId check_field(ExprId id, const ast::Field& field, Context& context);
  TypeId check_member(ExprId id, ExprId base, TypeId base_type, const ast::Name& name);
  TypeId check_index(const ast::Index& index, Context& context);
  TypeId check_amend(ExprId id, const ast::Amend& amend, Context& context);
  TypeId check_if(const ast::If& node, Context& context, std::optional<TypeId> expected);
  TypeId check_match(Span span, const ast::Match& node, Context& context, std::optional<TypeId> expected);
  TypeId check_list(const ast::List& list, Context& context, std::optional<TypeId> expected);
  TypeId check_range(const ast::Range& range, Context& context);
  TypeId check_comprehension(const ast::Comprehension& node, Context& context, std::optional<TypeId> expected);
  TypeId check_labelled_choice(const ast::LabelledChoice& node, Context& context);
  TypeId check_list_choice(const ast::ListChoice& node, Context& context);
  TypeId check_data(ExprId id, const ast::Data& data, Context& context);
  void check_data_files();
  TypeId element_of(ExprId list, TypeId type);

  TypeId check_unary(const ast::Unary& node, Context& context);
  TypeId check_binary(ExprId id, const ast::Binary& node, Context& context, std::optional<TypeId> expected);
  TypeId check_scaled_list(ExprId id, const ast::Binary& node, TypeId left, TypeId right);
  std::optional<Measure> combine(const ast::Binary& node, const Measure& left);
  std::optional<Rational> literal_exponent(ExprId expr);
  TypeId check_arithmetic(const ast::Binary& node, TypeId left, TypeId right);
  TypeId check_power(const ast::Binary& node, TypeId left, TypeId right);
  TypeId check_comparison(const ast::Binary& node, Context& context);
  TypeId check_equality(const ast::Binary& node, Context& context);
  void lint_reading(const ast::Binary& node);
  void dimension_mismatch(std::string_view verb, const ast::Binary& node, const Dimension& left, const Dimension& right);
  std::optional<std::string> missing_factor(const Dimension& have, const Dimension& want, const std::string& what = "it") const;
  std::optional<std::string> turned_round(ExprId expr, const Dimension& want) const;

  TypeId check_call(ExprId id, const ast::Call& call, Context& context, std::optional<TypeId> expected);
  TypeId check_function_call(ExprId id, const ast::Call& call, FunctionId function, Context& context);
  TypeId check_builtin(ExprId id, const ast::Call& call, Builtin builtin, Context& context, std::optional<TypeId> expected);
  TypeId check_reduction(const ast::Call& call, Builtin builtin, Context& context);
  TypeId check_scalar_builtin(const ast::Call& call, Builtin builtin, Context& context);
  bool arity(ExprId id, const ast::Call& call, std::string_view name, size_t least, size_t most, std::vector<Label> labels = {});

  // --- studies (check_study.cpp) ---
  void check_study(DeclId decl, const ast::Study& study);
  struct Unsolved {
    const ast::Solve* solve;
    uint32_t begin;                  // of the expressions of its condition
    std::set<uint32_t> follows;      // the unknown, and the `let`s that use it
  };
  bool uses(uint32_t begin, ExprId end, const std::set<uint32_t>& locals) const;
  void check_condition(const Unsolved& unsolved, Context& context);
  void check_solve(const ast::Solve& solve, Context& context, StudyInfo& info);
  void check_sensitivity(const ast::Sensitivity& node, Context& context);
  std::optional<PathInfo> path_of(ExprId expr) const;
  void check_sweep(const ast::Sweep& sweep, Context& context, StudyInfo& info);
  void check_axis_names(std::span<const ast::Name> names, const StudyInfo& info, const Context& context);
  void check_goal(const ast::Goal& goal, Context& context);
  void check_summarise(const ast::Summarise& node, Context& context, StudyInfo& info);
  void check_show(const ast::Show& show, Context& context);
  void check_title(const ast::ShowItem& item, Context& context);
  void same_for_all_rows(ExprId value, std::string_view what, const Context& context);

  // --- pictures (check_plot.cpp) ---
  void check_plot(const ast::Plot& plot, const ast::Study& study, Context& context, StudyInfo& info);
  bool check_mark(const ast::Plot& mark, bool is_overlay);
  TypeId check_plotted(ExprId value, const ast::Study& study, Context& context, StudyInfo& info);
  void check_given(const ast::PlotArgument& argument, TypeId wanted, bool several, Context& context);
  TypeId need(ExprId expr, TypeId type, Type::Tag tag, std::string_view what);

  const Type& type(TypeId id) const { return program_.types[id]; }
  bool bad(TypeId id) const { return id == program_.types.error(); }
  TypeId error() const { return program_.types.error(); }
  void set_ref(ExprId id, Ref ref) { program_.ref_of[id.index] = std::move(ref); }
  std::string quoted(TypeId id) const { return "`" + program_.describe(id) + "`"; }
  Span span(ExprId id) const { return syntax_[id].span; }

  const Syntax& syntax_;
  const SourceMap& sources_;
  const ImportTargets& imports_;
  const DataFiles& data_;
  DiagSink& sink_;
  Program program_;
  std::map<std::pair<SourceId, std::string>, std::vector<Diagnostic>> unknown_;   // all uses of each
  size_t unknown_uses_ = 0;
  std::map<std::pair<FileId, std::string_view>, Span> study_names_;
  std::vector<Scope> scopes_;                    // by FileId
  std::map<uint32_t, KindId> kind_of_decl_;
  std::map<uint32_t, EnumId> enum_of_decl_;
  enum class Progress : uint8_t { untouched, active, done };
  std::vector<Progress> kind_progress_, global_progress_, unit_progress_;
  std::vector<FileId> function_files_;
  std::vector<DeclId> active_globals_;
  std::map<std::string_view, DeclId> unit_decls_, dimension_decls_, prefix_decls_;
  std::vector<std::pair<uint32_t, uint32_t>> call_edges_;   // function -> function, direct
  std::vector<Span> call_spans_;
  std::optional<FunctionId> in_function_;
  std::unordered_map<uint32_t, Measure> literals_;          // exact values of literals with all the units that follow, by ExprId
  std::set<uint32_t> units_only_;                           // expressions of unit names only, by ExprId
};

}  // namespace llmsys
