#include <fmt/core.h>

#include <filesystem>
#include <regex>

#include "compiler/cli/commands.h"
#include "compiler/cli/output.h"
#include "compiler/cli/questions.h"
#include "compiler/diag/suggest.h"
#include "compiler/format/format.h"
#include "compiler/syntax/words.h"

namespace llmsys {

namespace {

int refuse(const std::string& why) {
  fmt::print(stderr, "llmsys: {}\n", why);
  return command_wrong;
}

std::string unknown(const std::string& kind, const std::map<std::string, std::string>& templates) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& [name, text] : templates) {
    names.push_back(name);
    all += (all.empty() ? "" : ", ") + name;
  }
  auto near = suggest(kind, names);
  return fmt::format("the library has no template `{}`; {}", kind, near ? fmt::format("did you mean `{}`?", *near) : all.empty() ? "it has none" : "there are: " + all);
}

}  // namespace

int new_file(const NewFlags& flags) {
  const auto templates = library_templates(flags.common.session);
  const auto found = templates.find(flags.kind);
  if (found == templates.end()) return refuse(unknown(flags.kind, templates));
  if (!is_name(flags.name)) return refuse(fmt::format("`{}` is no name: letters, digits and `_`, no digit first, and no word of the language", flags.name));
  const std::string file = flags.output == "-" ? "" : flags.output.empty() ? flags.name + ".llmsys" : flags.output;
  std::error_code code;
  if (!file.empty() && std::filesystem::symlink_status(file, code).type() != std::filesystem::file_type::not_found) return refuse(fmt::format("`{}` is there already, and stays as it is", file));

  // A name that the template cannot take, of a unit say, shows when the file is checked.
  auto session = open_text(std::regex_replace(found->second, std::regex("\\bNAME\\b"), flags.name), flags.common.session);
  if (session->program.ok) questions(*session, {});
  print_diagnostics(*session, session->sink, flags.common);
  if (session->sink.has_errors()) return refuse(fmt::format("a file for `{}` would have mistakes, so none was written", flags.name));
  DiagSink none;
  const SourceId source = session->syntax[session->main].source;
  Output output(file);
  if (!output.write(format(session->sources, source, none).value_or(std::string(session->sources.text(source)))) || !output.commit()) {
    fmt::print(stderr, "llmsys: {}\n", output.error());
    return machine_failed;
  }
  if (!file.empty()) fmt::print(stderr, "llmsys: `{}` is written; `llmsys run {}` prints its tables\n", file, file);
  return done;
}

}  // namespace llmsys
