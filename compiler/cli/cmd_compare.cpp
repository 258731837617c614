#include <fmt/format.h>

#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/differences.h"
#include "compiler/cli/output.h"
#include "compiler/cli/questions.h"
#include "runtime/report/layout.h"
#include "runtime/report/number.h"

namespace llmsys {

namespace {

/// The rows of a study by what its axes are.
class Collect : public Sink {
 public:
  explicit Collect(StudyTable& table) : table_(table) {}

  bool begin(const Sweep& sweep) override {
    sweep_ = &sweep;
    fields_ = fields_of(sweep);
    const std::vector<std::string> names = names_of(fields_, {});
    for (size_t i = 0; i < fields_.size(); ++i) (fields_[i].is_axis ? table_.axes : table_.columns).push_back(names[i]);
    return true;
  }
  bool row(const Row& row) override {
    if (table_.lines.size() >= max_table_rows) return !(is_too_long = true);
    std::string key;
    StudyTable::Line line;
    if (row.reason != 0) line.reason = why(*sweep_, row);
    for (size_t i = 0, axis = 0; i < fields_.size(); ++i) {
      if (!has(row, fields_[i])) continue;
      const Told value = told(*fields_[i].column, value_of(row, fields_[i]));
      if (!fields_[i].is_axis) line.values.push_back(value);
      else key += (key.empty() ? "" : ", ") + table_.axes[axis++] + " = " + (value.number ? with_unit(*value.number, value.units, 17) : value.text);
    }
    if (const uint32_t times = ++seen_[key]; times > 1) key += fmt::format(" ({})", times);
    table_.lines.emplace_back(std::move(key), std::move(line));
    return true;
  }
  bool end(const Totals&) override { return true; }

  bool is_too_long = false;

 private:
  static Told told(const Column& column, double value) {
    if (column.type == Column::Type::number) return {value, column.units, column.plain_unit, ""};
    return {.text = plain(column, value)};
  }

  StudyTable& table_;
  const Sweep* sweep_ = nullptr;
  std::vector<Field> fields_;
  std::map<std::string, uint32_t> seen_;
};

/// `FILE:EXPR`, if that is no file itself.
std::pair<std::string, std::string> file_and_expr(const std::string& named, const std::string& expr) {
  std::error_code code;
  for (size_t colon = named.find(':'); colon != std::string::npos; colon = named.find(':', colon + 1))
    if (!std::filesystem::exists(named, code) && std::filesystem::exists(named.substr(0, colon), code)) return {named.substr(0, colon), named.substr(colon + 1)};
  return {named, expr};
}

/// The asked expression was declared behind all of the file.
DeclId asked_decl(const Session& session) { return session.syntax[session.main].decls.back(); }

/// Done, or what is wrong.
int add_study(const CompareFlags& flags, const Question& question, Side& side) {
  StudyTable table{.name = question.elaborated.query->sweep.name, .axes = {}, .columns = {}, .lines = {}};
  Collect rows(table);
  EngineTimes times;
  std::string error;
  const bool good = answer(question, flags.engine, rows, times, error);
  if (rows.is_too_long) error = fmt::format("`{}` has more than {} rows, which is too many to compare; name another study with `--study`", table.name, max_table_rows);
  if (!good) fmt::print(stderr, "llmsys: {}\n", error);
  if (!good) return rows.is_too_long ? file_wrong : machine_failed;
  side.studies.push_back(std::move(table));
  return done;
}

/// All that the file declares. What can't be evaluated is told as a text in its place: perhaps nobody needs it.
void add_facts(const Session& session, Side& side) {
  for (DeclId decl : session.syntax[session.main].decls) {
    const auto& node = session.syntax[decl].node;
    if (!std::holds_alternative<ast::Let>(node) && !std::holds_alternative<ast::Instance>(node)) continue;
    DiagSink mistakes;
    std::vector<Fact> facts = facts_of(session.program, decl, false, mistakes);
    const auto* let = std::get_if<ast::Let>(&node);
    const std::string_view name = let ? let->name.text : std::get<ast::Instance>(node).name.text;
    if (mistakes.has_errors()) facts = {{.path = std::string(name), .is_given = true, .text = "can't be evaluated: " + mistakes.sorted()[0].message}};
    side.facts.insert(side.facts.end(), std::make_move_iterator(facts.begin()), std::make_move_iterator(facts.end()));
  }
}

/// Done, or what is wrong.
int read_side(const CompareFlags& flags, const std::string& named, const std::optional<std::filesystem::path>& library, Side& side) {
  const auto [file, expr] = file_and_expr(named, flags.expr);
  SessionOptions options = flags.common.session;
  if (library) options.library = library;
  if (!expr.empty()) options.asked = Asked{expr, ""};
  auto session = open_session(file, options);
  std::vector<Question> asked;
  const bool has_studies = expr.empty() || !flags.studies.empty();
  if (session->program.ok && has_studies) {
    if (!know_studies(*session, file, flags.studies)) return command_wrong;
    asked = questions(*session, flags.studies);
  }
  side.name = named;
  if (session->asked && session->program.ok) {
    side.facts = facts_of(session->program, asked_decl(*session), true, session->sink);
    for (Fact& fact : side.facts) fact.path = fact.path.starts_with('.') ? fact.path.substr(1) : !fact.path.empty() ? fact.path : fact.is_whole ? whole_requires : whole_value;
  } else if (session->program.ok) {
    add_facts(*session, side);
  }
  print_diagnostics(*session, session->sink, flags.common);
  if (session->sink.has_errors()) return file_wrong;
  for (const Question& question : asked)
    if (const int status = add_study(flags, question, side); status != done) return status;
  return done;
}

std::string rendered(const Side& a, const Side& b, const std::vector<Difference>& all, DifferenceFormat format) {
  switch (format) {
    case DifferenceFormat::text: return differences_text(a, b, all);
    case DifferenceFormat::json: return differences_json(a, b, all);
    case DifferenceFormat::csv: return differences_csv(all);
  }
  return "";
}

}  // namespace

int compare(const CompareFlags& flags) {
  if (flags.a == "-" && flags.b == "-") {
    fmt::print(stderr, "llmsys: standard input can be read once: one of the two must be a file\n");
    return command_wrong;
  }
  Side a, b;
  if (const int status = read_side(flags, flags.a, flags.library_of_a, a); status != done) return status;
  if (const int status = read_side(flags, flags.b, flags.library_of_b, b); status != done) return status;
  const std::vector<Difference> all = differences(a, b, flags.tolerance);
  Output output(flags.output);
  if (!output.write(rendered(a, b, all, flags.format)) || !output.commit()) {
    fmt::print(stderr, "llmsys: {}\n", output.error());
    return machine_failed;
  }
  return flags.check && !all.empty() ? expectation_wrong : done;
}

}  // namespace llmsys
