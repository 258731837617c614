#include "runtime/chunk.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>

#include "runtime/reduce.h"

namespace llmsys {
namespace {

Groups groups_of(const Sweep& sweep, const Stage* reduction, AxisMask all_axes) {
  const Phase& first = sweep.phases[0];
  if (reduction != nullptr) return {sweep.space, group_axes(*reduction, all_axes)};
  return {sweep.space, first.end.empty() ? 0 : all_axes & ~first.end[0].over};
}

/// The end of the rows from `begin` on that have its status. Neighbours mostly share it: a group of them is the same as the group one row further on.
const double* end_of_run(const double* begin, const double* end) {
  constexpr std::ptrdiff_t group = 64;
  const double status = *begin;
  while (end - begin > group && std::memcmp(begin, begin + 1, group * sizeof(double)) == 0) begin += group;
  return std::find_if(begin, end, [=](double other) { return other != status; });
}

/// The one that most kernels keep something along.
std::optional<uint32_t> remembered_axis(const KernelSet& kernels) {
  std::map<uint32_t, size_t> uses;
  for (const auto& kernel : kernels.kernels[0]) {
    if (const Memo* memo = kernel->memo()) ++uses[memo->axis];
  }
  const auto most = std::max_element(uses.begin(), uses.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == uses.end() ? std::nullopt : std::optional(most->first);
}

const std::vector<Summary>* reader_of_runs(const Sweep& sweep, const Streaming& streaming) {
  const std::vector<Summarise>& end = sweep.phases[0].end;
  const bool folds_last = streaming.reduction == nullptr && !end.empty() && streaming.groups.last_stride() == 0;
  return folds_last ? &end[0].summaries : nullptr;
}

}  // namespace

Outputs::Outputs(size_t columns, uint64_t rows) : storage_((1 + columns) * rows) {
  for (size_t c = 0; c <= columns; ++c) pointers_.push_back(storage_.data() + c * rows);
}

Streaming::Streaming(const Sweep& sweep, const KernelSet& kernels, AxisMask all_axes) : groups(sweep.space, 0) {
  const std::vector<Stage>& stages = sweep.phases[0].stages;
  while (rest < stages.size() && std::holds_alternative<Filter>(stages[rest])) filters.push_back(std::get<Filter>(stages[rest++]));
  if (rest < stages.size()) reduction = &stages[rest++];
  groups = groups_of(sweep, reduction, all_axes);
  is_fine = std::any_of(sweep.space.domains.begin(), sweep.space.domains.end(), [](const Domain& domain) { return domain.is_fine; });
  const std::optional<uint32_t> repeats = remembered_axis(kernels);
  if (order_is_free(sweep) && repeats) order = Order(sweep.space, *repeats);
}

const Best* Streaming::best_along_rows() const { return reduction == nullptr || groups.last_stride() != 0 ? nullptr : std::get_if<Best>(reduction); }

ChunkWorker::ChunkWorker(const Sweep& sweep, const KernelSet& kernels, const Streaming& streaming)
    : sweep_(sweep),
      kernels_(kernels),
      streaming_(streaming),
      runs_of_(reader_of_runs(sweep, streaming)),
      best_(streaming.best_along_rows()),
      walk_(sweep, streaming.order),
      long_walk_(sweep, streaming.order, std::numeric_limits<uint64_t>::max()),
      outputs_(sweep.phases[0].columns.size(), Walk::longest) {}

Chunk ChunkWorker::work(uint64_t begin, uint64_t end) {
  chunk_ = {Rows(static_cast<uint32_t>(sweep_.phases[0].columns.size())), {}, 0, std::vector<uint64_t>(sweep_.reasons.size())};
  if (runs_of_ != nullptr) make_room(end - begin);
  if (streaming_.searches(kernels_)) {
    long_walk_.start(begin, end);
    while (long_walk_.next()) solve(long_walk_.block(), *streaming_.solve_along_rows());
  } else if (best_ != nullptr && streaming_.filters.empty()) {
    long_walk_.start(begin, end);
    while (long_walk_.next()) {
      const Block& block = long_walk_.block();
      if (!search(block)) go_through(block.position, block.position + block.rows);
    }
  } else {
    go_through(begin, end);
  }
  if (streaming_.reduction != nullptr) chunk_.rows = reduce(*streaming_.reduction, chunk_.rows);
  if (first_solve(sweep_) != nullptr) std::fill(chunk_.infeasible.begin(), chunk_.infeasible.end(), 0);   // what is solved is counted in the end
  return std::move(chunk_);
}

void ChunkWorker::go_through(uint64_t begin, uint64_t end) {
  walk_.start(begin, end);
  while (walk_.next()) {
    const Block& block = walk_.block();
    if (best_ != nullptr && streaming_.filters.empty() && kernel_of(block).can_scan()) {
      scan(block);
      continue;
    }
    kernel_of(block).run(arguments(block));
    all_feasible_ = false;
    filter(block.rows);
    if (runs_of_ != nullptr) {
      keep_run(block);
      continue;
    }
    chunk_.dropped += tally(block.rows);
    if (best_ != nullptr) keep_best(block, *best_);
    else keep_all(block);
    if (first_solve(sweep_) != nullptr && chunk_.rows.size() > 16 * Walk::longest) chunk_.rows = reduce(*streaming_.reduction, chunk_.rows);
  }
}

/// False, and nothing is counted, if the rows have to be gone through.
bool ChunkWorker::search(const Block& block) {
  const Kernel& kernel = kernel_of(block);
  if (kernel.facts() == nullptr || block.rows < Search::least_rows) return false;
  const Search::Result* const found = search_.find(kernel, common_arguments(block), *block.domain, block.place.index.back(), block.rows);
  if (found == nullptr) return false;
  for (const auto& [status, rows] : found->counts) {
    if (status > 0) chunk_.infeasible[static_cast<size_t>(status) - 1] += rows;
    if (status < 0) chunk_.dropped += rows;
  }
  if (found->row < block.rows) keep_found(block, found->row);
  return true;
}

void ChunkWorker::keep_found(const Block& block, uint64_t i) {
  const Kernel& kernel = kernel_of(block);
  const double inner = block.domain->at(block.place.index.back() + i);
  KernelArgs args = common_arguments(block);
  args.inner = &inner;
  args.n = 1;
  if (const Memo* memo = kernel.memo()) {
    memory_of_one_.resize(memo->bytes.size());
    memo_of_one_.clear();
    for (double& column : memory_of_one_) memo_of_one_.push_back(&column);
    args.memo = memo_of_one_.data();
    kernel.remember(args);
  }
  kernel.run(args);
  all_feasible_ = all_feasible_ && outputs_.status()[0] == status_feasible;
  keep(block.row + i, streaming_.groups.key(block.place), 0);
}

/// The kernel finds the best row; only that one's columns are wanted.
void ChunkWorker::scan(const Block& block) {
  KernelArgs args = arguments(block);
  if (!all_feasible_) std::fill_n(outputs_.status(), Walk::longest, status_feasible);
  const auto [best, dropped, some_infeasible] = kernel_of(block).scan(args);
  all_feasible_ = !some_infeasible;
  if (some_infeasible) tally(block.rows);
  chunk_.dropped += dropped;
  const double* const status = outputs_.status();
  if (best == args.n && !some_infeasible) return;
  if (best == args.n) {
    const double* const infeasible = std::find_if(status, status + block.rows, [](double s) { return s > 0; });
    keep(block, static_cast<uint64_t>(infeasible - status), streaming_.groups.key(block.place));
    return;
  }
  if (args.inner != nullptr) args.inner += best;
  args.combo += best * args.combo_step;
  args.n = 1;
  out_of_one_.clear();
  memo_of_one_.clear();
  for (size_t c = 0; c <= sweep_.phases[0].columns.size(); ++c) out_of_one_.push_back(args.out[c] + best);
  const Memo* memo = kernel_of(block).memo();
  for (size_t c = 0; memo != nullptr && c < memo->bytes.size(); ++c) memo_of_one_.push_back(static_cast<std::byte*>(args.memo[c]) + best * memo->bytes[c]);
  args.out = out_of_one_.data();
  args.memo = memo_of_one_.data();
  kernel_of(block).run(args);
  keep(block, static_cast<uint64_t>(best), streaming_.groups.key(block.place));
}

/// Without what belongs to each row.
KernelArgs ChunkWorker::common_arguments(const Block& block) const {
  KernelArgs args{};
  args.axis = block.place.value.data();
  args.table = kernels_.tables[sweep_.shape_of_combo[block.place.combo]].data();
  args.combo = block.place.combo;
  args.combo_step = block.combo_step;
  args.n = static_cast<int64_t>(block.rows);
  args.out = outputs_.pointers();
  return args;
}

KernelArgs ChunkWorker::arguments(const Block& block) {
  const uint32_t shape = sweep_.shape_of_combo[block.place.combo];
  KernelArgs args = common_arguments(block);
  args.inner = walk_.inner();
  const Kernel& kernel = *kernels_.kernels[0][shape];
  if (const Memo* memo = kernel.memo()) {
    args.memo = memory(shape, *memo).columns(block, [&](void* const* columns) {
      args.memo = columns;
      kernel.remember(args);
    });
  }
  return args;
}

Memory& ChunkWorker::memory(uint32_t shape, const Memo& memo) {
  if (memories_.size() <= shape) memories_.resize(shape + 1);
  if (!memories_[shape]) memories_[shape] = std::make_unique<Memory>(sweep_.space, memo, streaming_.order.moved() == memo.axis);
  return *memories_[shape];
}

void ChunkWorker::filter(uint64_t rows) {
  double* const status = outputs_.status();
  for (const Filter& filter : streaming_.filters) {
    const double* const keeps = outputs_.column(filter.column);
    for (uint64_t i = 0; i < rows; ++i) {
      if (status[i] == status_feasible && keeps[i] != 1) status[i] = status_dropped;
    }
  }
}

/// Counts the infeasible ones. Gives how many have the status of dropped ones.
uint64_t ChunkWorker::tally(uint64_t rows) {
  uint64_t dropped = 0;
  const double* const end = outputs_.status() + rows;
  for (const double* run = outputs_.status(); run != end;) {
    const double status = *run;
    const double* const after = end_of_run(run, end);
    const auto count = static_cast<uint64_t>(after - run);
    if (status > 0) chunk_.infeasible[static_cast<size_t>(status) - 1] += count;
    if (status < 0) dropped += count;
    run = after;
  }
  return dropped;
}

void ChunkWorker::keep_all(const Block& block) {
  const uint64_t key = streaming_.groups.key(block.place);
  for (uint64_t i = 0; i < block.rows; ++i) {
    if (outputs_.status()[i] >= 0) keep(block, i, key);
  }
}

/// At once: what grows step by step costs as much as computing what goes in.
void ChunkWorker::make_room(uint64_t rows) {
  chunk_.runs.values.resize(runs_of_->size());
  for (size_t s = 0; s < runs_of_->size(); ++s) {
    if (holder(*runs_of_, s) == s) chunk_.runs.values[s].reserve(rows);
  }
}

/// All rows of the block are in one group. Counts those that are left out.
void ChunkWorker::keep_run(const Block& block) {
  const double *const status = outputs_.status(), *const end = status + block.rows;
  const double *feasible = nullptr, *infeasible = nullptr;   // the first ones
  uint64_t rows = 0;
  for (const double* from = status; from != end;) {
    const double* const to = end_of_run(from, end);
    const auto count = static_cast<uint64_t>(to - from);
    if (*from == status_feasible) {
      if (feasible == nullptr) feasible = from;
      rows += count;
      append(from - status, to - status);
    } else if (*from > 0) {
      if (infeasible == nullptr) infeasible = from;
      chunk_.infeasible[static_cast<size_t>(*from) - 1] += count;
    } else {
      chunk_.dropped += count;
    }
    from = to;
  }
  const double* const first = feasible != nullptr ? feasible : infeasible;
  if (first == nullptr) return;
  chunk_.runs.runs.push_back({streaming_.groups.key(block.place), block.row + static_cast<uint64_t>(first - status), static_cast<uint32_t>(*first), rows});
}

/// What summaries read of rows `from` to `to` of the block.
void ChunkWorker::append(std::ptrdiff_t from, std::ptrdiff_t to) {
  for (size_t s = 0; s < runs_of_->size(); ++s) {
    if (holder(*runs_of_, s) != s) continue;
    const double* const column = outputs_.column((*runs_of_)[s].column);
    chunk_.runs.values[s].insert(chunk_.runs.values[s].end(), column + from, column + to);
  }
}

void ChunkWorker::keep_best(const Block& block, const Best& best) {
  const double* const status = outputs_.status();
  uint64_t i = best_position(best.goal, status, outputs_.column(best.goal.column), block.rows);
  if (i == block.rows) i = static_cast<uint64_t>(std::find_if(status, status + block.rows, [](double s) { return s > 0; }) - status);
  if (i < block.rows) keep(block, i, streaming_.groups.key(block.place));
}

void ChunkWorker::keep(uint64_t row, uint64_t key, uint64_t output) {
  const auto reason = static_cast<uint32_t>(outputs_.status()[output]);
  chunk_.rows.add(row, key, reason, [&](uint32_t c) { return reason == 0 ? outputs_.column(c)[output] : 0; });
}

}  // namespace llmsys
