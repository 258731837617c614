// Kinds, enums, functions, expectations: first their shapes, then what stands in them.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {

namespace {

constexpr size_t max_members = 10'000;   // of a kind
constexpr size_t max_cases = 1'000;      // of an enum
constexpr size_t max_params = 100;       // of a function

}  // namespace

Checker::Checker(const Syntax& syntax, const SourceMap& sources, const ImportTargets& imports, const DataFiles& data, DiagSink& sink)
    : syntax_(syntax), sources_(sources), imports_(imports), data_(data), sink_(sink) {
  program_.syntax = &syntax;
  program_.sources = &sources;
  program_.type_of.assign(syntax.exprs(), program_.types.error());
  program_.ref_of.resize(syntax.exprs());
  global_progress_.assign(syntax.decls(), Progress::untouched);
}

Program check(const Syntax& syntax, const SourceMap& sources, const ImportTargets& imports, const DataFiles& data, DiagSink& sink) {
  return Checker(syntax, sources, imports, data, sink).run();
}

Program Checker::run() {
  size_t before = sink_.errors();
  // Names of units must be known before the first declaration is compared with them.
  for (uint32_t i = 0; i < syntax_.decls(); ++i) {
    match(
        syntax_[DeclId{i}].node, [&](const ast::Dimension& node) { dimension_decls_.try_emplace(node.name.text, DeclId{i}); },
        [&](const ast::Unit& node) { unit_decls_.try_emplace(node.name.text, DeclId{i}); },
        [&](const ast::PrefixSet& node) { prefix_decls_.try_emplace(node.name.text, DeclId{i}); }, [](const auto&) {});
  }
  scopes_.resize(syntax_.files());
  declare_dimensions();
  declare_units();
  collect();
  std::ranges::sort(program_.studies, {}, &StudyInfo::decl);
  declare_enums_and_kinds();
  check_bodies();
  check_data_files();
  add_unknowns();
  program_.ok = sink_.errors() == before;
  return std::move(program_);
}

void Checker::declare_enums_and_kinds() {
  for (uint32_t i = 0; i < program_.enums.size(); ++i) declare_enum({i});
  kind_progress_.assign(program_.kinds.size(), Progress::untouched);
  for (uint32_t i = 0; i < program_.kinds.size(); ++i) declare_kind({i});
  for (uint32_t i = 0; i < program_.functions.size(); ++i) {
    FunctionInfo& info = program_.functions[i];
    if (info.owner) continue;
    Context context{.file = function_files_[i]};
    for (size_t d = 0; d < info.dimensions.size(); ++d) context.dimensions.push_back({info.ast->dimensions[d].text, info.dimensions[d]});
    for (const ast::Param& param : info.ast->params) info.params.push_back(slot_type(param.type, context).type);
    info.result = slot_type(info.ast->result, context).type;
    if (!info.ast->body)
      sink_.add({Code::bad_placement, info.ast->name.span, "the function `" + std::string(info.ast->name.text) + "` has no body", "needs `= ...`"});
  }
}

FunctionId Checker::declare_function(const ast::Function& function, FileId file, std::optional<KindId> owner) {
  FunctionInfo info{.ast = &function, .owner = owner};
  if (std::max(function.params.size(), function.dimensions.size()) > max_params)
    sink_.add({Code::too_large, function.name.span, "a function of more than " + std::to_string(max_params) + " parameters", "too many"});
  for (size_t i = 0; i < function.dimensions.size(); ++i) info.dimensions.push_back(first_dimension_variable + static_cast<BaseDimension>(i));
  program_.functions.push_back(std::move(info));
  function_files_.push_back(file);
  return {static_cast<uint32_t>(program_.functions.size() - 1)};
}

void Checker::declare_enum(EnumId id) {
  DeclId decl = program_.enums[id.index].decl;
  const auto& node = std::get<ast::Enum>(syntax_[decl].node);
  Context context{.file = syntax_[decl].file};
  EnumInfo& info = program_.enums[id.index];
  std::map<std::string_view, Span> fields;
  for (const ast::FieldDecl& field : node.fields) {
    if (auto [other, is_new] = fields.try_emplace(field.name.text, field.name.span); !is_new)
      sink_.add({Code::duplicate_name, field.name.span, "the field `" + std::string(field.name.text) + "` is declared twice", "again here",
                 {{other->second, "first declared here"}}});
    SlotType slot = slot_type(field.type, context);
    info.fields.push_back({field.name, slot.type, slot.optional || field.value, &field});
  }
  std::map<std::string_view, Span> seen;
  for (const ast::Case& one : node.cases) {
    if (info.cases.size() == max_cases) {
      sink_.add({Code::too_large, one.name.span, "an enum of more than " + std::to_string(max_cases) + " cases", "one too many"});
      return;
    }
    if (auto [other, is_new] = seen.try_emplace(one.name.text, one.name.span); !is_new)
      sink_.add({Code::duplicate_name, one.name.span, "the case `" + std::string(one.name.text) + "` is declared twice", "again here",
                 {{other->second, "first declared here"}}});
    info.cases.push_back({one.name, {}, one.doc});
  }
}

void Checker::declare_kind(KindId id) {
  Progress& progress = kind_progress_[id.index];
  if (progress == Progress::done) return;
  DeclId decl = program_.kinds[id.index].decl;
  const auto& node = std::get<ast::Kind>(syntax_[decl].node);
  if (progress == Progress::active) {
    sink_.add({Code::cycle, node.name.span, "the kind `" + std::string(node.name.text) + "` is its own ancestor", "derives from itself"});
    return;
  }
  progress = Progress::active;
  Context context{.file = syntax_[decl].file, .self = id};
  if (node.parent) {
    auto found = find_type(*node.parent, context.file);
    auto* parent = found ? std::get_if<KindId>(&*found) : nullptr;
    if (!parent) {
      unknown_kind(*node.parent, context);
      program_.kinds[id.index].poisoned = true;
    } else {
      declare_kind(*parent);
      if (kind_progress_[parent->index] == Progress::done) {
        KindInfo& info = program_.kinds[id.index];
        info.parent = *parent;
        info.fields = program_[*parent].fields;
        info.methods = program_[*parent].methods;
        info.ignored = program_[*parent].ignored;
        info.poisoned = program_[*parent].poisoned;
      } else {
        program_.kinds[id.index].poisoned = true;
      }
    }
  }
  declare_fields(id, context);
  progress = Progress::done;
}

void Checker::declare_fields(KindId id, Context& context) {
  const auto& node = std::get<ast::Kind>(syntax_[program_.kinds[id.index].decl].node);
  for (const ast::Member& member : node.members) {
    const KindInfo& info = program_.kinds[id.index];
    if (info.fields.size() + info.methods.size() == max_members) {
      sink_.add({Code::too_large, info.name.span, "a kind of more than " + std::to_string(max_members) + " fields and functions", "too many"});
      return;
    }
    match(
        member, [&](const ast::FieldDecl& field) { declare_field(id, field, context); },
        [&](const ast::Function& function) { declare_method(id, function, context); },
        [&](const ast::Require& require) { program_.kinds[id.index].requires_.push_back(&require); },
        [&](const ast::Ignored& ignored) {
          for (const ast::PlainText& key : ignored.keys) program_.kinds[id.index].ignored.push_back(&key);
        },
        [](const ast::Assign&) {});
  }
}

void Checker::declare_field(KindId id, const ast::FieldDecl& field, Context& context) {
  SlotType slot = slot_type(field.type, context);
  KindInfo& info = program_.kinds[id.index];
  size_t inherited = info.parent ? program_[*info.parent].fields.size() : 0;
  auto same = [&](const auto& other) { return other.name.text == field.name.text; };
  if (std::any_of(info.methods.begin(), info.methods.end(), same)) {
    auto method = std::find_if(info.methods.begin(), info.methods.end(), same);
    sink_.add({Code::duplicate_name, field.name.span, "`" + std::string(field.name.text) + "` is already a function of this kind", "again here", {{method->name.span, "the function"}}});
    return;
  }
  auto place = std::find_if(info.fields.begin(), info.fields.end(), same);
  if (place == info.fields.end()) {
    check_shadows_unit(field.name, "field");
    info.fields.push_back({field.name, slot.type, slot.optional, &field});
  } else if (static_cast<size_t>(place - info.fields.begin()) >= inherited || place->decl == nullptr ||
             (place->name.span.source == field.name.span.source && syntax_[info.decl].span.begin <= place->name.span.begin &&
              place->name.span.end <= syntax_[info.decl].span.end)) {
    sink_.add({Code::duplicate_name, field.name.span, "the field `" + std::string(field.name.text) + "` is declared twice", "again here",
               {{place->name.span, "first declared here"}}});
  } else if (!fits(slot.type, place->type)) {
    sink_.add({Code::bad_override, field.name.span,
               "`" + std::string(field.name.text) + "` is a `" + program_.describe(place->type) + "` in the parent and can't become a `" + program_.describe(slot.type) + "`",
               "does not fit the parent's field",
               {{place->name.span, "the parent's field"}}});
  } else {
    *place = {field.name, slot.type, slot.optional, &field};
  }
}

void Checker::declare_method(KindId id, const ast::Function& function, Context& context) {
  FunctionId function_id = declare_function(function, context.file, id);
  FunctionInfo& info = program_.functions[function_id.index];
  Context inside = context;
  for (size_t d = 0; d < info.dimensions.size(); ++d) inside.dimensions.push_back({function.dimensions[d].text, info.dimensions[d]});
  for (const ast::Param& param : function.params) {
    TypeId type = slot_type(param.type, inside).type;
    program_.functions[function_id.index].params.push_back(type);
  }
  TypeId result = slot_type(function.result, inside).type;
  program_.functions[function_id.index].result = result;

  KindInfo& kind = program_.kinds[id.index];
  auto same = [&](const auto& other) { return other.name.text == function.name.text; };
  if (std::any_of(kind.fields.begin(), kind.fields.end(), same)) {
    auto field = std::find_if(kind.fields.begin(), kind.fields.end(), same);
    sink_.add({Code::duplicate_name, function.name.span, "`" + std::string(function.name.text) + "` is already a field of this kind", "again here", {{field->name.span, "the field"}}});
    return;
  }
  auto place = std::find_if(kind.methods.begin(), kind.methods.end(), same);
  if (place == kind.methods.end()) {
    kind.methods.push_back({function.name, function_id});
    return;
  }
  const FunctionInfo& old = program_[place->function];
  const FunctionInfo& now = program_.functions[function_id.index];
  if (old.owner == id) {
    sink_.add({Code::duplicate_name, function.name.span, "the function `" + std::string(function.name.text) + "` is declared twice", "again here",
               {{place->name.span, "first declared here"}}});
  } else if (now.params != old.params || now.dimensions.size() != old.dimensions.size() || !fits(now.result, old.result)) {
    sink_.add({Code::bad_override, function.name.span, "`" + std::string(function.name.text) + "` does not have the parameters and result of the parent's function",
               "does not fit", {{place->name.span, "the parent's function"}}});
  } else {
    *place = {function.name, function_id};
  }
}

void Checker::check_bodies() {
  for (uint32_t i = 0; i < program_.enums.size(); ++i) check_enum_body({i});
  for (uint32_t i = 0; i < program_.kinds.size(); ++i) check_kind_body({i});
  for (uint32_t i = 0; i < program_.functions.size(); ++i)
    if (!program_.functions[i].owner) check_function_body({i}, function_files_[i]);
  for (uint32_t i = 0; i < syntax_.decls(); ++i) {
    const ast::Decl& decl = syntax_[DeclId{i}];
    if (std::holds_alternative<ast::Instance>(decl.node) || std::holds_alternative<ast::Let>(decl.node)) type_of_global({i});
    if (auto* expect = std::get_if<ast::Expect>(&decl.node)) {
      Context context{.file = decl.file};
      check_expect(*expect, context);
    }
    if (auto* study = std::get_if<ast::Study>(&decl.node)) check_study({i}, *study);
    if (auto* prefixes = std::get_if<ast::PrefixSet>(&decl.node))
      for (const ast::Entry& entry : prefixes->entries)
        if (!measure(entry.value)) sink_.add({Code::wrong_type, span(entry.value), "a prefix is a number", "not a number"});
  }
  check_function_cycles();
}

void Checker::check_kind_body(KindId id) {
  DeclId decl = program_.kinds[id.index].decl;
  const auto& node = std::get<ast::Kind>(syntax_[decl].node);
  Context context{.file = syntax_[decl].file, .self = id};
  TypeId self = program_.types.record(id);
  std::vector<ast::Assign> assigns;
  for (const ast::Member& member : node.members) {
    if (auto* assign = std::get_if<ast::Assign>(&member)) {
      assigns.push_back(*assign);
      TypeId unused = error();   // a field without its type: one mistake, however often it is used
      if (!field_slot(self, assign->path[0].text, unused)) scopes_[context.file.index].broken.insert(assign->path[0].text);
    }
    if (auto* require = std::get_if<ast::Require>(&member)) {
      need(require->condition, check_expr(require->condition, context), Type::Tag::boolean, "a requirement");
      if (require->message) check_expr(*require->message, context);
    }
  }
  check_paths(assigns);
  std::vector<Binding> bindings;
  for (const ast::Member& member : node.members) {
    if (auto* field = std::get_if<ast::FieldDecl>(&member); field && field->value) {
      TypeId type;
      auto slot = field_slot(self, field->name.text, type);
      if (!slot || program_.kinds[id.index].fields[*slot].decl != field) {
        check_expr(*field->value, context);
        continue;
      }
      check_slot(*field->value, context, type, field->name.span, "declared here");
      bindings.push_back({{*slot}, *field->value, field->source ? &*field->source : nullptr, field->name.span});
    }
    if (auto* assign = std::get_if<ast::Assign>(&member)) {
      TypeId slot;
      auto binding = resolve_path(self, *assign, slot, "a field of its own is declared with a type, as in `" + std::string(assign->path[0].text) + ": Real = ...`");
      if (!binding) {
        check_expr(assign->value, context, error());
        continue;
      }
      check_slot(assign->value, context, slot, assign->path.back().span, "this field is a " + quoted(slot));
      bindings.push_back(std::move(*binding));
    }
  }
  program_.kinds[id.index].bindings = std::move(bindings);
  for (const ast::Member& member : node.members)
    if (auto* function = std::get_if<ast::Function>(&member))
      for (uint32_t i = 0; i < program_.functions.size(); ++i)
        if (program_.functions[i].ast == function) check_function_body({i}, context.file);
}

void Checker::check_enum_body(EnumId id) {
  DeclId decl = program_.enums[id.index].decl;
  const auto& node = std::get<ast::Enum>(syntax_[decl].node);
  Context context{.file = syntax_[decl].file};
  for (const ast::FieldDecl& field : node.fields)
    if (field.value) {
      for (const FieldInfo& info : program_.enums[id.index].fields)
        if (info.decl == &field) check_slot(*field.value, context, info.type, field.name.span, "declared here");
    }
  for (size_t i = 0; i < node.cases.size(); ++i) {
    check_paths(node.cases[i].assigns);
    std::vector<Binding> bindings;
    std::set<uint32_t> given;
    for (const ast::Assign& assign : node.cases[i].assigns) {
      EnumInfo& info = program_.enums[id.index];
      auto field = std::find_if(info.fields.begin(), info.fields.end(), [&](const FieldInfo& one) { return one.name.text == assign.path[0].text; });
      if (field == info.fields.end() || assign.path.size() > 1) {
        std::vector<std::string> names;
        for (const FieldInfo& one : info.fields) names.emplace_back(one.name.text);
        Diagnostic diagnostic{Code::unknown_field, assign.path[0].span, "the enum `" + std::string(info.name.text) + "` has no field `" + std::string(assign.path[0].text) + "`", "no such field"};
        if (auto near = suggest(assign.path[0].text, names)) diagnostic.help = "did you mean `" + *near + "`?";
        sink_.add(std::move(diagnostic));
        continue;
      }
      uint32_t slot = static_cast<uint32_t>(field - info.fields.begin());
      check_slot(assign.value, context, field->type, assign.path[0].span, "this field is a " + quoted(field->type));
      bindings.push_back({{slot}, assign.value, assign.source ? &*assign.source : nullptr, assign.path[0].span});
      given.insert(slot);
    }
    std::string missing;
    const EnumInfo& info = program_.enums[id.index];
    for (uint32_t slot = 0; slot < info.fields.size(); ++slot)
      if (!given.contains(slot) && !info.fields[slot].optional)
        missing += (missing.empty() ? "`" : ", `") + std::string(info.fields[slot].name.text) + "` (" + program_.describe(info.fields[slot].type) + ")";
    if (!missing.empty() && i < program_.enums[id.index].cases.size())
      sink_.add({Code::missing_fields, node.cases[i].name.span, "the case `" + std::string(node.cases[i].name.text) + "` needs more fields", "missing " + missing});
    if (i < program_.enums[id.index].cases.size()) program_.enums[id.index].cases[i].bindings = std::move(bindings);
  }
}

void Checker::check_function_body(FunctionId id, FileId file) {
  const FunctionInfo info = program_.functions[id.index];
  if (!info.ast->body || info.params.size() > max_params) return;
  Context context{.file = file, .self = info.owner};
  program_.dimension_variables.clear();
  for (size_t i = 0; i < info.dimensions.size(); ++i) {
    context.dimensions.push_back({info.ast->dimensions[i].text, info.dimensions[i]});
    program_.dimension_variables.push_back(info.ast->dimensions[i].text);
  }
  for (size_t i = 0; i < info.params.size() && i < info.ast->params.size(); ++i) {
    const ast::Name& name = info.ast->params[i].name;
    check_shadows_unit(name, "parameter");
    for (const auto& other : context.locals)
      if (other.name.text == name.text)
        sink_.add({Code::duplicate_name, name.span, "the parameter `" + std::string(name.text) + "` is declared twice", "again here",
                   {{other.name.span, "first declared here"}}});
    context.locals.push_back({name, info.params[i]});
  }
  in_function_ = id;
  check_slot(*info.ast->body, context, info.result, syntax_[info.ast->result].span, "the result is declared here");
  in_function_.reset();
}

void Checker::check_function_cycles() {
  // A function that reaches itself by direct calls never ends: the language has no recursion.
  std::vector<std::vector<size_t>> edges_of(program_.functions.size());
  for (size_t i = 0; i < call_edges_.size(); ++i) edges_of[call_edges_[i].first].push_back(i);
  std::vector<Progress> progress(program_.functions.size(), Progress::untouched);
  std::vector<size_t> path;
  std::function<void(uint32_t)> visit = [&](uint32_t function) {
    progress[function] = Progress::active;
    for (size_t edge : edges_of[function]) {
      uint32_t callee = call_edges_[edge].second;
      if (progress[callee] == Progress::active) {
        Diagnostic cycle{Code::cycle, call_spans_[edge], "the function `" + std::string(program_.functions[callee].ast->name.text) + "` calls itself", "back to it here"};
        auto start = std::find_if(path.begin(), path.end(), [&](size_t step) { return call_edges_[step].first == callee; });
        for (; start != path.end(); ++start) cycle.labels.push_back({call_spans_[*start], "by way of this call"});
        cycle.notes.push_back("functions end because they can't reach themselves; a range and `sum` do what a loop would");
        sink_.add(std::move(cycle));
      } else if (progress[callee] == Progress::untouched) {
        path.push_back(edge);
        visit(callee);
        path.pop_back();
      }
    }
    progress[function] = Progress::done;
  };
  for (uint32_t i = 0; i < program_.functions.size(); ++i)
    if (progress[i] == Progress::untouched) visit(i);
}

void Checker::check_expect(const ast::Expect& expect, Context& context) {
  TypeId actual = check_expr(expect.actual, context);
  if (!expect.expected) {
    need(expect.actual, actual, Type::Tag::boolean, "an expectation without `~`");
    return;
  }
  TypeId expected = check_expr(*expect.expected, context);
  TypeId tolerance = check_expr(*expect.tolerance, context);
  if (bad(actual) || bad(expected)) return;
  need(expect.actual, actual, Type::Tag::quantity, "the left side of `~`");
  if (type(actual).tag != Type::Tag::quantity) return;
  if (!expect_type(*expect.expected, expected, declared(actual), span(expect.actual), "this is " + quoted(actual)) || bad(tolerance)) return;
  if (expect.relative) expect_type(*expect.tolerance, tolerance, program_.types.real(), {}, "");
  else expect_type(*expect.tolerance, tolerance, declared(actual), span(expect.actual), "this is " + quoted(actual));
}

}  // namespace llmsys
