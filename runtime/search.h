// The best row of many that differ in the last axis only, found without going through all of them. In: a kernel with facts that were proved of it, and rows.
// Out: the row that a scan finds, and how many rows have which status; or nothing, if a premise of the facts does not hold for these rows or most of them would have
// to be gone through. Promise: what it says is what Kernel::scan says. One search is for one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "runtime/kernel.h"
#include "runtime/space.h"

namespace llmsys {

/// Of a number in the first row; together they make the rest of the facts true of all rows.
enum class Premise : uint8_t {
  zero_or_positive,   // and not so small or large that it might leave the range of doubles along the axis
  positive,
  not_too_large,      // whatever its sign
};
inline constexpr double smallest_premised = 0x1p-300, largest_premised = 0x1p+300;

/// Two numbers, one of which may overtake the other once. Where they differ by more than the margin, as a share of the right one, in one row, they do so
/// in that order in all rows on its side.
struct Crossing {
  bool left_overtakes;
  double margin;
};

/// What was proved of a kernel, whose `probe` gives the status, the goal, both sides of each crossing and the numbers of the premises.
/// The status depends on nothing that varies but on which side of its crossings a row is.
struct SearchFacts {
  bool maximise = true;
  bool rises = true;      // the goal; where it differs by more than the margin in two rows, they are in that order
  double margin = 0;
  std::vector<Crossing> crossings;
  std::vector<Premise> premises;
};

class Search {
 public:
  static constexpr uint64_t least_rows = 128;   // with fewer, a scan is as fast
  static constexpr uint64_t at_once = 8;       // rows of a probe: mostly they cost as much as one

  struct Result {
    uint64_t row;      // the best; the first infeasible one if none is feasible; the number of rows if all were dropped
    double status;     // of that row
    std::vector<std::pair<double, uint64_t>> counts;   // rows by status, in stretches
  };
  /// Rows are the elements `first` and after of the domain. The result is good until the next call. `args` is as for `scan`, but needs no `inner`, `memo` or `out`.
  /// Kernels must outlive the search, which knows by their facts what it has prepared.
  const Result* find(const Kernel& kernel, const KernelArgs& args, const Domain& domain, uint64_t first, uint64_t rows);

 private:
  static constexpr uint64_t stretch = 128;    // rows that are gone through at once
  static constexpr uint64_t most_gone_through = 4;   // one row out of so many

  struct Sample {
    uint64_t row;
    double status;
    double goal;
  };
  struct Bracket {             // of a crossing: rows before `sure_end` lie on one side of it, rows from `sure_begin` on on the other
    uint64_t sure_end;
    uint64_t sure_begin;
    uint64_t unsure_begin;     // rows seen that are too near to it to tell are in here
    uint64_t unsure_end;
  };
  struct Piece {
    uint64_t begin;
    uint64_t end;
    bool of_one_status;
  };

  void start(const Kernel& kernel, const KernelArgs& args, const Domain& domain, uint64_t first, uint64_t rows);
  bool premises_hold() const;
  void compute(std::span<const uint64_t> rows);
  void probe(std::span<const uint64_t> rows);
  void probe_between(uint64_t begin, uint64_t end);
  Sample sample(uint64_t row);
  void learn(size_t crossing, uint64_t row, double left, double right);
  bool narrow(const Bracket& bracket);
  void cut();
  bool see_stretch(const Piece& piece);
  bool follow(const Piece& piece);
  void leap(const Piece& piece, uint64_t end);
  bool go_through(uint64_t begin, uint64_t end, bool of_one_status);
  void count(double status, uint64_t rows);
  void offer(const Sample& feasible);
  void offer_infeasible(const Sample& infeasible);
  bool is_worse(double goal) const;
  void remember_guess();

  bool is_best_at_end() const { return facts_->maximise == facts_->rises; }
  /// The row so many steps away from where the goal is best.
  uint64_t from_best(const Piece& piece, uint64_t steps) const { return is_best_at_end() ? piece.end - 1 - steps : piece.begin + steps; }

  const Kernel* kernel_ = nullptr;
  const SearchFacts* facts_ = nullptr;
  const Domain* domain_ = nullptr;
  KernelArgs args_{};
  uint64_t first_ = 0;
  uint64_t rows_ = 0;
  uint64_t gone_through_ = 0;
  std::vector<double> storage_;                 // the axis, then each column
  std::vector<double*> out_;
  std::vector<Sample> samples_;
  std::vector<Bracket> brackets_;
  std::vector<std::pair<uint64_t, uint64_t>> near_;
  std::vector<Piece> pieces_, feasible_;
  std::vector<uint64_t> guess_;                 // rows that would have told all the last time
  std::optional<Sample> best_, first_infeasible_;
  Result result_;
};

}  // namespace llmsys
