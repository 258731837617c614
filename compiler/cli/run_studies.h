// Studies evaluated and written, one after the other. In: a checked session, its studies, what the command asks, the ranks of the job if there are any. Out: a file or standard output, an exit status.
// Promise: a file appears whole or not at all; a run that was ended leaves what `--resume` goes on from.
#pragma once

#include "compiler/cli/checkpoint.h"
#include "compiler/cli/questions.h"

namespace llmsys {

int run_studies(const RunFlags& flags, const Session& session, const std::vector<Question>& asked, Ranks* ranks, EngineTimes& times);

/// A mistake in the session's sink if the study gives more rows than its output can hold.
void check_rows(Session& session, const Question& question, const RunFlags& flags);

/// What the bytes of the output depend on.
Identity identity_of(const Session& session, const RunFlags& flags);

}  // namespace llmsys
