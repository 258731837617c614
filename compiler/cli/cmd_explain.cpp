#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/output.h"
#include "compiler/cli/questions.h"

namespace llmsys {

namespace {

/// Keeps the row that is asked for, and the number of those before it.
class OneRow : public Sink {
 public:
  explicit OneRow(uint64_t wanted) : wanted_(wanted) {}
  bool begin(const Sweep&) override { return true; }
  bool row(const Row& row) override {
    if (++seen != wanted_) return true;
    found = row;
    return false;
  }
  bool end(const Totals&) override { return true; }

  std::optional<Row> found;
  uint64_t seen = 0;

 private:
  uint64_t wanted_;
};

/// The values of a group, which come by the number of its first row.
class OneGroup : public Sink {
 public:
  explicit OneGroup(uint64_t number) : number_(number) {}
  bool begin(const Sweep&) override { return true; }
  bool row(const Row& row) override {
    if (row.number != number_) return true;
    values = row.values;
    return false;
  }
  bool end(const Totals&) override { return true; }

  std::vector<double> values;

 private:
  uint64_t number_;
};

/// What `summarise` gave for the row: the same sweep, of whose last phase nothing is left but its slots.
bool find_slots(Question& question, const EngineFlags& engine, StudyRow& row, uint64_t number, std::string& error) {
  Query& query = *question.elaborated.query;
  if (query.sweep.phases.size() < 2) return true;
  const size_t slots = query.sweep.phases[query.sweep.phases.size() - 2].end[0].summaries.size();
  query.sweep.phases.back() = {};
  query.sweep.shown.clear();
  std::vector<NodeId> roots = {query.graph.constant(0)};
  for (uint32_t i = 0; i < slots; ++i) {
    query.sweep.phases.back().columns.emplace_back();
    query.sweep.shown.push_back(i);
    roots.push_back(query.graph.slot(i));
  }
  for (Shape& shape : query.shapes) shape.roots.back() = roots;
  OneGroup group(number);
  EngineTimes times;
  answer(question, engine, group, times, error);
  row.slots = group.values;
  return error.empty();
}

/// Done, or a status and a message.
int find_row(const ExplainFlags& flags, Question& question, StudyRow& row) {
  EngineTimes times;
  std::string error;
  OneRow one(*flags.row);
  answer(question, flags.engine, one, times, error);
  const Sweep& sweep = question.elaborated.query->sweep;
  if (!one.found && error.empty()) {
    const std::string rows = one.seen == 0 ? "no rows" : one.seen == 1 ? "1 row" : fmt::format("{} rows", one.seen);
    fmt::print(stderr, "llmsys: there is no row {}: the report of `{}` has {}{}\n", *flags.row, sweep.name, rows, *flags.row == 0 ? "; the first one is row 1" : "");
    return command_wrong;
  }
  if (one.found) {
    locate(sweep.space, one.found->number, row.place);
    if (one.found->reason != 0) row.reason = sweep.tell(one.found->reason - 1, one.found->number);
    find_slots(question, flags.engine, row, one.found->number, error);
  }
  if (error.empty()) return done;
  fmt::print(stderr, "llmsys: {}\n", error);
  return machine_failed;
}

std::string rendered(const Explanation& explanation, TreeFormat format) {
  switch (format) {
    case TreeFormat::text: return explanation_text(explanation);
    case TreeFormat::json: return explanation_json(explanation);
    case TreeFormat::markdown: return explanation_markdown(explanation);
    case TreeFormat::html: return explanation_html(explanation);
  }
  return "";
}

bool is_code(const std::string& text) {
  return text.size() == 5 && std::isalpha(static_cast<unsigned char>(text[0])) != 0 && std::all_of(text.begin() + 1, text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Whether the flags fit each other; says so if they don't.
bool know_what(const ExplainFlags& flags) {
  const char* wrong = nullptr;
  if (flags.expr.empty() && !flags.row) wrong = "explain what? `llmsys explain FILE EXPR`, or `llmsys explain FILE --study NAME --row N`";
  if (flags.row && flags.study.empty()) wrong = "`--row` is of a study: `--study NAME --row N`";
  if (!flags.row && !flags.study.empty()) wrong = "of a study a row is explained: `--study NAME --row N`, where N counts from 1 as the report shows them";
  if (wrong != nullptr) fmt::print(stderr, "llmsys: {}\n", wrong);
  return wrong == nullptr;
}

std::optional<Explanation> explanation(const ExplainFlags& flags, Session& session, int& status) {
  if (flags.study.empty()) return session.asked ? explain_expression(session.program, *session.asked, flags.derive, session.sink) : std::nullopt;
  if (!know_studies(session, flags.file, {flags.study})) {
    status = command_wrong;
    return {};
  }
  std::vector<Question> asked = questions(session, {flags.study});
  if (asked.empty()) return {};
  StudyRow row{.study = static_cast<uint32_t>(asked[0].study - session.program.studies.data())};
  status = find_row(flags, asked[0], row);
  if (status != done) return {};
  auto result = explain_row(session.program, row, session.asked, flags.derive, session.sink);
  if (result) result->row = *flags.row;
  return result;
}

}  // namespace

int explain(const ExplainFlags& flags) {
  std::error_code code;
  const bool is_file = flags.file == "-" || std::filesystem::exists(flags.file, code);
  const bool only_name = flags.expr.empty() && flags.study.empty() && !flags.row;
  if (!is_file && only_name && (is_code(flags.file) || flags.file.find_first_of("./") == std::string::npos)) return explain_code(flags.file);
  if (!know_what(flags)) return command_wrong;
  SessionOptions options = flags.common.session;
  if (!flags.expr.empty()) options.asked = Asked{flags.expr, flags.study};
  auto session = open_session(flags.file, options);
  int status = done;
  std::optional<Explanation> result;
  if (session->program.ok) result = explanation(flags, *session, status);
  print_diagnostics(*session, session->sink, flags.common);
  if (status != done) return status;
  if (session->sink.has_errors() || !result) return file_wrong;
  Output output(flags.output);
  if (output.write(rendered(*result, flags.format)) && output.commit()) return done;
  fmt::print(stderr, "llmsys: {}\n", output.error());
  return machine_failed;
}

}  // namespace llmsys
