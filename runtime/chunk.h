// The first phase, a range of rows at a time. In: positions in the order that rows are gone through. Out: the rows that are left of them, and counts of the others.
// Promise: depends on the range only; one worker is for one thread.
#pragma once

#include <cstddef>

#include "runtime/evaluate.h"
#include "runtime/memory.h"
#include "runtime/rows.h"
#include "runtime/search.h"
#include "runtime/summarise.h"
#include "runtime/walk.h"

namespace llmsys {

/// Room for what a kernel gives: the status and the columns of up to `rows` rows, and slack.
class Outputs {
 public:
  Outputs(size_t columns, uint64_t rows);
  double* const* pointers() const { return pointers_.data(); }
  double* status() const { return pointers_[0]; }
  double* column(uint32_t c) const { return pointers_[1 + c]; }

 private:
  std::vector<double> storage_;
  std::vector<double*> pointers_;
};

/// What the first phase does to rows as they come: filters, then at most one reduction.
struct Streaming {
  Streaming(const Sweep& sweep, const KernelSet& kernels, AxisMask all_axes);
  /// The reduction, if it keeps one row at most of those that differ in the last axis only.
  const Best* best_along_rows() const;
  /// The reduction, if it solves for the last axis.
  const Solve* solve_along_rows() const { return reduction == nullptr || groups.last_stride() != 0 ? nullptr : std::get_if<Solve>(reduction); }
  /// Whether that is done for all elements of the axis at once: by kernels that search, or as there are too many.
  bool searches(const KernelSet& kernels) const { return solve_along_rows() != nullptr && (is_fine || !kernels.searches.empty()); }
  /// Who reads runs, in the place of rows: `summarise`, if it comes first and folds the last axis.
  const std::vector<Summary>* run_reader() const;
  /// Where, if runs are read, the first one begins that begins there or after: no run is of two chunks.
  uint64_t next_run(const Space& space, uint64_t position) const;
  /// One row, or a few numbers, at most of those that differ in the last axis only.
  bool keeps_little() const;

  const Phase* phase = nullptr;
  std::vector<Filter> filters;       // before any reduction
  const Stage* reduction = nullptr;  // the first one
  bool is_fine = false;              // the last axis
  size_t rest = 0;                   // stages from here on see all rows that are left
  Groups groups;                     // of the reduction, or of `summarise` if there is none
  Order order;                       // a reduction sorts what it leaves, so rows may come in any
};

struct Chunk {
  Rows rows;
  Runs runs;   // in the place of rows, if `summarise` comes first and folds the last axis
  uint64_t dropped = 0;
  std::vector<uint64_t> infeasible;   // by reason
  static void fields(auto& archive, auto& self) { archive(self.rows, self.runs, self.dropped, self.infeasible); }
};

class ChunkWorker {
 public:
  ChunkWorker(const Sweep& sweep, const KernelSet& kernels, const Streaming& streaming);
  Chunk work(uint64_t begin, uint64_t end);

 private:
  void go_through(uint64_t begin, uint64_t end);
  KernelArgs common_arguments(const Block& block) const;
  KernelArgs arguments(const Block& block);
  const Kernel& kernel_of(const Block& block) const { return *kernels_.kernels[0][sweep_.shape_of_combo[block.place.combo]]; }
  bool search(const Block& block);
  void solve(const Block& block, const Solve& solve);
  bool search_answer(const Block& block, const Solve& solve);
  void try_out(const Block& block, const Solve& solve, bool proven);
  void run_at(const Block& block, const std::vector<uint64_t>& rows);
  uint64_t bisect(const Block& block, uint64_t is, uint64_t is_not, const std::function<bool()>& test);
  void keep_at(const Block& block, uint64_t row, const Solve& solve, bool proven);
  void keep_found(const Block& block, uint64_t i);
  void scan(const Block& block);
  void compute_few(const Block& block, const KernelArgs& args, uint64_t first, uint64_t rows);
  Memory& memory(uint32_t shape, const Memo& memo);
  void filter(uint64_t rows);
  void tally(uint64_t rows);
  void keep_all(const Block& block);
  void keep_run(const Block& block, const Counts& counts);
  void keep_best(const Block& block, const Best& best);
  void keep(const Block& block, uint64_t i, const Outputs& outputs, uint64_t output);

  const Sweep& sweep_;
  const KernelSet& kernels_;
  const Streaming& streaming_;
  std::optional<RunMaker> runs_;          // none if rows are kept
  const Best* best_;                      // picks among the rows of a block
  Walk walk_, long_walk_;
  Outputs outputs_;
  bool all_feasible_ = true;                        // by the statuses that stand there
  std::vector<std::unique_ptr<Memory>> memories_;   // by shape
  std::vector<double> inner_of_some_;
  Outputs few_;                                     // of rows that are computed by themselves
  std::vector<void*> memo_of_few_;
  std::vector<double> memory_of_few_;               // what the memo of the row that a search found holds
  uint64_t guess_ = 0;                              // where on the last axis the last scan found its row
  Search search_;
  Chunk chunk_;
};

}  // namespace llmsys
