#include "compiler/cli/questions.h"

#include <fmt/core.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "compiler/codegen/jit.h"
#include "compiler/diag/suggest.h"

namespace llmsys {

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr uint64_t most_points = 10'000'000'000'000;

/// Below so many points compiling takes longer than it saves (more so for large graphs, for which LLVM needs the square of their size); the bits are
/// the same.
bool is_fine(const Domain& domain) { return domain.is_fine; }

/// What is evaluated: of an axis that is too fine to be gone through, a few rows are.
uint64_t points(const Query& query) {
  const Space& space = query.sweep.space;
  const bool fine = std::any_of(space.domains.begin(), space.domains.end(), is_fine);
  return fine ? space.rows() / axis_sizes(space).back() * steps_tried : space.rows();
}

/// For a few elements of the axis all are gone through as fast.
bool is_worth_solving(const Query& query, bool wanted) {
  if (solve_along_rows(query) == nullptr) return false;
  const std::vector<Domain>& domains = query.sweep.space.domains;
  return std::any_of(domains.begin(), domains.end(), is_fine) || (wanted && axis_sizes(query.sweep.space).back() >= 4096);
}

bool is_worth_compiling(const Query& query) {
  uint64_t nodes = 0;
  for (const Shape& shape : query.shapes) nodes += live(query.graph, shape.roots[0]).size();
  return points(query) >= 20'000 + 12 * nodes;
}

/// Those that this process may use: fewer than the machine has in a container, or as a rank that is bound to some.
unsigned processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : std::max(1u, std::thread::hardware_concurrency());
}

/// With fewer points of a shape a scan is done before the code that a search needs is compiled; who asks for `jit` gets it all.
bool is_worth_searching(const Query& query) { return query.sweep.space.rows() / query.shapes.size() >= 5'000'000; }

/// A search takes as long for a few rows as for all of an axis, so no piece of work should end within one; what is scanned after all takes a moment.
uint64_t rows_at_once(const Query& query, const std::vector<Plan>& plans) {
  const bool searches = !plans.empty() && std::all_of(plans.begin(), plans.end(), [](const Plan& plan) { return plan.search.has_value(); });
  const uint64_t usual = EvaluateOptions{}.chunk;
  return searches ? std::clamp(axis_sizes(query.sweep.space).back(), usual, usual << 8) : usual;
}

bool has_reductions(const Phase& phase) {
  return !phase.end.empty() || std::any_of(phase.stages.begin(), phase.stages.end(), [](const Stage& stage) { return !std::holds_alternative<Filter>(stage); });
}

bool few_enough(const Session& session, const StudyInfo& study, const Query& query, DiagSink& sink) {
  uint64_t rows = query.sweep.space.rows();
  if (rows != UINT64_MAX && points(query) <= most_points) return true;
  const ast::Name& name = std::get<ast::Study>(session.syntax[study.decl].node).name;
  std::string count = rows == UINT64_MAX ? "more than 10^19" : std::to_string(rows);
  sink.add({Code::too_many, name.span, "the study has " + count + " points; at most 10^13 are evaluated", "too many points", {}, {}, "sweep fewer values, or fewer axes at once"});
  return false;
}

}  // namespace

std::vector<std::string> study_names(const Session& session) {
  std::vector<std::string> names;
  for (const StudyInfo& study : session.program.studies)
    if (session.syntax[study.decl].file == session.main) names.emplace_back(std::get<ast::Study>(session.syntax[study.decl].node).name.text);
  return names;
}

bool know_studies(const Session& session, const std::string& file, const std::vector<std::string>& studies, bool speaks) {
  std::vector<std::string> names = study_names(session);
  for (const std::string& wanted : studies) {
    if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    if (!speaks) return false;
    auto near = suggest(wanted, names);
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    fmt::print(stderr, "llmsys: `{}` has no study `{}`; {}\n", file, wanted, near ? "did you mean `" + *near + "`?" : all.empty() ? "it has none" : "it has: " + all);
    return false;
  }
  return true;
}

bool is_reduced(const Query& query) { return std::any_of(query.sweep.phases.begin(), query.sweep.phases.end(), has_reductions); }

std::vector<Question> questions(Session& session, const std::vector<std::string>& names) {
  std::vector<Question> result;
  for (uint32_t i = 0; i < session.program.studies.size(); ++i) {
    const StudyInfo& study = session.program.studies[i];
    if (session.syntax[study.decl].file != session.main) continue;
    std::string_view name = std::get<ast::Study>(session.syntax[study.decl].node).name.text;
    if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
    Elaborated elaborated = elaborate(session.program, i, session.sink);
    if (elaborated.query && few_enough(session, study, *elaborated.query, session.sink)) result.push_back({&study, std::move(elaborated)});
  }
  return result;
}

bool answer(const Question& question, const EngineFlags& flags, Sink& sink, EngineTimes& times, std::string& error, EvaluateOptions options) {
  const Query& query = *question.elaborated.query;
  const unsigned threads = flags.threads != 0 ? flags.threads : processors();
  std::vector<std::unique_ptr<Kernel>> compiled;
  std::vector<Plan> plans;
  auto start = Clock::now();
  if (flags.engine == EngineChoice::jit || (flags.engine == EngineChoice::automatic && is_worth_compiling(query))) {
    plans = plan(query);
    for (Plan& one : plans) {
      if (first_solve(query.sweep) != nullptr || !flags.search || (flags.engine == EngineChoice::automatic && !is_worth_searching(query))) one.search.reset();
    }
    times.plan += since(start);
    start = Clock::now();
    Jitted made = jit(query, plans, {.width = flags.width, .threads = threads, .cache = flags.cache.get()});
    if (auto* text = std::get_if<std::string>(&made)) {
      error = *text;
      return false;
    }
    compiled = std::move(std::get<0>(made));
  }
  KernelSet set = kernels_of(query, std::move(compiled));
  if (is_worth_solving(query, flags.search)) set.searches = searches(query);
  times.jit += since(start);

  start = Clock::now();
  options.threads = threads;
  options.chunk = rows_at_once(query, plans);
  bool good = evaluate(query.sweep, set, sink, options);
  times.run += since(start);
  return good;
}

}  // namespace llmsys
