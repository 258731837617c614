// Studies evaluated and written, one after the other. In: a checked session, its studies, what the command asks. Out: a file or standard output, an exit status.
// Promise: a file appears whole or not at all; a run that was ended leaves what `--resume` goes on from.
#pragma once

#include "compiler/cli/questions.h"

namespace llmsys {

int run_studies(const Session& session, const RunFlags& flags, const std::vector<Question>& asked, EngineTimes& times);

}  // namespace llmsys
