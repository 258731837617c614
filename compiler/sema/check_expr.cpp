// Expressions: one function for each construct.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {

namespace {

const std::map<std::string_view, Builtin>& builtins() {
  static const std::map<std::string_view, Builtin> table = {
      {"sum", Builtin::sum}, {"product", Builtin::product}, {"min", Builtin::min}, {"max", Builtin::max}, {"count", Builtin::count},
      {"any", Builtin::any}, {"all", Builtin::all}, {"mean", Builtin::mean}, {"length", Builtin::length}, {"repeat", Builtin::repeat},
      {"lookup", Builtin::lookup}, {"divisors", Builtin::divisors}, {"choose", Builtin::choose}, {"ceil", Builtin::ceil}, {"floor", Builtin::floor},
      {"round", Builtin::round}, {"abs", Builtin::abs}, {"sqrt", Builtin::sqrt}, {"exp", Builtin::exp}, {"ln", Builtin::ln}, {"log2", Builtin::log2},
      {"log10", Builtin::log10}, {"interpolate", Builtin::interpolate}, {"logspace", Builtin::logspace}, {"letters", Builtin::letters}, {"source", Builtin::source}};
  return table;
}

}  // namespace

TypeId Checker::need(ExprId expr, TypeId actual, Type::Tag tag, std::string_view what) {
  if (bad(actual) || type(actual).tag == tag || type(actual).tag == Type::Tag::nothing) return actual;
  std::string wanted = tag == Type::Tag::boolean ? "a Bool" : tag == Type::Tag::quantity ? "a quantity" : tag == Type::Tag::list ? "a list"
                     : tag == Type::Tag::text ? "a Text" : tag == Type::Tag::record ? "a value of a kind" : "another type";
  sink_.add({Code::wrong_type, span(expr), std::string(what) + " must be " + wanted + ", found " + quoted(actual), "this is " + quoted(actual)});
  return error();
}

TypeId Checker::check_slot(ExprId expr, Context& context, TypeId slot, Span because, const std::string& because_text) {
  TypeId actual = check_expr(expr, context, slot);
  return expect_type(expr, actual, slot, because, because_text) ? actual : error();
}

TypeId Checker::check_expr(ExprId id, Context& context, std::optional<TypeId> expected) {
  const ast::Expr& expr = syntax_[id];
  TypeId result = match(
      expr.node, [&](const ast::Number& node) { return check_number(id, node); }, [&](const ast::Bool&) { return program_.types.boolean(); },
      [&](const ast::Text& node) { return check_text(node, context); }, [&](const ast::NameRef& node) { return check_name(id, node, context, expected); },
      [&](const ast::SelfField& node) { return no_function(id, node.name, check_self_field(id, node, context)); }, [&](const ast::Field& node) { return no_function(id, node.name, check_field(id, node, context)); },
      [&](const ast::Index& node) { return check_index(node, context); }, [&](const ast::Call& node) { return check_call(id, node, context, expected); },
      [&](const ast::Amend& node) { return check_amend(id, node, context); }, [&](const ast::Unary& node) { return check_unary(node, context); },
      [&](const ast::Binary& node) { return check_binary(id, node, context, expected); }, [&](const ast::If& node) { return check_if(node, context, expected); },
      [&](const ast::Match& node) { return check_match(expr.span, node, context, expected); },
      [&](const ast::List& node) { return check_list(node, context, expected); }, [&](const ast::Range& node) { return check_range(node, context); },
      [&](const ast::Comprehension& node) { return check_comprehension(node, context, expected); },
      [&](const ast::LabelledChoice& node) { return check_labelled_choice(node, context); },
      [&](const ast::ListChoice& node) { return check_list_choice(node, context); },
      [&](const ast::Absent& node) {
        check_expr(node.reason, context);
        return program_.types.nothing();
      },
      [&](const ast::Data& node) { return check_data(id, node, context); }, [&](const ast::Bad&) { return error(); });
  return program_.type_of[id.index] = result;
}

TypeId Checker::check_number(ExprId id, const ast::Number& number) {
  auto value = number_measure(number, true);
  if (!value) return error();
  record_constant(id, *value);
  literals_[id.index] = *value;
  return program_.type_of[id.index];
}

TypeId Checker::check_text(const ast::Text& text, Context& context) {
  for (const ast::Piece& piece : text.pieces) {
    if (!piece.value) continue;
    TypeId value = check_expr(*piece.value, context);
    if (piece.unit) check_display_unit(*piece.unit, value, span(*piece.value));
  }
  return program_.types.text();
}

std::optional<Checker::Offer> Checker::look_up(const Context& context, std::string_view name) {
  for (size_t i = context.locals.size(); i-- > 0;)
    if (context.locals[i].name.text == name && context.locals[i].visible)
      return Offer{LocalRef{static_cast<uint32_t>(i)}, context.locals[i].type, context.locals[i].name.span};
  if (context.self) {
    TypeId slot = error();
    if (auto index = field_slot(program_.types.record(*context.self), name, slot))
      return Offer{OwnField{*index}, slot, program_[*context.self].fields[*index].name.span};
    const auto& methods = program_[*context.self].methods;
    for (uint32_t i = 0; i < methods.size(); ++i)
      if (methods[i].name.text == name) return Offer{OwnMethod{i}, program_.types.nothing(), methods[i].name.span};
  }
  if (auto global = look_up_global(context.file, name)) return global;
  const Scope& scope = scopes_[context.file.index];
  if (auto module = scope.modules.find(name); module != scope.modules.end()) return Offer{ModuleRef{module->second}, program_.types.nothing(), {}};
  ast::QualifiedName qualified{{ast::Name{name, {}}}, {}};
  if (auto what = find_type(qualified, context.file)) {
    if (auto* kind = std::get_if<KindId>(&*what)) return Offer{KindRef{*kind}, program_.types.record(*kind), program_[*kind].name.span};
    EnumId enum_id = std::get<EnumId>(*what);
    return Offer{EnumRef{enum_id}, program_.types.list(program_.types.enumeration(enum_id)), program_[enum_id].name.span};
  }
  return {};
}

TypeId Checker::check_name(ExprId id, const ast::NameRef& node, Context& context, std::optional<TypeId> expected) {
  std::string_view name = node.name.text;
  if (auto offer = look_up(context, name)) {
    set_ref(id, offer->ref);
    if (std::holds_alternative<ModuleRef>(offer->ref) || std::holds_alternative<FunctionRef>(offer->ref) || std::holds_alternative<OwnMethod>(offer->ref)) {
      std::string what = std::holds_alternative<ModuleRef>(offer->ref) ? "a module" : "a function";
      sink_.add({Code::wrong_type, node.name.span, "`" + std::string(name) + "` is " + what + ", not a value", what == "a module" ? "name something in it" : "call it with `(...)`"});
      return error();
    }
    return offer->type;
  }
  if (expected) {
    TypeId wanted = *expected;
    if (type(wanted).tag == Type::Tag::enumeration) {
      const EnumInfo& info = program_[type(wanted).enumeration];
      for (uint32_t i = 0; i < info.cases.size(); ++i)
        if (info.cases[i].name.text == name) {
          set_ref(id, CaseRef{type(wanted).enumeration, i});
          return wanted;
        }
    }
  }
  if (auto meaning = unit(node.name, false)) {
    record_constant(id, {meaning->scale, meaning->unit->dimension});
    units_only_.insert(id.index);
    return program_.type_of[id.index];
  }
  if (is_broken(context.file, name) || (expected && bad(*expected))) return error();   // perhaps a case of an enum that is not known
  if (expected && type(*expected).tag == Type::Tag::enumeration) {
    unknown_case(type(*expected).enumeration, node.name);
    return error();
  }
  if (builtins().contains(name)) {
    add_unknown(name, {Code::wrong_type, node.name.span, "`" + std::string(name) + "` is a function, not a value", "call it with `(...)`"});   // or a value is missing
    return error();
  }
  unknown_name(context, node.name);
  return error();
}

TypeId Checker::check_self_field(ExprId id, const ast::SelfField& node, Context& context) {
  if (context.element) {
    program_.element_locals[id.index] = *context.element;
    return check_member(id, id, context.locals[*context.element].type, node.name);
  }
  if (!context.made) {
    sink_.add({Code::bad_placement, span(id), "`." + std::string(node.name.text) + "` stands outside of a brace", "a field of nothing"});
    return error();
  }
  TypeId slot = error();
  auto index = field_slot(*context.made, node.name.text, slot);
  if (!index) {
    unknown_field(*context.made, node.name);
    return error();
  }
  set_ref(id, MadeField{*index});
  return slot;
}

/// Functions are called where they are named.
TypeId Checker::no_function(ExprId id, const ast::Name& name, TypeId result) {
  bool method = std::holds_alternative<MemberMethod>(program_.ref(id)), function = std::holds_alternative<FunctionRef>(program_.ref(id));
  if (!method && !function) return result;
  sink_.add({Code::wrong_type, name.span, "`" + std::string(name.text) + "` is a function, not a value", "call it with `(...)`"});
  return error();
}

TypeId Checker::check_field(ExprId id, const ast::Field& node, Context& context) {
  // `module.name`: the base is not a value.
  if (auto* name = std::get_if<ast::NameRef>(&syntax_[node.base].node)) {
    auto offer = look_up(context, name->name.text);
    if (offer && std::holds_alternative<ModuleRef>(offer->ref)) {
      FileId file = std::get<ModuleRef>(offer->ref).file;
      set_ref(node.base, offer->ref);
      if (auto inside = look_up_global(file, node.name.text); inside && !scopes_[file.index].imported.contains(node.name.text)) {
        set_ref(id, inside->ref);
        return inside->type;
      }
      if (auto found = scopes_[file.index].types.find(node.name.text); found != scopes_[file.index].types.end()) {
        if (auto* kind = std::get_if<KindId>(&found->second)) {
          set_ref(id, KindRef{*kind});
          return program_.types.record(*kind);
        }
        EnumId enum_id = std::get<EnumId>(found->second);
        set_ref(id, EnumRef{enum_id});
        return program_.types.list(program_.types.enumeration(enum_id));
      }
      if (is_broken(file, node.name.text)) return error();
      std::vector<std::string> names;
      for (const auto& [key, unused] : scopes_[file.index].values) names.emplace_back(key);
      for (const auto& [key, unused] : scopes_[file.index].types) names.emplace_back(key);
      Diagnostic diagnostic{Code::unknown_name, node.name.span, "`" + std::string(name->name.text) + "` has no `" + std::string(node.name.text) + "`", "not declared there"};
      if (auto near = suggest(node.name.text, names)) {
        diagnostic.help = "did you mean `" + *near + "`?";
        diagnostic.fixes.push_back({node.name.span, *near});
      }
      add_unknown(node.name.text, std::move(diagnostic));
      return error();
    }
  }
  TypeId base = check_expr(node.base, context);
  if (bad(base)) return error();
  if (auto* cases = std::get_if<EnumRef>(&program_.ref(node.base))) {
    EnumId enum_id = cases->enumeration;
    const EnumInfo& info = program_[enum_id];
    for (uint32_t i = 0; i < info.cases.size(); ++i)
      if (info.cases[i].name.text == node.name.text) {
        set_ref(id, CaseRef{enum_id, i});
        return program_.types.enumeration(enum_id);
      }
    unknown_case(enum_id, node.name);
    return error();
  }
  return check_member(id, node.base, base, node.name);
}

TypeId Checker::check_member(ExprId id, ExprId base, TypeId base_type, const ast::Name& name) {
  const Type from = type(base_type);
  if (from.tag == Type::Tag::error) return error();
  TypeId slot = error();
  if (auto index = field_slot(base_type, name.text, slot)) {
    set_ref(id, MemberField{*index});
    return slot;
  }
  if (from.tag == Type::Tag::record) {
    const auto& methods = program_[from.kind].methods;
    for (uint32_t i = 0; i < methods.size(); ++i)
      if (methods[i].name.text == name.text) {
        set_ref(id, MemberMethod{i});
        return program_.types.nothing();
      }
  }
  if (from.tag == Type::Tag::enumeration) {
    const auto& fields = program_[from.enumeration].fields;
    for (uint32_t i = 0; i < fields.size(); ++i)
      if (fields[i].name.text == name.text) {
        set_ref(id, CaseField{i});
        return fields[i].type;
      }
  }
  if (from.tag == Type::Tag::choice) {
    if (name.text == "label" && bad(from.element)) { set_ref(id, ChoicePart::label); return program_.types.text(); }
    if (name.text == "value") { set_ref(id, ChoicePart::value); return program_.types.quantity(from.dimension); }
    if (name.text == "item" && !bad(from.element)) { set_ref(id, ChoicePart::item); return from.element; }
  }
  if (from.tag == Type::Tag::record || from.tag == Type::Tag::per || from.tag == Type::Tag::enumeration) {
    unknown_field(base_type, name);
  } else if (from.tag == Type::Tag::choice) {
    sink_.add({Code::unknown_field, name.span, "a choice has no field `" + std::string(name.text) + "`", "no such field", {},
               {bad(from.element) ? "a choice between labels has: label, value" : "a choice from a list has: item, value"}});
  } else {
    sink_.add({Code::unknown_field, name.span, quoted(base_type) + " has no fields", "no such field",
               base == id ? std::vector<Label>{} : std::vector<Label>{{span(base), "this is " + quoted(base_type)}}});
  }
  return error();
}

TypeId Checker::check_index(const ast::Index& node, Context& context) {
  TypeId base = check_expr(node.base, context);
  if (bad(base)) {
    check_expr(node.index, context, error());
    return error();
  }
  if (type(base).tag == Type::Tag::per) {
    TypeId key = program_.types.enumeration(type(base).enumeration);
    check_slot(node.index, context, key, span(node.base), "this is " + quoted(base));
    return type(base).element;
  }
  if (type(base).tag != Type::Tag::list) {
    need(node.base, base, Type::Tag::list, "what stands before `[...]`");
    check_expr(node.index, context);
    return error();
  }
  TypeId place = check_expr(node.index, context);
  if (type(place).tag == Type::Tag::text) {
    sink_.add({Code::wrong_type, span(node.index), "a place in a list is a number from 0, found `Text`", "this is `Text`", {}, {},
               "a value is found by its name with `lookup(list, \"name\")`"});
  } else {
    expect_type(node.index, place, program_.types.real(), span(node.base), "places in this list count from 0");
  }
  return type(base).element;
}

TypeId Checker::check_amend(ExprId id, const ast::Amend& node, Context& context) {
  TypeId base = check_expr(node.base, context);
  if (!bad(base) && type(base).tag != Type::Tag::record && type(base).tag != Type::Tag::per) {
    need(node.base, base, Type::Tag::record, "what stands before `{...}`");
    base = error();
  }
  std::vector<Binding> bindings;
  TypeId result = check_brace(base, node.assigns, context, bindings);
  program_.braces[id.index] = std::move(bindings);
  return result;
}

TypeId Checker::check_if(const ast::If& node, Context& context, std::optional<TypeId> expected) {
  need(node.condition, check_expr(node.condition, context), Type::Tag::boolean, "the condition of `if`");
  TypeId yes = check_expr(node.yes, context, expected);
  TypeId no = check_expr(node.no, context, expected ? expected : std::optional(yes));
  if (bad(yes) || bad(no)) return error();
  TypeId result = common_type(yes, no);
  if (bad(result)) disagree(node.yes, yes, node.no, no, expected, "the other side");
  return result;
}

TypeId Checker::check_match(Span where, const ast::Match& node, Context& context, std::optional<TypeId> expected) {
  TypeId subject = check_expr(node.subject, context);
  bool is_enum = type(subject).tag == Type::Tag::enumeration;
  bool is_text = type(subject).tag == Type::Tag::text;
  if (!bad(subject) && !is_enum && !is_text) {
    sink_.add({Code::wrong_type, span(node.subject), "`match` looks at an enum or a Text, found " + quoted(subject), "this is " + quoted(subject)});
    subject = error();
  }
  std::set<std::string_view> seen;
  bool has_else = false;
  std::optional<TypeId> result;
  ExprId first{};
  for (const ast::MatchArm& arm : node.arms) {
    if (arm.cases.empty() && arm.texts.empty()) has_else = true;
    for (const ast::Name& one : arm.cases) {
      if (bad(subject)) continue;
      if (!is_enum) {
        sink_.add({Code::wrong_type, one.span, "a Text is matched by texts in quotes", "not a text"});
        continue;
      }
      const auto& cases = program_[type(subject).enumeration].cases;
      bool known = std::any_of(cases.begin(), cases.end(), [&](const auto& other) { return other.name.text == one.text; });
      if (!known) {
        unknown_case(type(subject).enumeration, one);
      } else if (!seen.insert(one.text).second) {
        sink_.add({Code::duplicate_name, one.span, "the case `" + std::string(one.text) + "` is matched twice", "again here"});
      }
    }
    for (const ast::PlainText& text : arm.texts)
      if (is_enum) sink_.add({Code::wrong_type, text.span, "an enum is matched by the names of its cases", "a text"});
    TypeId value = check_expr(arm.value, context, result ? result : expected);
    if (!result || bad(*result)) {
      result = value;
      first = arm.value;
    } else if (TypeId both = common_type(*result, value); bad(both) && !bad(value)) {
      disagree(first, *result, arm.value, value, expected, "the first arm");
    } else if (!bad(value)) {
      result = both;
    }
  }
  std::string missing;
  if (is_enum && !has_else)
    for (const auto& one : program_[type(subject).enumeration].cases)
      if (!seen.contains(one.name.text)) missing += (missing.empty() ? "`" : ", `") + std::string(one.name.text) + "`";
  bool any_unknown = false;
  if (is_enum)
    for (const ast::MatchArm& arm : node.arms)
      for (const ast::Name& one : arm.cases) any_unknown |= !seen.contains(one.text);
  if ((!missing.empty() && !any_unknown) || (is_text && !has_else)) {
    sink_.add({Code::not_exhaustive, Span{where.source, where.begin, where.begin + 5}, is_text ? "a `match` over a Text needs an `else`" : "this `match` misses " + missing,
               is_text ? "no `else` here" : "not every case is here", {{span(node.subject), "this is " + quoted(subject)}}, {}, "add the missing arms, or `else => ...`"});
  }
  return result.value_or(error());
}

TypeId Checker::check_list(const ast::List& node, Context& context, std::optional<TypeId> expected) {
  std::optional<TypeId> wanted;
  if (expected && type(*expected).tag == Type::Tag::list) wanted = type(*expected).element;
  if (expected && bad(*expected)) wanted = error();
  TypeId result = program_.types.nothing();
  ExprId first{};
  bool failed = false;
  for (ExprId element : node.elements) {
    TypeId one = check_expr(element, context, wanted ? wanted : type(result).tag == Type::Tag::nothing ? std::nullopt : std::optional(result));
    if (bad(one) || (wanted && !expect_type(element, one, *wanted, {}, ""))) {
      failed = true;
      continue;
    }
    TypeId both = common_type(result, one);
    if (bad(both)) {
      expect_type(element, one, declared(result), span(first), "the first element is " + quoted(result));
      failed = true;
    } else {
      if (type(result).tag == Type::Tag::nothing) first = element;
      result = both;
    }
  }
  return failed ? error() : program_.types.list(result);
}

TypeId Checker::check_range(const ast::Range& node, Context& context) {
  TypeId first = need(node.first, check_expr(node.first, context), Type::Tag::quantity, "the start of a range");
  TypeId last = need(node.last, check_expr(node.last, context), Type::Tag::quantity, "the end of a range");
  TypeId step = node.step ? need(*node.step, check_expr(*node.step, context), Type::Tag::quantity, "the step of a range") : first;
  if (bad(first) || bad(last) || bad(step)) return error();
  if (!expect_type(node.last, last, declared(first), span(node.first), "the start is " + quoted(first))) return error();
  if (node.step && !expect_type(*node.step, step, node.geometric ? program_.types.real() : declared(first), span(node.first), "the start is " + quoted(first))) return error();
  if (!node.step && !type(first).dimension.dimensionless()) {
    sink_.add({Code::wrong_type, span(node.first), "a range of " + quoted(first) + " needs a step", "no step given", {}, {}, "add `by ...`, or use logspace(first, last, count)"});
    return error();
  }
  return program_.types.list(declared(first));
}

TypeId Checker::element_of(ExprId list, TypeId list_type) {
  if (type(list_type).tag == Type::Tag::quantity) {
    sink_.add({Code::wrong_type, span(list), "what is gone through must be a list, found " + quoted(list_type), "this is " + quoted(list_type), {}, {},
               "a range is written `1..n`, a list of one `[" + std::string(sources_.text(span(list))) + "]`"});
    return error();
  }
  list_type = need(list, list_type, Type::Tag::list, "what is gone through");
  return bad(list_type) ? error() : type(list_type).element;
}

TypeId Checker::check_comprehension(const ast::Comprehension& node, Context& context, std::optional<TypeId> expected) {
  TypeId element = element_of(node.list, check_expr(node.list, context));
  size_t before = context.locals.size();
  if (node.index) {
    check_shadows_unit(*node.index, "variable");
    context.locals.push_back({*node.index, program_.types.real()});
  }
  check_shadows_unit(node.element, "variable");
  context.locals.push_back({node.element, element});
  if (node.condition) need(*node.condition, check_expr(*node.condition, context), Type::Tag::boolean, "the condition of a comprehension");
  std::optional<TypeId> wanted;
  if (expected && type(*expected).tag == Type::Tag::list) wanted = type(*expected).element;
  TypeId body = check_expr(node.body, context, wanted);
  context.locals.resize(before);
  return bad(body) ? error() : program_.types.list(body);
}

TypeId Checker::check_labelled_choice(const ast::LabelledChoice& node, Context& context) {
  std::optional<TypeId> first;
  ExprId first_expr{};
  for (const ast::Entry& entry : node.entries) {
    TypeId value = need(entry.value, check_expr(entry.value, context), Type::Tag::quantity, "an entry of a choice");
    if (bad(value)) continue;
    if (!first) {
      first = value;
      first_expr = entry.value;
    } else {
      expect_type(entry.value, value, declared(*first), span(first_expr), "the first entry is " + quoted(*first));
    }
  }
  if (!first) return error();
  return program_.types.intern({.tag = Type::Tag::choice, .dimension = type(*first).dimension, .element = error()});
}

TypeId Checker::check_list_choice(const ast::ListChoice& node, Context& context) {
  TypeId list = check_expr(node.list, context);
  TypeId element = element_of(node.list, list);
  TypeId key = element;
  if (node.key) {
    Context inside = context;
    inside.locals.push_back({ast::Name{"", {}}, element});
    inside.element = static_cast<uint32_t>(context.locals.size());
    key = bad(element) ? error() : check_expr(*node.key, inside);
  }
  key = need(node.key.value_or(node.list), key, Type::Tag::quantity, "what is compared");
  if (bad(element)) return error();
  if (node.op == ast::ChoiceOp::sort) return list;
  if (bad(key)) return error();
  return program_.types.intern({.tag = Type::Tag::choice, .dimension = type(key).dimension, .element = element});
}

TypeId Checker::check_call(ExprId id, const ast::Call& call, Context& context, std::optional<TypeId> expected) {
  auto check_arguments = [&] {
    for (ExprId argument : call.arguments) check_expr(argument, context, error());
    return error();
  };
  if (auto* name = std::get_if<ast::NameRef>(&syntax_[call.callee].node)) {
    auto offer = look_up(context, name->name.text);
    auto builtin = builtins().find(name->name.text);
    bool callable = offer && (std::holds_alternative<FunctionRef>(offer->ref) || std::holds_alternative<OwnMethod>(offer->ref));
    if (callable) {
      set_ref(call.callee, offer->ref);
      if (auto* own = std::get_if<OwnMethod>(&offer->ref)) return check_function_call(id, call, program_[*context.self].methods[own->slot].function, context);
      return check_function_call(id, call, std::get<FunctionRef>(offer->ref).function, context);
    }
    if (builtin != builtins().end()) {
      set_ref(call.callee, BuiltinRef{builtin->second});
      return check_builtin(id, call, builtin->second, context, expected);
    }
    if (!offer) {
      if (is_broken(context.file, name->name.text)) return check_arguments();
      std::vector<std::string> names = value_names(context);
      for (const auto& [key, unused] : builtins()) names.emplace_back(key);
      Diagnostic diagnostic{Code::unknown_name, name->name.span, "there is no function called `" + std::string(name->name.text) + "` here", "not known here"};
      if (auto near = suggest(name->name.text, names)) {
        diagnostic.help = "did you mean `" + *near + "`?";
        diagnostic.fixes.push_back({name->name.span, *near});
      }
      add_unknown(name->name.text, std::move(diagnostic));
      return check_arguments();
    }
  } else if (auto* field = std::get_if<ast::Field>(&syntax_[call.callee].node)) {
    size_t before = mistakes();
    TypeId callee = check_field(call.callee, *field, context);
    program_.type_of[call.callee.index] = callee;
    if (auto* method = std::get_if<MemberMethod>(&program_.ref(call.callee)))
      return check_function_call(id, call, program_[type(program_.type(field->base)).kind].methods[method->slot].function, context);
    if (auto* function = std::get_if<FunctionRef>(&program_.ref(call.callee))) return check_function_call(id, call, function->function, context);
    if (bad(callee) || mistakes() > before) return check_arguments();
  } else if (auto* of_element = std::get_if<ast::SelfField>(&syntax_[call.callee].node)) {
    TypeId callee = program_.type_of[call.callee.index] = check_self_field(call.callee, *of_element, context);
    if (auto* method = std::get_if<MemberMethod>(&program_.ref(call.callee)))
      return check_function_call(id, call, program_[type(context.locals[*context.element].type).kind].methods[method->slot].function, context);
    if (bad(callee)) return check_arguments();
  } else if (bad(check_expr(call.callee, context))) {
    return check_arguments();
  }
  TypeId callee = program_.type(call.callee);
  if (auto* name = std::get_if<ast::NameRef>(&syntax_[call.callee].node))
    if (auto offer = look_up(context, name->name.text)) callee = offer->type;
  bool value = !bad(callee) && type(callee).tag != Type::Tag::nothing;
  sink_.add({Code::wrong_arguments, span(call.callee), value ? "only functions are called, this is " + quoted(callee) : std::string("this is not a function"), "can't be called", {}, {},
             call.arguments.empty() ? std::optional<std::string>("write it without `()`") : std::nullopt});
  return check_arguments();
}

}  // namespace llmsys
