#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "compiler/cli/commands.h"
#include "compiler/diag/render.h"
#include "compiler/diag/suggest.h"

namespace llmsys {

int explain_code(const std::string& code) {
  std::string id = code;
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string_view page = explanation(id);
  if (!page.empty()) {
    fmt::print("{}", page);
    return done;
  }
  std::vector<std::string> codes;
  for (const CodeInfo& one : all_codes()) codes.emplace_back(one.id);
  auto near = suggest(id, codes);
  fmt::print(stderr, "llmsys: there is no code `{}`{}\n", code, near ? "; did you mean `" + *near + "`?" : "; codes look like E0301");
  return command_wrong;
}

}  // namespace llmsys
