// What a `solve` along the last axis does with the rows of a block: a search where it is proved that one finds what going through all of them does, else, if they are too many
// for that, rows of even steps and a bisection between two of them.
#include <algorithm>
#include <cmath>

#include "runtime/chunk.h"

namespace llmsys {

void ChunkWorker::solve(const Block& block, const Solve& solve) {
  if (block.domain != nullptr && search_answer(block, solve)) return;
  if (block.domain != nullptr && block.domain->is_fine) try_out(block, solve, false);
  else go_through(block.position, block.position + block.rows);
}

/// False if nothing is proved of these rows.
bool ChunkWorker::search_answer(const Block& block, const Solve& solve) {
  if (kernels_.searches.empty() || block.rows < Search::least_rows) return false;
  const Kernel* const kernel = kernels_.searches[sweep_.shape_of_combo[block.place.combo]].get();
  if (kernel == nullptr) return false;
  const Search::Result* const found = search_.find(*kernel, common_arguments(block), *block.domain, block.place.index.back(), block.rows);
  if (found == nullptr) return false;
  if (found->row < block.rows && found->status == status_feasible) keep_at(block, found->row, solve, true);
  else if (block.rows > 1 << 20) try_out(block, solve, true);   // the best that is no solution
  else return false;
  return true;
}

/// Runs the kernel for some rows of the block: outputs stand in their order.
void ChunkWorker::run_at(const Block& block, const std::vector<uint64_t>& rows) {
  inner_of_some_.clear();
  for (uint64_t row : rows) inner_of_some_.push_back(block.domain->at(block.place.index.back() + row));
  inner_of_some_.resize(with_slack(rows.size()), inner_of_some_.back());
  KernelArgs args = common_arguments(block);
  args.inner = inner_of_some_.data();
  args.n = static_cast<int64_t>(rows.size());
  kernel_of(block).run(args);
}

/// Between a row that passes a test and one that does not: the last that does, next to one that does not.
uint64_t ChunkWorker::bisect(const Block& block, uint64_t is, uint64_t is_not, const std::function<bool()>& test) {
  while (std::max(is, is_not) - std::min(is, is_not) > 1) {
    const uint64_t middle = std::min(is, is_not) + (std::max(is, is_not) - std::min(is, is_not)) / 2;
    run_at(block, {middle});
    (test() ? is : is_not) = middle;
  }
  return is;
}

void ChunkWorker::keep_at(const Block& block, uint64_t row, const Solve& solve, bool proven) {
  run_at(block, {row});
  if (solve.proof && proven) {
    outputs_.column(solve.proof->answer)[0] = solve.proof->proven;
    outputs_.column(solve.no_solution)[0] = outputs_.column(solve.proof->no_solution)[0];
  } else if (outputs_.status()[0] > 0) {
    outputs_.status()[0] = solve.proof ? solve.proof->nothing_found : outputs_.status()[0];   // it tells why, and that it is not proven
  }
  all_feasible_ = false;
  const Outputs& outputs = outputs_;
  chunk_.rows.add(block.row + row, streaming_.groups.key(block.place), static_cast<uint32_t>(outputs.status()[0]), [&](uint32_t c) { return outputs.status()[0] == status_feasible ? outputs.column(c)[0] : 0; });
}

/// Goes through rows of even steps, and between two of them to where what holds begins; if it does for none, to where the best one is.
void ChunkWorker::try_out(const Block& block, const Solve& solve, bool proven) {
  std::vector<uint64_t> tried(std::min<uint64_t>(steps_tried, block.rows));
  const uint64_t gaps = std::max<uint64_t>(tried.size() - 1, 1), gap = (block.rows - 1) / gaps, rest = (block.rows - 1) % gaps;
  for (size_t k = 0; k < tried.size(); ++k) tried[k] = gap * k + rest * k / gaps;
  run_at(block, tried);
  const auto is_feasible = [&](size_t k) { return outputs_.status()[k] == status_feasible; };
  const auto holds = [&](size_t k) { return is_feasible(k) && outputs_.column(solve.holds)[k] == 1; };
  std::optional<size_t> answer, best;
  std::vector<bool> feasible(tried.size());
  double merit = 0;
  for (size_t n = 0; n < tried.size(); ++n) {
    const size_t k = solve.goal.maximise ? tried.size() - 1 - n : n;
    feasible[k] = is_feasible(k);
    if (!answer && holds(k)) answer = k;
    if (!feasible[k] || !(!best || outputs_.column(solve.merit)[k] > merit)) continue;
    best = k;
    merit = outputs_.column(solve.merit)[k];
  }
  if (answer) {
    const bool at_end = solve.goal.maximise ? *answer + 1 == tried.size() : *answer == 0;
    const size_t before = at_end ? *answer : solve.goal.maximise ? *answer + 1 : *answer - 1;
    return keep_at(block, at_end ? tried[*answer] : bisect(block, tried[*answer], tried[before], [&] { return holds(0); }), solve, proven);
  }
  if (!best) return keep_at(block, solve.goal.maximise ? 0 : block.rows - 1, solve, proven);
  uint64_t row = tried[*best];
  for (const int side : {-1, 1}) {   // as far as it is feasible it may still get better
    const size_t beside = *best + static_cast<size_t>(side);
    if (beside >= tried.size() || feasible[beside]) continue;
    const uint64_t last = bisect(block, tried[*best], tried[beside], [&] { return is_feasible(0); });
    run_at(block, {last});
    if (outputs_.column(solve.merit)[0] > merit) {
      merit = outputs_.column(solve.merit)[0];
      row = last;
    }
    if (holds(0)) row = last;
  }
  keep_at(block, row, solve, proven);
}

}  // namespace llmsys
