// The stages of bench/limit.llmsys, each for itself in one warm process. `run.sh` measures the command from outside.
#include <benchmark/benchmark.h>

#include "compiler/codegen/jit.h"
#include "compiler/elaborate/elaborate.h"
#include "compiler/session/session.h"
#include "runtime/evaluate.h"

namespace llmsys {
namespace {

std::unique_ptr<Session> opened() { return open_session(LLMSYS_BENCH_FILE, {}); }

class Nowhere : public Sink {
 public:
  bool begin(const Sweep&) override { return true; }
  bool row(const Row&) override { return true; }
  bool end(const Totals&) override { return true; }
};

void load_parse_check(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(opened());
}
BENCHMARK(load_parse_check)->Unit(benchmark::kMillisecond);

void elaborate_study(benchmark::State& state) {
  const auto session = opened();
  for (auto _ : state) benchmark::DoNotOptimize(elaborate(session->program, 0, session->sink));
}
BENCHMARK(elaborate_study)->Unit(benchmark::kMillisecond);

void plan_and_compile(benchmark::State& state) {
  const auto session = opened();
  const Elaborated study = elaborate(session->program, 0, session->sink);
  for (auto _ : state) benchmark::DoNotOptimize(jit(*study.query, {}));
}
BENCHMARK(plan_and_compile)->Unit(benchmark::kMillisecond);

/// Points a second, at as many threads as the argument says.
void run_points(benchmark::State& state) {
  const auto session = opened();
  const Elaborated study = elaborate(session->program, 0, session->sink);
  KernelSet set;
  set.kernels.push_back(std::move(std::get<0>(jit(*study.query, {}))));
  std::vector<const double*> tables;
  for (const auto& table : study.query->graph.tables()) tables.push_back(table.data());
  set.tables.assign(study.query->shapes.size(), tables);
  Nowhere sink;
  for (auto _ : state) evaluate(study.query->sweep, set, sink, {.threads = static_cast<unsigned>(state.range(0))});
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(study.query->sweep.space.rows()));
}
BENCHMARK(run_points)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace llmsys

BENCHMARK_MAIN();
