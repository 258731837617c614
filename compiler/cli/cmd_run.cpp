#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "compiler/cli/cluster.h"
#include "compiler/cli/commands.h"
#include "compiler/cli/output.h"
#include "compiler/cli/page.h"
#include "compiler/cli/run_studies.h"
#include "compiler/codegen/jit.h"
#include "compiler/diag/render.h"
#include "compiler/plan/notes.h"
#include "compiler/sema/dump.h"
#include "compiler/syntax/parse.h"

namespace llmsys {

namespace {

using Clock = std::chrono::steady_clock;

int finish(Output& output) {
  if (output.commit()) return done;
  fmt::print(stderr, "llmsys: {}\n", output.error());
  return machine_failed;
}

std::string lines(const std::vector<std::string>& of) { return fmt::format("{}{}", fmt::join(of, "\n"), of.empty() ? "" : "\n"); }

std::string emitted(Session& session, const std::vector<Question>& asked, std::string_view stage, std::string_view only) {
  if (stage == "tokens") return dump_tokens(session.sources, session.syntax[session.main].source);
  if (stage == "ast") return dump_ast(session.syntax, session.sources, session.main, only);
  if (stage == "types") return dump_types(session.program, session.main, only);
  std::string text;
  for (const Question& question : asked) {
    const Query& query = *question.elaborated.query;
    text += fmt::format("study {}\n", query.sweep.name);
    for (uint32_t shape = 0; shape < query.shapes.size(); ++shape) {
      if (query.shapes.size() > 1 && (stage == "graph" || stage == "plan")) text += fmt::format("shape {}\n", shape);
      std::vector<std::string> titles = {"status"};
      for (const Column& column : query.sweep.phases[0].columns) titles.push_back(column.title);
      if (stage == "graph") text += dump(query.graph, query.shapes[shape].roots[0], titles, query.sweep.axes);
      if (stage == "plan") text += dump(query, plan(query, 0, shape));
    }
    if (stage == "plan") text += lines(notes(query, plan(query)));
    if (stage == "llvm") text += listing(query, {}, Listing::optimised);
    if (stage == "asm") text += listing(query, {}, Listing::assembly);
  }
  return text;
}

int emit(Session& session, const RunFlags& flags) {
  size_t colon = flags.emit.find(':');
  std::string stage = flags.emit.substr(0, colon), only = colon == std::string::npos ? "" : flags.emit.substr(colon + 1);
  std::vector<Question> asked;
  bool whole_query = stage == "graph" || stage == "plan" || stage == "llvm" || stage == "asm";
  if (whole_query && session.program.ok) {
    RunFlags named = flags;
    if (!only.empty()) named.studies = {only};
    if (!know_studies(session, named.file, named.studies)) return command_wrong;
    asked = questions(session, named.studies);
  }
  print_diagnostics(session, session.sink, flags.common);
  bool partial = stage == "tokens" || stage == "ast";
  if (session.sink.has_errors() && !partial) return file_wrong;
  Output output(flags.output);
  output.write(emitted(session, asked, stage, only));
  int status = finish(output);
  return status != done ? status : session.sink.has_errors() ? file_wrong : done;
}

void print_timings(const Session& session, const EngineTimes& times, const KernelCache* cache) {
  auto ms = [](double seconds) { return seconds * 1e3; };
  fmt::print(stderr, "load {:.2f} ms, parse {:.2f} ms, check {:.2f} ms, elaborate {:.2f} ms, plan {:.2f} ms, jit {:.2f} ms, run {:.2f} ms\n", ms(session.timings.load),
             ms(session.timings.parse), ms(session.timings.check), ms(times.elaborate), ms(times.plan), ms(times.jit), ms(times.run));
  if (cache != nullptr && cache->found() + cache->missed() > 0) fmt::print(stderr, "modules of kernels: {} from the cache, {} compiled\n", cache->found(), cache->missed());
}

}  // namespace

void print_diagnostics(const Session& session, const DiagSink& sink, const CommonFlags& flags) {
  constexpr size_t most_frames = 100;
  bool colour = isatty(2) != 0 && flags.diagnostics == "text";
  std::vector<Diagnostic> all = sink.sorted();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i == most_frames && flags.diagnostics == "text") {
      fmt::print(stderr, "llmsys: {} more like these\n", all.size() - i + sink.dropped());
      break;
    }
    const Diagnostic& diagnostic = all[i];
    std::string text = flags.diagnostics == "json" ? render_json(session.sources, diagnostic) + "\n" : render_frame(session.sources, diagnostic, colour) + "\n";
    fmt::print(stderr, "{}", text);
  }
}

namespace {

/// Every rank comes here, and rank 0 alone says something.
int run(const RunFlags& flags, Session& session, Ranks* ranks) {
  const bool speaks = ranks == nullptr || ranks->rank() == 0;
  if (!flags.emit.empty()) return speaks ? emit(session, flags) : done;
  EngineTimes times;
  std::vector<Question> asked;
  if (session.program.ok) {
    if (!know_studies(session, flags.file, flags.studies, speaks)) return command_wrong;
    auto start = Clock::now();
    asked = questions(session, flags.studies);
    times.elaborate = std::chrono::duration<double>(Clock::now() - start).count();
    for (const Question& question : asked) check_rows(session, question, flags);
  }
  if (speaks) print_diagnostics(session, session.sink, flags.common);
  if (session.sink.has_errors()) return file_wrong;
  std::vector<std::string> declared = study_names(session);
  if (asked.size() < (flags.studies.empty() ? declared.size() : std::set(flags.studies.begin(), flags.studies.end()).size())) {
    fmt::print(stderr, "llmsys: a study was given up without a word: a defect of this program, please report `{}`\n", flags.file);
    return machine_failed;
  }
  if (declared.empty() && speaks) fmt::print(stderr, "llmsys: `{}` declares no study\n", flags.file);

  if (speaks && !know_redacted(session, asked, flags)) return command_wrong;
  const int status = run_studies(flags, session, asked, ranks, times);
  if (flags.common.timings && speaks) print_timings(session, times, flags.engine.cache.get());
  if (status != done && ranks != nullptr) ranks->abort(status);   // the others wait for work
  return status;
}

}  // namespace

int run(const RunFlags& flags) {
  std::string error;
  const std::unique_ptr<Ranks> ranks = ranks_of_job(error);
  if (!error.empty()) {
    fmt::print(stderr, "llmsys: {}\n", error);
    return machine_failed;
  }
  auto session = open_session(flags.file, flags.common.session);
  if (ranks && !agree(*ranks, identity_of(*session, flags), error)) {
    if (!error.empty()) fmt::print(stderr, "llmsys: {}\n", error);
    return file_wrong;
  }
  return run(flags, *session, ranks.get());
}

}  // namespace llmsys
