#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "compiler/cli/commands.h"
#include "compiler/diag/suggest.h"

namespace llmsys {

namespace {

struct Entry {
  std::string what, name, doc;
  std::string figures = {};
};

/// What a brace gives, on one line, without where it is from; cut where a table becomes too wide.
std::string figures(const SourceMap& sources, const std::vector<ast::Assign>& assigns, const Syntax& syntax) {
  constexpr size_t most = 100;
  std::string all;
  for (const ast::Assign& assign : assigns) {
    all += all.empty() ? "" : ", ";
    for (const ast::Name& part : assign.path) all.append(&part == &assign.path.front() ? "" : ".").append(part.text);
    all.append(" = ").append(sources.text(syntax[assign.value].span));
  }
  std::string line;
  for (size_t i = 0; i < all.size() && line.size() <= most; ++i) {
    if (all.compare(i, 8, "source \"") == 0) {
      i = std::min(all.find('"', i + 8), all.size());
      continue;
    }
    if (std::isspace(static_cast<unsigned char>(all[i])) == 0) {
      if (all[i] == ',' && !line.empty() && line.back() == ' ') line.pop_back();   // behind a source
      line += all[i];
      continue;
    }
    const size_t next = std::min(all.find_first_not_of(" \t\r\n", i), all.size());
    const bool new_line = std::string_view(all).substr(i, next - i).find('\n') != std::string_view::npos;
    while (new_line && !line.empty() && line.back() == ' ') line.pop_back();
    const bool between = new_line && !line.empty() && std::string_view("{[(,").find(line.back()) == std::string_view::npos && next < all.size() && std::string_view("}])").find(all[next]) == std::string_view::npos;
    if (between) line += ',';
    if (line.empty() || line.back() != ' ') line += ' ';
    i = next - 1;
  }
  return line.size() > most ? line.substr(0, line.rfind(' ', most)) + " ..." : line;
}

std::string first_line(std::string_view doc) { return std::string(doc.substr(0, doc.find('\n'))); }

Entry entry(const ast::Decl& decl) {
  Entry result = match(
      decl.node, [](const ast::Kind& node) { return Entry{"kind", std::string(node.name.text), ""}; },
      [](const ast::Enum& node) { return Entry{"enum", std::string(node.name.text), ""}; },
      [](const ast::Function& node) { return Entry{"fn", std::string(node.name.text), ""}; },
      [](const ast::Let& node) { return Entry{"let", std::string(node.name.text), node.source ? node.source->text : ""}; },
      [](const ast::Instance& node) { return Entry{std::string(node.kind.parts.back().text), std::string(node.name.text), node.source ? node.source->text : ""}; },
      [](const ast::Dimension& node) { return Entry{"dimension", std::string(node.name.text), ""}; },
      [](const ast::Unit& node) { return Entry{"unit", std::string(node.name.text), node.spoken ? node.spoken->text : ""}; },
      [](const ast::PrefixSet& node) { return Entry{"prefixes", std::string(node.name.text), ""}; },
      [](const ast::Study& node) { return Entry{"study", std::string(node.name.text), node.title ? node.title->text : ""}; }, [](const auto&) { return Entry{}; });
  if (!decl.doc.empty()) result.doc = first_line(decl.doc) + (result.doc.empty() ? "" : " [" + result.doc + "]");
  return result;
}

/// What a kind has from its ancestors: a line for each field, by kind.
void print_inherited(const Session& session, DeclId decl) {
  const Program& program = session.program;
  for (const KindInfo& kind : program.kinds) {
    if (kind.decl != decl) continue;
    for (std::optional<KindId> step = kind.parent; step; step = program[*step].parent) {
      const KindInfo& parent = program[*step];
      size_t older = parent.parent ? program[*parent.parent].fields.size() : 0;
      if (older == parent.fields.size()) continue;
      fmt::print("\nfrom {}:\n", parent.name.text);
      for (size_t i = older; i < parent.fields.size(); ++i) {
        const FieldInfo& field = kind.fields[i];
        fmt::print("  {}: {}{}\n", field.name.text, program.describe(field.type), field.optional ? "?" : "");
      }
    }
  }
}

/// One declaration as it is written, with its documentation.
void print_entry(const Session& session, DeclId id) {
  const ast::Decl& decl = session.syntax[id];
  std::string_view doc = decl.doc;
  while (!doc.empty()) {
    size_t end = std::min(doc.find('\n'), doc.size());
    fmt::print("/// {}\n", doc.substr(0, end));
    doc.remove_prefix(std::min(end + 1, doc.size()));
  }
  fmt::print("{}\n", session.sources.text(decl.span));
  print_inherited(session, id);
}

/// `std/serving.decode`, or `decode` wherever the library has it.
int list_entry(const CommonFlags& flags, const std::vector<std::string>& modules, const std::string& module, const std::string& name) {
  bool found = false;
  std::vector<std::string> names;
  for (const std::string& one : modules) {
    if (!module.empty() && one != module) continue;
    auto session = open_library_module(one, flags.session);
    for (DeclId id : session->syntax[session->main].decls) {
      names.push_back(entry(session->syntax[id]).name);
      if (names.back() != name) continue;
      if (std::exchange(found, true)) fmt::print("\n");
      fmt::print("// {}\n", one);
      print_entry(*session, id);
    }
  }
  if (found) return done;
  auto near = suggest(name, names);
  fmt::print(stderr, "llmsys: {} has no `{}`{}\n", module.empty() ? "the library" : "`" + module + "`", name, near ? "; did you mean `" + *near + "`?" : "");
  return command_wrong;
}

}  // namespace

int list(const CommonFlags& flags, const std::string& module) {
  std::vector<std::string> modules = library_modules(flags.session);
  if (module.empty()) {
    for (const std::string& name : modules) fmt::print("{}\n", name);
    return done;
  }
  if (std::find(modules.begin(), modules.end(), "std/" + module) != modules.end()) return list(flags, "std/" + module);
  bool in_library = std::find(modules.begin(), modules.end(), module) != modules.end();
  size_t dot = module.rfind('.');
  if (dot != std::string::npos && std::find(modules.begin(), modules.end(), module.substr(0, dot)) != modules.end())
    return list_entry(flags, modules, module.substr(0, dot), module.substr(dot + 1));
  if (!in_library && module.find_first_of("./-") == std::string::npos) return list_entry(flags, modules, "", module);
  if (!in_library && module.starts_with("std")) {
    auto near = suggest(module, modules);
    fmt::print(stderr, "llmsys: the library has no `{}`{}\n", module, near ? "; did you mean `" + *near + "`?" : "");
    return command_wrong;
  }
  auto session = in_library ? open_library_module(module, flags.session) : open_session(module, flags.session);
  print_diagnostics(*session, session->sink, flags);
  size_t what_width = 0, name_width = 0;
  std::vector<Entry> entries;
  std::vector<DeclId> decls = session->syntax[session->main].decls;
  for (DeclId decl : decls)
    if (Entry one = entry(session->syntax[decl]); !one.name.empty()) {
      if (auto* instance = std::get_if<ast::Instance>(&session->syntax[decl].node)) one.figures = figures(session->sources, instance->assigns, session->syntax);
      entries.push_back(std::move(one));
    }
  for (const Entry& one : entries) {
    what_width = std::max(what_width, one.what.size());
    name_width = std::max(name_width, one.name.size());
  }
  for (const Entry& one : entries) {
    std::string line = fmt::format("{:<{}}  {:<{}}  {}", one.what, what_width, one.name, name_width, one.doc);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
    if (!one.figures.empty()) fmt::print("{:{}}{}\n", "", what_width + name_width + 6, one.figures);
  }
  return session->sink.has_errors() ? file_wrong : done;
}

}  // namespace llmsys
