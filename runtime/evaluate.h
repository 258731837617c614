// A sweep and its kernels to rows. In: a Sweep, kernels by phase and shape, options. Out: rows in order to a sink, totals.
// Promise: the same rows and bits for any number of threads and any chunk size.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "runtime/kernel.h"
#include "runtime/ranks.h"
#include "runtime/sweep.h"

namespace llmsys {

/// kernels[phase][shape]; tables[shape] are what KernelArgs::table of that shape points to, mostly `values`, with slack.
struct KernelSet {
  std::vector<std::vector<std::unique_ptr<Kernel>>> kernels;
  std::vector<std::vector<const double*>> tables;
  std::vector<std::vector<double>> values;
  /// By shape, for a sweep that begins with `solve` along the last axis: kernels with facts, which search in place of those that run. Null: nothing is proved.
  std::vector<std::unique_ptr<Kernel>> searches = {};
};

/// How far an evaluation is.
struct Progress {
  uint64_t done = 0;             // points
  uint64_t points = 0;           // in all
  std::optional<double> best;    // of the feasible rows so far, by the goal of a `best` or `top` that comes first
  const Column* goal = nullptr;  // the column that `best` is of
};

struct EvaluateOptions {
  unsigned threads = 1;
  uint64_t chunk = 1 << 16;   // rows handed to a thread at once
  /// Told after each chunk, on the calling thread. If it gives false no more points are evaluated: what was seen is reduced and given to the sink as
  /// if it were all, and Totals::points says how many it was.
  std::function<bool(const Progress&)> watch = nullptr;
  /// Called after each chunk, and after `watch`, with what makes a state from which another evaluation of the same sweep by the same engine can go on: all rows given to
  /// the sink until now, and no others, are known to it. If it gives false, the machine failed, and so does the evaluation.
  std::function<bool(const std::function<std::string()>& state)> save = nullptr;
  std::string from;   // a state; empty: from the start
  /// Of a job whose ranks all evaluate this sweep: rank 0 gives the rows, `save`, `from` and `watch` are its own; the others give none.
  Ranks* ranks = nullptr;
};

struct Row {
  uint64_t number = 0;
  std::vector<double> axes;     // values of the axes (labels' numbers for by-element ones); NaN for an axis that was summarised away
  std::vector<double> values;   // all columns of the last phase; empty if infeasible
  uint32_t reason = 0;          // infeasible: 1 + index into Sweep::reasons
};

struct Totals {
  uint64_t points = 0;                        // rows evaluated
  uint64_t dropped = 0;                       // by `where`s before the first reduction
  uint64_t infeasible = 0;
  std::map<std::string, uint64_t> by_reason;  // by Reason::site; sums up to `infeasible`
  uint64_t shown = 0;                         // feasible rows given to the sink
  static void fields(auto& archive, auto& self) { archive(self.points, self.dropped, self.infeasible, self.by_reason, self.shown); }
};

/// Where rows go. A function that gives false stops the evaluation: the machine failed (disk full).
class Sink {
 public:
  virtual ~Sink() = default;
  virtual bool begin(const Sweep& sweep) = 0;
  virtual bool row(const Row& row) = 0;
  virtual bool end(const Totals& totals) = 0;
};

/// Infeasible rows reach the sink in place if nothing reduces them; after `best`, a choice without any feasible row gives its first infeasible one.
/// False if the sink stopped it, or if `from` is no state of this sweep. Rows that were given before the state `from` are not given again.
bool evaluate(const Sweep& sweep, const KernelSet& kernels, Sink& sink, const EvaluateOptions& options);

}  // namespace llmsys
