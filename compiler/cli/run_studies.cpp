#include "compiler/cli/run_studies.h"

#include <fmt/format.h>
#include <unistd.h>

#include "compiler/cli/cluster.h"
#include "compiler/cli/page.h"
#include "compiler/cli/progress.h"
#include "compiler/cli/results.h"
#include "runtime/report/write.h"

namespace llmsys {
namespace {

class Run {
 public:
  Run(const RunFlags& flags, const Session& session, const std::vector<Question>& asked, Ranks* ranks, EngineTimes& times)
      : flags_(flags), session_(session), asked_(asked), ranks_(ranks), times_(times), checkpoints_(flags.output, identity_of(session, flags), flags.checkpoint) {}
  int operator()();

 private:
  int one(uint32_t study);
  bool save(uint32_t study, const std::function<std::string()>& state);
  int stop(const Question& question, const Watch& watch);
  int failed(const std::string& error) {
    fmt::print(stderr, "llmsys: {}\n", error);
    return machine_failed;
  }
  int finished();
  std::string error() const {
    if (!results_->error().empty()) return fmt::format("can't write `{}`: {}", flags_.output, results_->error());
    for (const std::string& text : {output_->error(), checkpoints_.error()}) {
      if (!text.empty()) return text;
    }
    return fmt::format("can't go on from `{}.checkpoint`: it does not fit this study", flags_.output);
  }

  const RunFlags& flags_;
  const Session& session_;
  const std::vector<Question>& asked_;
  Ranks* ranks_;
  EngineTimes& times_;
  Checkpoints checkpoints_;
  std::optional<Checkpoint> from_;
  std::optional<Output> output_;
  std::optional<Results> results_;
};

int Run::operator()() {
  if (flags_.resume && !checkpoints_.load(from_)) {
    fmt::print(stderr, "llmsys: {}\n", checkpoints_.error());
    return file_wrong;
  }
  output_.emplace(flags_.output, !from_ ? 0 : flags_.format == Format::sqlite ? Output::everything : from_->written);
  if (!output_->error().empty()) return failed(output_->error());
  if (from_) output_->keep_part();
  else if (output_->has_part()) checkpoints_.remove();   // what it belongs to is gone
  if (ranks_ != nullptr) as_rank_0(*ranks_, from_ ? from_->study : 0);
  results_.emplace(*output_, flags_.format, asked_.size() > 1, flags_.limit, !from_, flags_.format == Format::html ? page_head(session_, asked_, flags_) : PageHead{});
  for (uint32_t study = 0; study < asked_.size(); ++study) {
    if (from_ && study < from_->study) {
      results_->pass_by(asked_[study].elaborated.query->sweep);
      continue;
    }
    if (const int status = one(study); status != done) return status;
  }
  if (!results_->finish()) return failed(error());
  return finished();
}

int Run::finished() {
  if (!output_->commit()) return failed(output_->error());
  if (!flags_.output.empty()) checkpoints_.remove();
  return done;
}

int Run::one(uint32_t study) {
  const Question& question = asked_[study];
  const Query& query = *question.elaborated.query;
  const bool reduced = is_reduced(query);
  // rows that come as they are found, on the same terminal, are progress enough
  Watch watch(query.sweep.name, reduced || isatty(STDOUT_FILENO) == 0);
  EvaluateOptions options{.ranks = ranks_};
  options.watch = [&](const Progress& progress) { return watch(progress) && (reduced || !results_->is_full()); };
  // until the study's end; a page until the end of all
  const bool holds_rows = flags_.format == Format::html || (!reduced && (flags_.format == Format::table || flags_.format == Format::markdown));
  if (output_->has_part() && !holds_rows) {
    options.save = [&](const auto& state) { return (!watch.interrupted() && !checkpoints_.due()) || save(study, state); };
  }
  if (from_ && from_->study == study) {
    options.from = from_->state;
    results_->go_on(from_->rows);
  }
  std::string error;
  if (!answer(question, flags_.engine, *results_, times_, error, std::move(options))) {
    return failed(error.empty() ? this->error() : error);
  }
  if (watch.interrupted()) return stop(question, watch);
  if (results_->is_full()) fmt::print(stderr, "llmsys: of `{}` at most {} rows are given, as `--limit` asks\n", query.sweep.name, *flags_.limit);
  return done;
}

bool Run::save(uint32_t study, const std::function<std::string()>& state) {
  if (!results_->save() || !output_->flush() || !checkpoints_.save({study, output_->written(), results_->rows(), state()})) return false;
  output_->keep_part();
  return true;
}

/// What is known goes to standard output; a file appears whole or not at all.
int Run::stop(const Question& question, const Watch& watch) {
  const bool to_file = !flags_.output.empty();
  if (!to_file) results_->finish();
  if (!to_file && !output_->commit()) return failed(output_->error());
  std::string rest;
  if (to_file) rest = fmt::format(", and `{}` is not written", flags_.output);
  if (checkpoints_.saved()) rest += "; the same with `--resume` goes on";
  fmt::print(stderr, "llmsys: interrupted; {} of `{}` comes from {:.2g} % of its points{}\n", to_file ? "what was found" : "what is printed",
             question.elaborated.query->sweep.name, 100 * watch.share(), rest);
  return interrupted;
}

/// What reaches rank 0 alone.
class NoRows : public Sink {
  bool begin(const Sweep&) override { return true; }
  bool row(const Row&) override { return true; }
  bool end(const Totals&) override { return true; }
};

int assist(const RunFlags& flags, const std::vector<Question>& asked, Ranks& ranks, EngineTimes& times) {
  NoRows rows;
  for (uint64_t study = as_rank_0(ranks, 0); study < asked.size(); ++study) {
    std::string error;
    if (answer(asked[study], flags.engine, rows, times, error, {.ranks = &ranks})) continue;
    fmt::print(stderr, "llmsys: rank {}: {}\n", ranks.rank(), error);
    ranks.abort(machine_failed);
  }
  return done;
}

}  // namespace

Identity identity_of(const Session& session, const RunFlags& flags) {
  Identity identity;
  identify(identity, "llmsys", LLMSYS_VERSION);
  identify(identity, "`--format`", std::to_string(static_cast<int>(flags.format)));
  identify(identity, "`--engine`", std::to_string(static_cast<int>(flags.engine.engine)));
  identify(identity, "`--limit`", flags.limit ? std::to_string(*flags.limit) : "");
  identify(identity, "`--no-search`", flags.engine.search ? "" : "no");
  identify(identity, "`--study`", "");
  for (const std::string& study : flags.studies) identify(identity, "`--study`", study);
  for (uint32_t i = 0; i < session.sources.size(); ++i) {
    const SourceId source{i};
    identify(identity, "`" + std::string(session.sources.name(source)) + "`", session.sources.text(source));
  }
  return identity;
}

void check_rows(Session& session, const Question& question, const RunFlags& flags) {
  constexpr uint64_t most_to_read = 10'000'000;   // on a terminal
  const Sweep& sweep = question.elaborated.query->sweep;
  const bool is_page = flags.format == Format::html;
  const bool is_table = is_page || flags.format == Format::table || flags.format == Format::markdown;
  const bool is_read = flags.output.empty() && isatty(STDOUT_FILENO) != 0;
  const uint64_t rows = std::min(sweep.space.rows(), flags.limit.value_or(UINT64_MAX));
  const uint64_t most = is_table ? std::min<uint64_t>(max_table_rows, max_table_cells / (sweep.axes.size() + sweep.shown.size())) : is_read ? most_to_read : UINT64_MAX;
  if (is_reduced(*question.elaborated.query) || rows <= most) return;
  const ast::Name& name = std::get<ast::Study>(session.syntax[question.study->decl].node).name;
  const char* const other = is_table ? "ask for `--format csv`" : "write them to a file (`-o FILE`), or ask for the first ones (`--limit 100`)";
  session.sink.add({Code::too_many, name.span, fmt::format("{} of {} rows; at most {} are {}", is_page ? "a page" : is_table ? "a table" : "a list", rows, most, is_page ? "gone through" : "printed"), "too many rows", {}, {},
                    fmt::format("reduce them (`where`, `best`, `pareto`, `top`, `summarise`), or {}", other)});
}

int run_studies(const RunFlags& flags, const Session& session, const std::vector<Question>& asked, Ranks* ranks, EngineTimes& times) {
  if (ranks != nullptr && ranks->rank() != 0) return assist(flags, asked, *ranks, times);
  return Run(flags, session, asked, ranks, times)();
}

}  // namespace llmsys
