#include <fmt/core.h>

#include <cctype>
#include <filesystem>
#include <set>

#include "compiler/cli/commands.h"
#include "compiler/cli/output.h"
#include "compiler/elaborate/elaborate.h"
#include "compiler/syntax/parse.h"

namespace llmsys {

namespace {

/// A module offers to read files by functions `imported...(of: KIND)`. The first gives the value that the file is about, the others what goes with it:
/// `imported_precision` is called after the file with `_precision` behind.
constexpr std::string_view reader_name = "imported";

struct Reader {
  std::string function, suffix, reads;
};

std::vector<Reader> readers(const Session& session) {
  std::vector<Reader> result;
  for (DeclId id : session.syntax[session.main].decls)
    if (auto* function = std::get_if<ast::Function>(&session.syntax[id].node))
      if (function->name.text.starts_with(reader_name) && function->params.size() == 1)
        result.push_back({std::string(function->name.text), std::string(function->name.text.substr(reader_name.size())), std::string(session.sources.text(session.syntax[function->params[0].type].span))});
  return result;
}

/// `llama-3.1-8b.json` is called `Llama_3_1_8b`.
std::string name_for(const std::filesystem::path& file) {
  std::string name;
  for (unsigned char c : file.stem().string()) name += std::isalnum(c) && c < 128 ? static_cast<char>(c) : '_';
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) name = "Imported_" + name;
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

}  // namespace

int import_file(const ImportFlags& flags) {
  const std::string module = "std/" + flags.format;
  std::vector<std::string> formats;
  std::vector<Reader> offered;
  for (const std::string& one : library_modules(flags.common.session)) {
    std::vector<Reader> found = readers(*open_library_module(one, flags.common.session));
    if (!found.empty()) formats.push_back(one.substr(one.find('/') + 1));
    if (one == module) offered = std::move(found);
  }
  if (offered.empty()) {
    std::string all;
    for (const std::string& one : formats) all += (all.empty() ? "" : ", ") + one;
    fmt::print(stderr, "llmsys: the library can't import `{}`; it can import: {}\n", flags.format, all.empty() ? "nothing" : all);
    return command_wrong;
  }
  const std::filesystem::path where(flags.file);
  SessionOptions options = flags.common.session;
  options.folders.push_back(where.has_parent_path() ? where.parent_path() : std::filesystem::path("."));
  const std::string name = name_for(where);
  std::string ignored;
  for (const std::string& key : flags.ignored) ignored += (ignored.empty() ? " ignore [" : ", ") + literal(key);
  std::string program = fmt::format("import {}\nlet file = json({}) as {}.{}{}\n", module, literal(where.filename().string()), flags.format, offered[0].reads, ignored.empty() ? "" : ignored + "]");
  for (const Reader& reader : offered) program += fmt::format("let {}{} = {}.{}(file)\n", name, reader.suffix, flags.format, reader.function);
  auto session = open_text(program, options);

  std::string text;
  std::set<std::string> imports;
  const std::vector<DeclId>& decls = session->syntax[session->main].decls;
  for (size_t i = 0; session->program.ok && i < offered.size(); ++i) {
    auto value = written(session->program, decls[decls.size() - offered.size() + i], session->sink);
    if (!value) break;
    for (KindId id : value->kinds) {
      std::string from(session->sources.name(session->syntax[session->syntax[session->program[id].decl].file].source));
      imports.insert(from.substr(0, from.rfind('.')));
    }
    size_t brace = value->text.find(' ');
    text += fmt::format("\n{} {}{}{} source {}\n", value->text.substr(0, brace), name, offered[i].suffix, value->text.substr(brace), literal(where.filename().string()));
  }
  print_diagnostics(*session, session->sink, flags.common);
  if (session->sink.has_errors()) return file_wrong;
  std::string head = fmt::format("// Written by `llmsys import {} {}`.\n", flags.format, where.filename().string());
  for (const std::string& one : imports) head += fmt::format("import {}\n", one);
  Output output(flags.output);
  if (output.write(head + text) && output.commit()) return done;
  fmt::print(stderr, "llmsys: {}\n", output.error());
  return machine_failed;
}

}  // namespace llmsys
