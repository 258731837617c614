// Axes folded away. In: rows in row order, piece by piece, one by one or as runs of one group. Out: one group for each choice on the other axes, with its summaries.
// Promise: bits depend only on a group's own rows: a sum of n values is the sum of its first p and of its other n - p values, p being
// the largest power of two below n, each summed in the same way.
#pragma once

#include <unordered_map>

#include "runtime/rows.h"

namespace llmsys {

/// Rows one after the other that are in one group.
struct Run {
  uint64_t key = 0;
  uint64_t number = 0;   // of its first feasible row; of the first infeasible one if there is none
  uint32_t reason = 0;   // of that row
  uint64_t rows = 0;     // feasible ones
};

/// Runs, and of their feasible rows the columns that summaries read: values[s], for summary s, of all runs; none for `count`, and none
/// for a column that an earlier summary has.
struct Runs {
  std::vector<Run> runs;
  std::vector<std::vector<double>> values;
  static void fields(auto& archive, auto& self) { archive(self.runs, self.values); }
};
/// The summary whose values in Runs are those of summary s.
size_t holder(const std::vector<Summary>& summaries, size_t s);

/// What one function has seen of one group.
class Accumulator {
 public:
  /// `n` more values, in their order; what is counted only has none.
  void add(Summary::Function function, const double* values, uint64_t n);
  double result(const Summary& summary) const;
  static void fields(auto& archive, auto& self) { archive(self.count_, self.values_); }

 private:
  void add_to_sum(const double* values, uint64_t n);
  double sum() const;

  uint64_t count_ = 0;
  // mean, sum: sums of complete blocks, one for each bit that is set in count_, the largest first. min, max: one value. quantile: all values.
  std::vector<double> values_;
};

struct Group {
  uint64_t number = 0;         // of its first feasible row; of the first infeasible one if there is none
  uint32_t reason = 0;
  std::vector<double> slots;   // empty if infeasible
};

class Summariser {
 public:
  explicit Summariser(const Summarise& summarise) : summaries_(summarise.summaries) {}
  /// Rows in row order, with the keys of the groups.
  void add(const Rows& rows);
  void add(const Runs& runs);
  /// By row number.
  std::vector<Group> groups() const;
  static void fields(auto& archive, auto& self) { archive(self.index_, self.open_, self.next_); }

 private:
  struct Open {
    uint64_t key;
    uint64_t number;
    uint32_t reason;
    std::vector<Accumulator> accumulators;
    static void fields(auto& archive, auto& self) { archive(self.key, self.number, self.reason, self.accumulators); }
  };
  /// The group of a row, which becomes its first if it has none, or the first feasible one.
  Open& open(uint64_t key, uint64_t number, uint32_t reason);

  const std::vector<Summary>& summaries_;
  std::unordered_map<uint64_t, uint64_t> index_;   // key -> index into open_
  std::vector<Open> open_;
  uint64_t next_ = 0;                              // where the group of the next row is, if groups come in the order that they came in before
};

}  // namespace llmsys
