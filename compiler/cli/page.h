// What a page tells beside the rows: the program's text, the versions, how it was made. In: a session and the flags that it ran with. Out: the head of a page.
#pragma once

#include "compiler/cli/questions.h"
#include "runtime/report/write_page.h"

namespace llmsys {

/// It asks the session and the questions for how rows came about, as long as the page is written.
PageHead page_head(const Session& session, const std::vector<Question>& asked, const RunFlags& flags);

/// False, and a message, if `--redact` names what is not there: a slip of the pen must not tell a secret.
bool know_redacted(const Session& session, const std::vector<Question>& asked, const RunFlags& flags);

/// As it would be typed into a shell.
std::string command_line(int argc, const char* const* argv);

}  // namespace llmsys
