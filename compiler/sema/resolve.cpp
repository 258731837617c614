// Which declaration a name means: scopes of files, imports, did-you-mean.
#include <algorithm>
#include <ranges>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {

namespace {

const ast::Name* declared_name(const ast::Decl& decl) {
  return match(
      decl.node, [](const ast::Import&) -> const ast::Name* { return nullptr; }, [](const ast::Expect&) -> const ast::Name* { return nullptr; },
      [](const ast::Broken&) -> const ast::Name* { return nullptr; },
      [](const auto& named) -> const ast::Name* { return &named.name; });
}

std::string_view stem(std::string_view path) {
  if (size_t slash = path.rfind('/'); slash != path.npos) path.remove_prefix(slash + 1);
  if (size_t dot = path.rfind('.'); dot != path.npos && dot > 0) path = path.substr(0, dot);
  return path;
}

}  // namespace

void Checker::collect() {
  scopes_.resize(syntax_.files());
  for (uint32_t file = 0; file < syntax_.files(); ++file) collect_file({file});
  for (uint32_t file = 0; file < syntax_.files(); ++file)
    for (DeclId decl : syntax_[FileId{file}].decls)
      if (auto* import = std::get_if<ast::Import>(&syntax_[decl].node)) import_names({file}, decl, *import);
}

void Checker::collect_file(FileId file) {
  for (DeclId decl : syntax_[file].decls) collect_decl(file, decl);
}

void Checker::collect_decl(FileId file, DeclId decl) {
  Scope& scope = scopes_[file.index];
  const ast::Decl& node = syntax_[decl];
  if (auto* broken = std::get_if<ast::Broken>(&node.node)) {
    for (const ast::Name& one : broken->names) scope.broken.insert(one.text);
    scope.incomplete |= broken->names_unclear;
  }
  const ast::Name* name = declared_name(node);
  if (!name) return;
  auto decl_of = [&](const auto& meaning) {
    if constexpr (std::is_same_v<std::decay_t<decltype(meaning)>, DeclId>) return meaning;
    else return match(meaning, [&](auto id) { return program_[id].decl; });
  };
  auto declare = [&](auto& table, auto value, std::string_view what) {
    auto [place, is_new] = table.try_emplace(name->text, value);
    if (is_new || place->second == value) return true;   // names of units and dimensions were taken down before
    sink_.add({Code::duplicate_name, name->span, "the " + std::string(what) + " `" + std::string(name->text) + "` is declared twice", "again here",
               {{declared_name(syntax_[decl_of(place->second)])->span, "first declared here"}}});
    return false;
  };
  auto value = [&] {
    if (declare(scope.values, decl, "name")) check_shadows_unit(*name, "name");
  };
  match(
      node.node,
      [&](const ast::Kind& kind) {
        KindId id{static_cast<uint32_t>(program_.kinds.size())};
        if (!declare(scope.types, std::variant<KindId, EnumId>(id), "type")) return;
        program_.kinds.push_back({.name = kind.name, .decl = decl});
        program_.kind_types.push_back(program_.types.record(id));
        kind_of_decl_[decl.index] = id;
      },
      [&](const ast::Enum& node_enum) {
        EnumId id{static_cast<uint32_t>(program_.enums.size())};
        if (!declare(scope.types, std::variant<KindId, EnumId>(id), "type")) return;
        program_.enums.push_back({.name = node_enum.name, .decl = decl});
        enum_of_decl_[decl.index] = id;
      },
      [&](const ast::Dimension&) { declare(dimension_decls_, decl, "dimension"); },
      [&](const ast::Unit&) { declare(unit_decls_, decl, "unit"); },
      [&](const ast::PrefixSet&) { declare(prefix_decls_, decl, "set of prefixes"); },
      [&](const ast::Instance&) { value(); }, [&](const ast::Let&) { value(); },
      [&](const ast::Function& function) {
        value();
        program_.function_ids[decl.index] = declare_function(function, file, {});
      },
      [&](const ast::Study&) {
        if (auto [other, is_new] = study_names_.try_emplace({file, name->text}, name->span); !is_new)
          sink_.add({Code::duplicate_name, name->span, "the study `" + std::string(name->text) + "` is declared twice", "again here", {{other->second, "first declared here"}}});
        program_.studies.push_back({.decl = decl});
      },
      [](const ast::Broken&) {}, [](const ast::Import&) {}, [](const ast::Expect&) {});
}

void Checker::import_names(FileId file, DeclId decl, const ast::Import& import) {
  Scope& scope = scopes_[file.index];
  std::string_view module = import.alias ? import.alias->text : stem(import.path.text);
  // The stem lives in the import path's own text, so the view stays valid as long as the syntax.
  auto target = imports_.find(decl.index);
  if (target == imports_.end()) {
    scope.incomplete = true;
    scope.broken.insert(module);
    for (const ast::Name& name : import.names) scope.broken.insert(name.text);
    return;
  }
  auto [known, is_new] = scope.modules.try_emplace(module, target->second);
  if (!is_new && known->second != target->second)
    sink_.add({Code::duplicate_name, import.alias ? import.alias->span : import.path.span, "two imports are called `" + std::string(module) + "`", "the second", {}, {},
               "give one another name: `import ... as other_name`"});
  scope.open.push_back(target->second);
  const Scope& other = scopes_[target->second.index];
  for (const ast::Name& name : import.names) {
    auto twice = [&](Span first) {
      sink_.add({Code::duplicate_name, name.span, "the name `" + std::string(name.text) + "` is declared twice", "again here", {{first, "first declared here"}}, {},
                 "leave it out, and write `" + std::string(module) + "." + std::string(name.text) + "`"});
    };
    if (auto own = scope.values.find(name.text); own != scope.values.end()) twice(declared_name(syntax_[own->second])->span);
    auto before = scope.imported.find(name.text);
    std::set<FileId> seen;
    if (auto first = before == scope.imported.end() ? std::nullopt : find_value(file, name.text, seen); first && before->second.first != target->second) {
      twice(declared_name(syntax_[*first])->span);
      continue;
    }
    if (other.broken.contains(name.text)) scope.broken.insert(name.text);
    else if (other.types.contains(name.text)) scope.types.try_emplace(name.text, other.types.at(name.text));
    else if (other.values.contains(name.text) || other.imported.contains(name.text)) {
      scope.imported[name.text] = {target->second, name.text};
    } else {
      std::vector<std::string> candidates;
      for (const auto& [key, unused] : other.values) candidates.emplace_back(key);
      for (const auto& [key, unused] : other.types) candidates.emplace_back(key);
      Diagnostic diagnostic{Code::unknown_name, name.span, "`" + import.path.text + "` has no `" + std::string(name.text) + "`", "not declared there"};
      if (auto near = suggest(name.text, candidates)) {
        diagnostic.help = "did you mean `" + *near + "`?";
        diagnostic.fixes.push_back({name.span, *near});
        for (const auto& [key, unused] : other.values)   // it is meant, most likely: its uses are no mistakes
          if (key == *near) scope.broken.insert(key);
        for (const auto& [key, unused] : other.types)
          if (key == *near) scope.broken.insert(key);
      }
      sink_.add(std::move(diagnostic));
      scope.broken.insert(name.text);
    }
  }
}

std::optional<DeclId> Checker::find_value(FileId file, std::string_view name, std::set<FileId>& seen) const {
  if (!seen.insert(file).second) return {};
  const Scope& scope = scopes_[file.index];
  if (auto own = scope.values.find(name); own != scope.values.end()) return own->second;
  if (auto other = scope.imported.find(name); other != scope.imported.end()) return find_value(other->second.first, other->second.second, seen);
  return {};
}

std::optional<Checker::Offer> Checker::look_up_global(FileId file, std::string_view name) {
  std::set<FileId> seen;
  auto decl = find_value(file, name, seen);
  if (!decl) return {};
  Span span = declared_name(syntax_[*decl])->span;
  if (auto function = program_.function_ids.find(decl->index); function != program_.function_ids.end())
    return Offer{FunctionRef{function->second}, program_.types.nothing(), span};
  return Offer{GlobalRef{*decl}, type_of_global(*decl), span};
}

bool Checker::is_broken(FileId file, std::string_view name) const {
  const Scope& scope = scopes_[file.index];
  return scope.incomplete || scope.broken.contains(name);
}

void Checker::add_unknown(std::string_view what, Diagnostic diagnostic) {
  ++unknown_uses_;
  unknown_[{diagnostic.span.source, std::string(what)}].push_back(std::move(diagnostic));
}

/// A name that is not known is one mistake, however often it is used.
void Checker::add_unknowns() {
  constexpr size_t most_lines = 5;
  std::vector<Diagnostic> all;
  for (auto& [what, uses] : unknown_) {
    std::ranges::stable_sort(uses, {}, [](const Diagnostic& use) { return use.span.begin; });
    Diagnostic& first = uses.front();
    std::set<uint32_t> lines;
    for (const Diagnostic& use : uses) lines.insert(sources_.position(use.span.source, use.span.begin).line);
    lines.erase(sources_.position(first.span.source, first.span.begin).line);
    std::string again;
    for (uint32_t line : lines | std::views::take(most_lines)) again += (again.empty() ? "" : ", ") + std::to_string(line);
    if (lines.size() > most_lines) again += " and " + std::to_string(lines.size() - most_lines) + " more";
    if (!lines.empty()) first.notes.push_back(std::string("used again on ") + (lines.size() == 1 ? "line " : "lines ") + again);
    all.push_back(std::move(first));
  }
  std::ranges::sort(all, {}, &Diagnostic::span);
  for (Diagnostic& diagnostic : all) sink_.add(std::move(diagnostic));
}

std::optional<std::variant<KindId, EnumId>> Checker::find_type(const ast::QualifiedName& name, FileId file) {
  const Scope* scope = &scopes_[file.index];
  auto in = [](const Scope& where, std::string_view text) -> std::optional<std::variant<KindId, EnumId>> {
    auto place = where.types.find(text);
    if (place == where.types.end()) return {};
    return place->second;
  };
  if (name.parts.size() == 2) {
    auto module = scope->modules.find(name.parts[0].text);
    if (module == scope->modules.end()) return {};
    return in(scopes_[module->second.index], name.parts[1].text);
  }
  if (name.parts.size() != 1) return {};
  if (auto own = in(*scope, name.parts[0].text)) return own;
  std::optional<std::variant<KindId, EnumId>> found;
  FileId first{};
  for (FileId open : scope->open) {
    auto offer = in(scopes_[open.index], name.parts[0].text);
    if (!offer || found == offer) continue;
    if (found) {
      auto qualified = [&](FileId from) {
        auto module = std::find_if(scope->modules.begin(), scope->modules.end(), [&](const auto& one) { return one.second == from; });
        return "`" + std::string(module->first) + "." + std::string(name.parts[0].text) + "`";
      };
      sink_.add({Code::ambiguous_name, name.span, "`" + std::string(name.parts[0].text) + "` is offered by two imports", "could be either",
                 {}, {}, "write " + qualified(first) + " or " + qualified(open)});
      return found;
    }
    found = offer;
    first = open;
  }
  return found;
}

std::vector<std::string> Checker::value_names(const Context& context) const {
  std::vector<std::string> names;
  if (enough()) return names;
  for (const auto& local : context.locals) names.emplace_back(local.name.text);
  if (context.self) {
    for (const FieldInfo& field : program_[*context.self].fields) names.emplace_back(field.name.text);
    for (const MethodInfo& method : program_[*context.self].methods) names.emplace_back(method.name.text);
  }
  const Scope& scope = scopes_[context.file.index];
  for (const auto& [name, unused] : scope.values) names.emplace_back(name);
  for (const auto& [name, unused] : scope.imported) names.emplace_back(name);
  for (const auto& [name, unused] : scope.modules) names.emplace_back(name);
  for (const auto& [name, unused] : scope.types) names.emplace_back(name);
  for (FileId open : scope.open)
    for (const auto& [name, unused] : scopes_[open.index].types) names.emplace_back(name);
  return names;
}

/// A value of a module, or a case of an enum, that is visible by a longer name.
std::optional<Checker::QualifiedSuggestion> Checker::qualified_name(FileId file, std::string_view name) const {
  const Scope& scope = scopes_[file.index];
  for (const auto& [module, from] : scope.modules)
    if (scopes_[from.index].values.contains(name)) {
      std::string text = std::string(module) + "." + std::string(name);
      return {{text, "`" + std::string(module) + "` has it: write `" + text + "`, or name it in the import"}};
    }
  std::vector<FileId> visible = {file};
  visible.insert(visible.end(), scope.open.begin(), scope.open.end());
  for (FileId from : visible)
    for (const auto& [type, what] : scopes_[from.index].types)
      if (auto* id = std::get_if<EnumId>(&what))
        for (const auto& one : program_[*id].cases)
          if (one.name.text == name) {
            std::string text = std::string(type) + "." + std::string(name);
            return {{text, "it is a case of `" + std::string(type) + "`: write `" + text + "`"}};
          }
  return {};
}

void Checker::unknown_name(const Context& context, const ast::Name& name) {
  if (context.self && program_[*context.self].poisoned) return;   // perhaps a field of the parent that is not known
  Diagnostic diagnostic{Code::unknown_name, name.span, "nothing here is called `" + std::string(name.text) + "`", "not known here"};
  if (enough()) return add_unknown(name.text, std::move(diagnostic));
  for (const Context::Local& local : context.locals)
    if (local.name.text == name.text && !local.visible)
      diagnostic = {Code::unknown_name, name.span, "`" + std::string(name.text) + "` has no single value after `summarise`", "folded away", {{local.name.span, "declared here"}}};
  TypeId slot = error();
  if (context.made && field_slot(*context.made, name.text, slot)) {
    diagnostic.help = "`." + std::string(name.text) + "` is the field of the value being made";
    diagnostic.fixes.push_back({name.span, "." + std::string(name.text)});
  } else if (auto qualified = qualified_name(context.file, name.text)) {
    diagnostic.help = qualified->help;
    diagnostic.fixes.push_back({name.span, qualified->text});
  } else if (auto near = suggest(name.text, value_names(context))) {
    diagnostic.help = "did you mean `" + *near + "`?";
    diagnostic.fixes.push_back({name.span, *near});
  }
  add_unknown(name.text, std::move(diagnostic));
}

void Checker::unknown_case(EnumId id, const ast::Name& name) {
  const EnumInfo& info = program_[id];
  std::vector<std::string> names;
  std::string all;
  for (const auto& one : info.cases) {
    names.emplace_back(one.name.text);
    all += (all.empty() ? "`" : ", `") + names.back() + "`";
  }
  Diagnostic diagnostic{Code::unknown_name, name.span, "`" + std::string(info.name.text) + "` has no case `" + std::string(name.text) + "`", "not a case", {}, {"it has: " + all}};
  if (auto near = suggest(name.text, names)) {
    diagnostic.help = "did you mean `" + *near + "`?";
    diagnostic.fixes.push_back({name.span, *near});
  }
  sink_.add(std::move(diagnostic));
}

void Checker::check_shadows_unit(const ast::Name& name, std::string_view what) {
  auto unit = program_.units.find(name.text);
  if (!unit) return;
  sink_.add({Code::shadows_unit, name.span, "the " + std::string(what) + " `" + std::string(name.text) + "` is also a unit",
             "hides the unit",
             {{unit->unit->name.span, "the unit is declared here"}},
             {},
             "rename it, for example to `" + std::string(name.text) + "_value`",
             {{name.span, std::string(name.text) + "_value"}}});
}

TypeId Checker::type_of_global(DeclId decl) {
  Progress& progress = global_progress_[decl.index];
  TypeId& type = program_.global_types[decl.index];
  if (progress == Progress::done) return type;
  const ast::Decl& node = syntax_[decl];
  if (auto* let = std::get_if<ast::Let>(&node.node)) {
    if (progress == Progress::active) {
      Diagnostic cycle{Code::cycle, let->name.span, "`" + std::string(let->name.text) + "` is defined by itself", "needs its own value"};
      for (DeclId other : active_globals_)
        if (other != decl) cycle.labels.push_back({syntax_[other].span, "by way of this"});
      sink_.add(std::move(cycle));
      return type = error();
    }
    progress = Progress::active;
    active_globals_.push_back(decl);
    Context context{.file = node.file};
    TypeId checked = check_expr(let->value, context);
    active_globals_.pop_back();
    TypeId& place = program_.global_types[decl.index];
    if (!bad(place) || progress == Progress::active) place = checked;
    progress = Progress::done;
    return program_.global_types[decl.index];
  }
  const auto& instance = std::get<ast::Instance>(node.node);
  if (progress == Progress::active) return type;
  progress = Progress::active;
  const size_t before = mistakes();
  auto found = find_type(instance.kind, node.file);
  auto* kind = found ? std::get_if<KindId>(&*found) : nullptr;
  const bool ambiguous = mistakes() > before;   // then its fields tell nothing
  if (!kind || ambiguous) {
    if (!ambiguous) unknown_kind(instance.kind, Context{.file = node.file});
    type = error();
    progress = Progress::done;
    return type;
  }
  type = program_.types.record(*kind);
  program_.instance_kinds[decl.index] = *kind;
  Context context{.file = node.file};
  std::vector<Binding> bindings;
  TypeId made = check_brace(type, instance.assigns, context, bindings);
  program_.instance_braces[decl.index] = std::move(bindings);
  if (!instance.settings.empty()) {
    std::vector<Binding> settings;
    made = check_brace(made, instance.settings, context, settings);
    program_.instance_settings[decl.index] = std::move(settings);
  }
  progress = Progress::done;
  return program_.global_types[decl.index] = made;
}

}  // namespace llmsys
