#include "compiler/cli/commands.h"
#include "compiler/cli/questions.h"

namespace llmsys {

int check_files(const CommonFlags& flags, const std::vector<std::string>& files) {
  int status = done;
  for (const std::string& file : files_below(files)) {
    auto session = open_session(file, flags.session);
    // Fields that are not given and cycles show only when a study asks for them.
    if (session->program.ok) questions(*session, {});
    print_diagnostics(*session, session->sink, flags);
    if (session->sink.has_errors()) status = file_wrong;
  }
  return status;
}

}  // namespace llmsys
