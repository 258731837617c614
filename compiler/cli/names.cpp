#include "compiler/cli/names.h"

#include <algorithm>
#include <set>

#include "compiler/syntax/words.h"

namespace llmsys {

namespace {

bool is_type(const ast::Decl& decl) { return std::holds_alternative<ast::Kind>(decl.node) || std::holds_alternative<ast::Enum>(decl.node); }
bool is_value(const ast::Decl& decl) {
  return std::holds_alternative<ast::Let>(decl.node) || std::holds_alternative<ast::Instance>(decl.node) || std::holds_alternative<ast::Function>(decl.node);
}

/// What is in front of a dot.
struct Place {
  std::optional<FileId> module;
  std::optional<TypeId> type;
};

class Names {
 public:
  explicit Names(const Session& session) : session_(session), program_(session.program) {}

  std::set<std::string> in_scope() {
    std::set<std::string> names;
    declared(session_.main, names);
    imports([&](const ast::Import& import, FileId file) {
      names.emplace(module_name(import));
      for (const ast::Name& name : import.names) names.emplace(name.text);
      for (DeclId id : session_.syntax[file].decls)
        if (is_type(session_.syntax[id])) names.emplace(name_of(session_.syntax[id]));
    });
    return names;
  }

  std::set<std::string> behind(const std::vector<std::string>& path) {
    std::optional<Place> place = first(path[0]);
    for (size_t i = 1; place && i < path.size(); ++i) place = next(*place, path[i]);
    std::set<std::string> names;
    if (place && place->module) declared(*place->module, names);
    if (place && place->type) members(*place->type, [&](std::string_view name, TypeId) { names.emplace(name); });
    return names;
  }

 private:
  static std::string_view module_name(const ast::Import& import) {
    if (import.alias) return import.alias->text;
    std::string_view path = import.path.text;
    path = path.substr(path.rfind('/') + 1);
    return path.substr(0, path.rfind('.'));
  }
  template <class Use>
  void imports(Use use) {
    for (DeclId id : session_.syntax[session_.main].decls)
      if (auto* import = std::get_if<ast::Import>(&session_.syntax[id].node))
        if (auto file = session_.imports.find(id.index); file != session_.imports.end()) use(*import, file->second);
  }
  void declared(FileId file, std::set<std::string>& names) {
    for (DeclId id : session_.syntax[file].decls)
      if (is_type(session_.syntax[id]) || is_value(session_.syntax[id])) names.emplace(name_of(session_.syntax[id]));
    names.erase("");
  }

  /// A value or an enum that a file declares.
  std::optional<Place> find(FileId file, std::string_view name) {
    for (DeclId id : session_.syntax[file].decls) {
      if (name_of(session_.syntax[id]) != name) continue;
      if (auto type = program_.global_types.find(id.index); type != program_.global_types.end()) return Place{{}, type->second};
    }
    return {};
  }
  std::optional<Place> first(std::string_view name) {
    std::optional<Place> found = find(session_.main, name);
    imports([&](const ast::Import& import, FileId file) {
      for (const ast::Name& each : import.names)
        if (!found && each.text == name) found = find(file, name);
      if (!found && module_name(import) == name) found = Place{file, {}};
    });
    return found;
  }
  std::optional<Place> next(const Place& place, std::string_view name) {
    if (place.module) return find(*place.module, name);
    std::optional<Place> found;
    members(*place.type, [&](std::string_view member, TypeId type) {
      if (member == name) found = Place{{}, type};
    });
    return found;
  }

  template <class Use>
  void members(TypeId id, Use use) {
    const Type& type = program_.types[id];
    const TypeId none = program_.types.error();
    if (type.tag == Type::Tag::record) {
      const KindInfo& kind = program_[type.kind];
      for (uint32_t slot = 0; slot < kind.fields.size(); ++slot) {
        const auto narrower = std::find_if(type.refined.begin(), type.refined.end(), [&](const auto& each) { return each.first == slot; });
        use(kind.fields[slot].name.text, narrower != type.refined.end() ? narrower->second : kind.fields[slot].type);
      }
      for (const MethodInfo& method : kind.methods) use(method.name.text, none);
    } else if (type.tag == Type::Tag::per) {
      for (const auto& each : program_[type.enumeration].cases) use(each.name.text, type.element);
    } else if (type.tag == Type::Tag::enumeration) {
      for (const FieldInfo& field : program_[type.enumeration].fields) use(field.name.text, field.type);
    } else if (type.tag == Type::Tag::choice) {
      for (std::string_view part : {"label", "value", "item"}) use(part, none);
    }
  }

  const Session& session_;
  const Program& program_;
};

}  // namespace

std::string_view name_of(const ast::Decl& decl) {
  return match(
      decl.node, [](const ast::Import&) { return std::string_view(); }, [](const ast::Expect&) { return std::string_view(); },
      [](const ast::Broken&) { return std::string_view(); }, [](const auto& named) { return named.name.text; });
}

Completion complete(const Session& session, const std::vector<std::string>& modules, const std::string& before) {
  const bool of_import = before.starts_with("import ") && before.find(':') == std::string::npos;
  auto in_word = [&](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || (of_import && c == '/'); };
  size_t begin = before.size();
  while (begin > 0 && in_word(before[begin - 1])) --begin;
  std::vector<std::string> path = {""};
  for (char c : before.substr(begin)) {
    if (c == '.') path.emplace_back();
    else path.back() += c;
  }
  Completion result{path.back(), {}};
  path.pop_back();
  std::set<std::string> names;
  if (of_import) names = {modules.begin(), modules.end()};
  else if (path.empty()) names = Names(session).in_scope();
  else names = Names(session).behind(path);
  for (const std::string& name : names)
    if (name.starts_with(result.word)) result.candidates.push_back(name);
  return result;
}

}  // namespace llmsys
