#include <fmt/format.h>

#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/output.h"
#include "compiler/cli/questions.h"
#include "compiler/codegen/library.h"

namespace llmsys {

namespace {

std::optional<Product> product_of(const std::filesystem::path& file) {
  if (file.extension() == ".so") return Product::shared_library;
  if (file.extension() == ".o") return Product::object;
  return std::nullopt;
}

int write(const std::string& path, const std::string& bytes) {
  Output output(path);
  output.write(bytes);
  if (output.commit()) return done;
  fmt::print(stderr, "llmsys: {}\n", output.error());
  return machine_failed;
}

}  // namespace

int build(const BuildFlags& flags) {
  const std::optional<Product> product = product_of(flags.output);
  if (!product) {
    fmt::print(stderr, "llmsys: `{}` says not what to build: a shared library, `-o lib{}.so`, or an object file, `-o {}.o`\n", flags.output, flags.study, flags.study);
    return command_wrong;
  }
  const auto session = open_session(flags.file, flags.common.session);
  std::vector<Question> asked;
  if (session->program.ok) {
    if (!know_studies(*session, flags.file, {flags.study})) return command_wrong;
    asked = questions(*session, {flags.study});
  }
  print_diagnostics(*session, session->sink, flags.common);
  if (session->sink.has_errors() || asked.empty()) return file_wrong;
  const Query& query = *asked[0].elaborated.query;
  if (first_solve(query.sweep) != nullptr) {
    fmt::print(stderr, "llmsys: a library computes each point by itself, and `{}` solves for some: build a study that sweeps them\n", flags.study);
    return file_wrong;
  }
  if (!has_points(query)) {
    fmt::print(stderr, "llmsys: the rows of `{}` are summaries of many points, and a library computes each point by itself: build a study without `summarise`\n", flags.study);
    return file_wrong;
  }
  const auto built = build(query, *product);
  if (const auto* failure = std::get_if<Failure>(&built)) {
    fmt::print(stderr, "llmsys: `{}` can't be built: {}\n", flags.study, failure->text);
    return machine_failed;
  }
  const int status = write(flags.output, std::get<std::string>(built));
  if (status != done || flags.header.empty()) return status;
  return write(flags.header, header(query, std::filesystem::path(flags.file).filename().string()));
}

}  // namespace llmsys
