// Braces: a new value with fields replaced.
#include <algorithm>
#include <map>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {

std::vector<std::string> Checker::field_names(TypeId base) const {
  std::vector<std::string> names;
  if (type(base).tag == Type::Tag::record) {
    for (const FieldInfo& field : program_[type(base).kind].fields) names.emplace_back(field.name.text);
    for (const MethodInfo& method : program_[type(base).kind].methods) names.emplace_back(method.name.text);
  } else if (type(base).tag == Type::Tag::per) {
    for (const auto& one : program_[type(base).enumeration].cases) names.emplace_back(one.name.text);
  } else if (type(base).tag == Type::Tag::enumeration) {
    for (const FieldInfo& field : program_[type(base).enumeration].fields) names.emplace_back(field.name.text);
  }
  return names;
}

std::optional<uint32_t> Checker::field_slot(TypeId base, std::string_view name, TypeId& slot) const {
  const Type& from = type(base);
  if (from.tag == Type::Tag::record) {
    const auto& fields = program_[from.kind].fields;
    for (uint32_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name.text != name) continue;
      slot = fields[i].type;
      for (const auto& [refined, narrower] : from.refined)
        if (refined == i) slot = narrower;
      return i;
    }
  } else if (from.tag == Type::Tag::per) {
    const auto& cases = program_[from.enumeration].cases;
    for (uint32_t i = 0; i < cases.size(); ++i)
      if (cases[i].name.text == name) {
        slot = from.element;
        return i;
      }
  }
  return {};
}

void Checker::unknown_field(TypeId base, const ast::Name& name, const std::string& otherwise) {
  if (bad(base)) return;
  const Type& from = type(base);
  if (from.tag == Type::Tag::per) return unknown_case(from.enumeration, name);
  if (from.tag == Type::Tag::record) {
    const KindInfo& kind = program_[from.kind];
    if (kind.poisoned) return;
    for (const MethodInfo& method : kind.methods)
      if (method.name.text == name.text) {
        std::string of = quoted(base), text(name.text);
        sink_.add({Code::unknown_field, name.span, "`" + text + "` is a function of " + of + ", not a field", "no such field", {{method.name.span, "declared here"}}, {},
                   "a kind of your own can replace it: `kind my_kind : " + std::string(kind.name.text) + " { fn " + text + "(...) ... }`"});
        return;
      }
  }
  Diagnostic diagnostic{Code::unknown_field, name.span, quoted(base) + " has no field `" + std::string(name.text) + "`", "no such field"};
  if (enough()) return add_unknown(program_.describe(base) + "." + std::string(name.text), std::move(diagnostic));
  if (auto near = suggest(name.text, field_names(base))) {
    diagnostic.help = "did you mean `" + *near + "`?";
    diagnostic.fixes.push_back({name.span, *near});
  } else if (type(base).tag == Type::Tag::record) {
    std::string names;
    for (const std::string& one : field_names(base)) names += (names.empty() ? "" : ", ") + one;
    if (!names.empty() && names.size() < 100) diagnostic.notes.push_back("it has: " + names);
    if (!otherwise.empty()) diagnostic.help = otherwise;
  }
  add_unknown(program_.describe(base) + "." + std::string(name.text), std::move(diagnostic));
}

std::optional<Binding> Checker::resolve_path(TypeId base, const ast::Assign& assign, TypeId& slot, const std::string& otherwise) {
  Binding binding{.path = {}, .value = assign.value, .source = assign.source ? &*assign.source : nullptr,
                  .span = join(assign.path.front().span, assign.path.back().span)};
  TypeId here = base;
  for (const ast::Name& name : assign.path) {
    if (bad(here)) return {};
    TypeId next = error();
    auto index = field_slot(here, name.text, next);
    if (!index) {
      unknown_field(here, name, otherwise);
      return {};
    }
    binding.path.push_back(*index);
    here = next;
  }
  slot = here;
  return binding;
}

void Checker::check_paths(std::span<const ast::Assign> assigns) {
  using Path = std::vector<std::string_view>;
  std::map<Path, Span> given;
  for (const ast::Assign& assign : assigns) {
    Path path;
    std::optional<Span> around, same;
    for (const ast::Name& name : assign.path) {
      if (auto place = given.find(path); place != given.end()) around = place->second;
      path.push_back(name.text);
    }
    Span here = join(assign.path.front().span, assign.path.back().span);
    auto place = given.lower_bound(path);   // the path itself, or the first one inside of it
    if (place != given.end() && place->first == path) same = place->second;
    else if (place != given.end() && place->first.size() > path.size() && std::equal(path.begin(), path.end(), place->first.begin())) around = place->second;
    std::string name(sources_.text(here));
    if (same)
      sink_.add({Code::field_twice, here, "`" + name + "` is given twice", "again here", {{*same, "first given here"}}});
    else if (around)
      sink_.add({Code::path_prefix, here, "`" + std::string(sources_.text(*around)) + "` and `" + name + "` are given in one brace", "one lies inside of the other",
                 {{*around, "given here as well"}}, {}, "amend in a second brace: `Base { ... } { ... }`"});
    given.try_emplace(std::move(path), here);
  }
}

TypeId Checker::check_brace(TypeId base, std::span<const ast::Assign> assigns, Context& context, std::vector<Binding>& out) {
  check_paths(assigns);
  Context inside = context;
  inside.made = base;
  inside.element.reset();
  TypeId result = base;
  for (const ast::Assign& assign : assigns) {
    TypeId slot = error();
    auto binding = resolve_path(base, assign, slot);
    if (!binding) {
      check_expr(assign.value, inside, error());
      continue;
    }
    TypeId wanted = binding->path.size() == 1 && type(base).tag == Type::Tag::record ? program_[type(base).kind].fields[binding->path[0]].type : declared(slot);
    TypeId value = check_slot(assign.value, inside, wanted, assign.path.back().span, "this field is a " + quoted(wanted));
    if (!bad(value)) result = refine(result, binding->path, value);
    out.push_back(std::move(*binding));
  }
  return result;
}

}  // namespace llmsys
