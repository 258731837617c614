// Studies of a session made ready to run, and run. In: a checked session. Out: queries with their kernels, rows to a sink.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/cli/commands.h"
#include "compiler/elaborate/elaborate.h"
#include "runtime/evaluate.h"

namespace llmsys {

struct Question {
  const StudyInfo* study;
  Elaborated elaborated;
};

/// Those that the main file declares.
std::vector<std::string> study_names(const Session& session);
/// False, and a message if it speaks, if a study that was asked for is not there.
bool know_studies(const Session& session, const std::string& file, const std::vector<std::string>& studies, bool speaks = true);

/// Studies of the main file (those named, or all), elaborated; fewer than asked for if a diagnostic was given.
std::vector<Question> questions(Session& session, const std::vector<std::string>& names);

struct EngineTimes {
  double elaborate = 0, plan = 0, jit = 0, run = 0;   // seconds
};

/// False: the sink stopped or the machine failed; then `error` is not empty if it was the engine. Threads are those of the flags.
bool answer(const Question& question, const EngineFlags& flags, Sink& sink, EngineTimes& times, std::string& error, EvaluateOptions options = {});

/// Whether fewer rows reach the sink than are evaluated, by more than a `where`.
bool is_reduced(const Query& query);

}  // namespace llmsys
