// Axes folded away. In: rows in row order, piece by piece. Out: one group for each choice on the other axes, with its summaries.
// Promise: bits depend only on a group's own rows: a sum of n values is the sum of its first p and of its other n - p values, p being
// the largest power of two below n, each summed in the same way.
#pragma once

#include <unordered_map>

#include "runtime/rows.h"

namespace llmsys {

/// What one function has seen of one group.
class Accumulator {
 public:
  void add(Summary::Function function, double value);
  double result(const Summary& summary) const;

 private:
  void add_to_sum(double value);
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
  /// By row number.
  std::vector<Group> groups() const;

 private:
  struct Open {
    uint64_t number;
    uint32_t reason;
    std::vector<Accumulator> accumulators;
  };
  Open& open(const Rows& rows, uint64_t i);

  const std::vector<Summary>& summaries_;
  std::unordered_map<uint64_t, uint64_t> index_;   // key -> index into open_
  std::vector<Open> open_;
};

}  // namespace llmsys
