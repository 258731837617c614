#include <fmt/core.h>

#include "compiler/cli/commands.h"
#include "compiler/cli/questions.h"
#include "runtime/report/number.h"

namespace llmsys {

namespace {

struct Tally {
  size_t held = 0, failed = 0;
};

/// Compares the final rows of a study with its expectations; each that fails is told once, by its first row.
class Judge : public Sink {
 public:
  Judge(const Session& session, const Question& question, DiagSink& sink, Tally& tally) : session_(session), question_(question), sink_(sink), tally_(tally) {}

  bool begin(const Sweep& sweep) override {
    sweep_ = &sweep;
    rows_ = 0;
    failures_.assign(question_.elaborated.expects.size(), {});
    return true;
  }
  bool row(const Row& row) override {
    if (row.reason != 0) return true;
    ++rows_;
    for (size_t i = 0; i < failures_.size(); ++i) {
      const ExpectColumns& expect = question_.elaborated.expects[i];
      auto at = [&](uint32_t column) { return row.values[column]; };
      bool compared = expect.expect->expected.has_value();
      auto wrong = judge(session_.program, expect, at(expect.actual), compared ? at(expect.expected) : 0, compared ? at(expect.tolerance) : 0);
      ++(wrong ? tally_.failed : tally_.held);
      if (wrong) failures_[i].add(std::move(*wrong), describe(row));
    }
    return true;
  }
  bool end(const Totals& totals) override {
    for (Failures& failures : failures_) failures.report(sink_);
    if (rows_ > 0) return true;
    for (const ExpectColumns& expect : question_.elaborated.expects) {
      Diagnostic diagnostic{Code::expectation_failed, expect.expect->span, "no row reaches this expectation", "never looked at"};
      for (const auto& [site, count] : totals.by_reason) diagnostic.notes.push_back(fmt::format("{} x {}", count, site));
      sink_.add(std::move(diagnostic));
      ++tally_.failed;
    }
    return true;
  }

 private:
  struct Failures {
    static constexpr size_t most_told = 5;
    std::optional<Diagnostic> first;
    size_t count = 0;

    void add(Diagnostic wrong, const std::string& row) {
      std::string found = first && wrong.label != "false" && wrong.label != "true" ? ": " + wrong.label : "";
      if (!first) first = std::move(wrong);
      if (++count <= most_told && !row.empty()) first->notes.push_back((count == 1 ? "in the row " : "and in the row ") + row + found);
    }
    void report(DiagSink& sink) {
      if (!first) return;
      if (count > most_told) first->notes.push_back(fmt::format("and in {} more", count - most_told));
      sink.add(std::move(*first));
    }
  };

  std::string describe(const Row& row) const {
    std::string text;
    for (size_t axis = 0; axis < row.axes.size(); ++axis) {
      const Column& column = sweep_->axes[axis];
      double value = row.axes[axis];
      if (value != value) continue;
      std::string told = column.type == Column::Type::label ? (*column.labels)[static_cast<size_t>(value)] : with_unit(value, column.units);
      text += (text.empty() ? "" : ", ") + column.title + " = " + told;
    }
    return text;
  }

  const Session& session_;
  const Question& question_;
  DiagSink& sink_;
  Tally& tally_;
  const Sweep* sweep_ = nullptr;
  uint64_t rows_ = 0;
  std::vector<Failures> failures_;               // of each expectation
};

}  // namespace

int test_files(const CommonFlags& flags, const EngineFlags& engine, const std::vector<std::string>& files) {
  int status = done;
  Tally tally;
  for (const std::string& file : files_below(files)) {
    auto session = open_session(file, flags.session);
    std::vector<Question> asked;
    if (session->program.ok) asked = questions(*session, {});
    if (session->sink.has_errors()) {
      print_diagnostics(*session, session->sink, flags);
      status = file_wrong;
      continue;
    }
    size_t failed_before = tally.failed;
    std::vector<DeclId> decls = session->syntax[session->main].decls;
    for (DeclId decl : decls)
      if (auto* expect = std::get_if<ast::Expect>(&session->syntax[decl].node))
        ++(check_expectation(session->program, *expect, session->sink) ? tally.held : tally.failed);
    for (const Question& question : asked) {
      if (question.elaborated.expects.empty()) continue;
      Judge judge(*session, question, session->sink, tally);
      EngineTimes times;
      std::string error;
      if (!answer(question, engine, judge, times, error)) {
        fmt::print(stderr, "llmsys: {}\n", error);
        return machine_failed;
      }
    }
    print_diagnostics(*session, session->sink, flags);
    if (tally.failed > failed_before && status == done) status = expectation_wrong;
  }
  fmt::print("{} passed, {} failed\n", tally.held, tally.failed);
  return status;
}

}  // namespace llmsys
