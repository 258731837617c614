#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "compiler/cli/commands.h"
#include "compiler/cli/output.h"
#include "compiler/format/format.h"

namespace llmsys {

namespace fs = std::filesystem;

namespace {

/// In place of what a file has, which may be a link to it; who may read it stays as it was.
std::string replace(const std::string& file, std::string_view text) {
  std::error_code code;
  const fs::path place = fs::canonical(file, code);
  if (code || access(place.c_str(), W_OK) != 0) return "can't write `" + file + "`: " + (code ? code : std::error_code(errno, std::system_category())).message();
  Output output(place.string());
  if (output.has_part()) fs::permissions(output.part(), fs::status(place).permissions(), code);
  return output.write(text) && output.commit() ? "" : output.error();
}

int format_file(const CommonFlags& flags, const std::string& file, bool only_check) {
  auto session = open_source(file);
  const SourceId source = session->syntax[session->main].source;
  std::optional<std::string> text;
  if (!session->sink.has_errors()) text = format(session->sources, source, session->sink);
  print_diagnostics(*session, session->sink, flags);
  if (session->sink.has_errors()) return file_wrong;
  if (!text) {
    fmt::print(stderr, "llmsys: the style would change what `{}` says: a defect of this program, please report it; the file is as it was\n", file);
    return machine_failed;
  }
  const bool same = *text == session->sources.text(source);
  if (only_check) {
    if (!same) fmt::print("{}\n", file);
    return same ? done : file_wrong;
  }
  std::string error;
  if (file == "-") {
    Output output("");
    if (!output.write(*text) || !output.commit()) error = output.error();
  } else if (!same) {
    error = replace(file, *text);
  }
  if (!error.empty()) fmt::print(stderr, "llmsys: {}\n", error);
  return error.empty() ? done : machine_failed;
}

}  // namespace

int format_files(const CommonFlags& flags, const std::vector<std::string>& files, bool only_check) {
  int status = done;
  for (const std::string& file : files_below(files)) status = std::max(status, format_file(flags, file, only_check));
  return status;
}

}  // namespace llmsys
