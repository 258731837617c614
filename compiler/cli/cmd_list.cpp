#include <fmt/core.h>

#include <algorithm>

#include "compiler/cli/commands.h"
#include "compiler/diag/suggest.h"

namespace llmsys {

namespace {

struct Entry {
  std::string what, name, doc;
};

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
  if (!decl.doc.empty()) result.doc = first_line(decl.doc);
  return result;
}

}  // namespace

int list(const CommonFlags& flags, const std::string& module) {
  std::vector<std::string> modules = library_modules(flags.session);
  if (module.empty()) {
    for (const std::string& name : modules) fmt::print("{}\n", name);
    return done;
  }
  bool in_library = std::find(modules.begin(), modules.end(), module) != modules.end();
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
    if (Entry one = entry(session->syntax[decl]); !one.name.empty()) entries.push_back(std::move(one));
  for (const Entry& one : entries) {
    what_width = std::max(what_width, one.what.size());
    name_width = std::max(name_width, one.name.size());
  }
  for (const Entry& one : entries) {
    std::string line = fmt::format("{:<{}}  {:<{}}  {}", one.what, what_width, one.name, name_width, one.doc);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
  return session->sink.has_errors() ? file_wrong : done;
}

}  // namespace llmsys
