// Axes folded away. In: rows in row order, or runs of feasible rows of one group, in any order. Out: one group for each choice on the other axes, with its summaries.
// Promise: bits depend only on a group's own rows, neither on the order of the runs nor on how many come at once.
#pragma once

#include <unordered_map>

#include "runtime/rows.h"

namespace llmsys {

/// Up to `longest` rows of one group that differ in the last axis only, the first one's element there being a multiple of `longest`.
struct Run {
  static constexpr uint64_t longest = 4096;
  uint64_t key = 0;
  uint64_t number = 0;   // of its first feasible row; of the first infeasible one if there is none
  uint32_t reason = 0;   // of that row
  uint64_t rows = 0;     // feasible ones
};

/// Runs, and what each summary reads of them: one value of each run that has feasible rows, for a quantile those of all its rows, for a count nothing.
struct Runs {
  std::vector<Run> runs;
  std::vector<std::vector<double>> values;   // by summary
  static void fields(auto& archive, auto& self) { archive(self.runs, self.values); }
};

/// Puts rows that come in row order together to runs.
class RunMaker {
 public:
  explicit RunMaker(const std::vector<Summary>& summaries) : summaries_(summaries), values_(summaries.size()) { clear(); }
  /// Where the rows that come next belong: a group, and the first row of a run.
  void go_to(uint64_t key, uint64_t begin);
  void add_infeasible(uint64_t number, uint32_t reason);
  /// `n` rows, maybe all that the run will have; `column(c)` has their values.
  template <class Column>
  void add_feasible(uint64_t number, uint64_t n, bool all, Column column) {
    if (run_.rows == 0) run_.number = number, run_.reason = 0;
    run_.rows += n;
    for (size_t s = 0; s < summaries_.size(); ++s) {
      if (summaries_[s].function == Summary::Function::count) continue;   // which has no column to read
      const double* const values = column(summaries_[s].column);
      if (all) fold(s, values, n);
      else values_[s].insert(values_[s].end(), values, values + n);
    }
  }
  Runs take();

 private:
  void clear();
  void end();
  void fold(size_t s, const double* values, uint64_t n);

  static constexpr uint64_t nowhere = ~uint64_t{0};
  const std::vector<Summary>& summaries_;
  Run run_;
  uint64_t begin_ = nowhere;
  std::vector<std::vector<double>> values_;   // of the run at hand, by summary, unless it came at once
  Runs made_;
};

/// What one function has seen of one group.
class Accumulator {
 public:
  void add(Summary::Function function, double value);
  /// Of so many rows.
  double result(const Summary& summary, uint64_t rows) const;
  static void fields(auto& archive, auto& self) { archive(self.value_, self.rest_, self.is_empty_); }

 private:
  void add_exactly(double value);
  double sum() const;

  double value_ = 0;
  std::vector<double> rest_;   // sum, mean: what value_ leaves of the exact sum, parts that share no bits, the smallest first. quantile: all values
  bool is_empty_ = true;
};

struct Group {
  uint64_t number = 0;         // of its first feasible row; of the first infeasible one if there is none
  uint32_t reason = 0;
  std::vector<double> slots;   // empty if infeasible
};

class Summariser {
 public:
  Summariser(const Space& space, const Summarise& summarise) : space_(space), summaries_(summarise.summaries) {}
  /// Rows in row order, with the keys of the groups.
  void add(const Rows& rows);
  void add(const Runs& runs);
  /// By row number.
  std::vector<Group> groups() const;
  static void fields(auto& archive, auto& self) { archive(self.index_, self.open_, self.next_); }

 private:
  struct Open {
    Run all;   // of the group
    std::vector<Accumulator> accumulators;
    static void fields(auto& archive, auto& self) { archive(self.all, self.accumulators); }
  };
  /// The group of a run, which is counted in.
  Open& open(const Run& run);

  const Space& space_;
  const std::vector<Summary>& summaries_;
  std::unordered_map<uint64_t, uint64_t> index_;   // key -> index into open_
  std::vector<Open> open_;
  uint64_t next_ = 0;                              // where the group of the next run is, if groups come in the order that they came in before
};

}  // namespace llmsys
