#include "runtime/chunk.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <map>

#include "runtime/reduce.h"

namespace llmsys {
namespace {

constexpr uint64_t few = 8;               // rows that are computed to begin a scan with
constexpr uint64_t least_to_guess = 256;   // for fewer rows it does not pay

Groups groups_of(const Sweep& sweep, const Stage* reduction, AxisMask all_axes) {
  const Phase& first = sweep.phases[0];
  if (reduction != nullptr) return {sweep.space, group_axes(*reduction, all_axes)};
  return {sweep.space, first.end.empty() ? 0 : all_axes & ~first.end[0].over};
}

/// The end of the rows from `begin` on that have its status. Neighbours mostly share it: a group of them is the same as the group one row further on.
const double* end_of_alike(const double* begin, const double* end) {
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


}  // namespace

Outputs::Outputs(size_t columns, uint64_t rows) : storage_((1 + columns) * with_slack(rows)) {
  for (size_t c = 0; c <= columns; ++c) pointers_.push_back(storage_.data() + c * with_slack(rows));
}

Streaming::Streaming(const Sweep& sweep, const KernelSet& kernels, AxisMask all_axes) : phase(&sweep.phases[0]), groups(sweep.space, 0) {
  const std::vector<Stage>& stages = sweep.phases[0].stages;
  while (rest < stages.size() && std::holds_alternative<Filter>(stages[rest])) filters.push_back(std::get<Filter>(stages[rest++]));
  if (rest < stages.size()) reduction = &stages[rest++];
  groups = groups_of(sweep, reduction, all_axes);
  is_fine = std::any_of(sweep.space.domains.begin(), sweep.space.domains.end(), [](const Domain& domain) { return domain.is_fine; });
  const std::optional<uint32_t> repeats = remembered_axis(kernels);
  if (order_is_free(sweep) && repeats) order = Order(sweep.space, *repeats);
}

const Best* Streaming::best_along_rows() const { return reduction == nullptr || groups.last_stride() != 0 ? nullptr : std::get_if<Best>(reduction); }

const std::vector<Summary>* Streaming::run_reader() const {
  const bool folds_last = reduction == nullptr && !phase->end.empty() && groups.last_stride() == 0;
  return folds_last ? &phase->end[0].summaries : nullptr;
}

uint64_t Streaming::next_run(const Space& space, uint64_t position) const {
  if (run_reader() == nullptr || position >= space.rows()) return position;
  Place place;
  const Level* const last = locate(space, order.row(position), place);
  if (last == nullptr || place.index.back() % Run::longest == 0) return position;
  return position + std::min(Run::longest - place.index.back() % Run::longest, last->size - place.index.back());
}

bool Streaming::keeps_little() const {
  const std::vector<Summary>* const summaries = run_reader();
  const auto keeps_all = [](const Summary& summary) { return summary.function == Summary::Function::quantile; };
  return best_along_rows() != nullptr || (summaries != nullptr && std::none_of(summaries->begin(), summaries->end(), keeps_all));
}

ChunkWorker::ChunkWorker(const Sweep& sweep, const KernelSet& kernels, const Streaming& streaming)
    : sweep_(sweep),
      kernels_(kernels),
      streaming_(streaming),
      runs_(streaming.run_reader() == nullptr ? std::nullopt : std::optional<RunMaker>(*streaming.run_reader())),
      best_(streaming.best_along_rows()),
      walk_(sweep, streaming.order),
      long_walk_(sweep, streaming.order, std::numeric_limits<uint64_t>::max()),
      outputs_(sweep.phases[0].columns.size(), Walk::longest),
      few_(sweep.phases[0].columns.size(), few) {}

Chunk ChunkWorker::work(uint64_t begin, uint64_t end) {
  chunk_ = {Rows(static_cast<uint32_t>(sweep_.phases[0].columns.size())), {}, 0, std::vector<uint64_t>(sweep_.reasons.size())};
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
    go_through(streaming_.next_run(sweep_.space, begin), streaming_.next_run(sweep_.space, end));
    if (runs_) chunk_.runs = runs_->take();
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
    Counts counts = kernel_of(block).run(arguments(block));
    all_feasible_ = false;
    if (!streaming_.filters.empty()) {
      filter(block.rows);
      counts = count(outputs_.status(), static_cast<int64_t>(block.rows));
    }
    chunk_.dropped += static_cast<uint64_t>(counts.dropped);
    if (counts.infeasible > 0) tally(block.rows);
    if (counts.dropped == static_cast<int64_t>(block.rows)) continue;
    if (runs_) keep_run(block, counts);
    else if (best_ != nullptr) keep_best(block, *best_);
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
  std::array<double, with_slack(1)> inner;
  inner.fill(block.domain->at(block.place.index.back() + i));
  KernelArgs args = common_arguments(block);
  args.inner = inner.data();
  args.out = few_.pointers();
  args.n = 1;
  if (const Memo* memo = kernel.memo()) {
    memory_of_few_.resize(memo->bytes.size() * inner.size());
    memo_of_few_.clear();
    for (size_t c = 0; c < memo->bytes.size(); ++c) memo_of_few_.push_back(memory_of_few_.data() + c * inner.size());
    args.memo = memo_of_few_.data();
    kernel.remember(args);
  }
  kernel.run(args);
  keep(block, i, few_, 0);
}

/// The kernel finds the best row; only that one's columns are wanted. Mostly it is near to the last one found: some rows there are computed first, since the
/// more the kernel knows of a good one, the sooner it passes by others.
void ChunkWorker::scan(const Block& block) {
  KernelArgs args = arguments(block);
  const uint64_t first = block.place.index.back();
  const uint64_t near = std::clamp(guess_, first, first + block.rows - 1) - first;
  const uint64_t begin = std::min(near - std::min(near, few / 2), block.rows - std::min(block.rows, few));
  const bool guesses = block.rows >= least_to_guess;
  if (guesses) {
    compute_few(block, args, begin, few);
    const uint64_t best = best_position(best_->goal, few_.status(), few_.column(best_->goal.column), few);
    if (best < few) args.bound = (best_->goal.maximise ? 1 : -1) * few_.column(best_->goal.column)[best];
  }
  if (!all_feasible_) std::fill_n(outputs_.status(), with_slack(Walk::longest), status_feasible);
  const auto [found, counts] = kernel_of(block).scan(args);
  all_feasible_ = counts.infeasible == 0;
  if (!all_feasible_) tally(block.rows);
  chunk_.dropped += static_cast<uint64_t>(counts.dropped);
  if (found < args.n) {
    const auto row = static_cast<uint64_t>(found);
    guess_ = first + row;
    const bool is_known = guesses && row >= begin && row < begin + few;
    if (!is_known) compute_few(block, args, row, 1);
    keep(block, row, few_, is_known ? row - begin : 0);
  } else if (!all_feasible_) {
    const double* const status = outputs_.status();
    const double* const infeasible = std::find_if(status, status + block.rows, [](double s) { return s > 0; });
    const auto row = static_cast<uint64_t>(infeasible - status);
    keep(block, row, outputs_, row);
  }
}

/// Some rows of a block, whose arguments are given.
void ChunkWorker::compute_few(const Block& block, const KernelArgs& args, uint64_t first, uint64_t rows) {
  const Kernel& kernel = kernel_of(block);
  KernelArgs of_few = args;
  if (args.inner != nullptr) of_few.inner += first;
  of_few.combo += static_cast<int64_t>(first) * args.combo_step;
  of_few.n = static_cast<int64_t>(rows);
  of_few.out = few_.pointers();
  memo_of_few_.clear();
  const Memo* memo = kernel.memo();
  for (size_t c = 0; memo != nullptr && c < memo->bytes.size(); ++c) memo_of_few_.push_back(static_cast<std::byte*>(args.memo[c]) + first * memo->bytes[c]);
  of_few.memo = memo_of_few_.data();
  kernel.run(of_few);
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

/// Counts the infeasible ones.
void ChunkWorker::tally(uint64_t rows) {
  const double* const end = outputs_.status() + rows;
  for (const double *run = outputs_.status(), *after = run; run != end; run = after) {
    after = end_of_alike(run, end);
    if (*run > 0) chunk_.infeasible[static_cast<size_t>(*run) - 1] += static_cast<uint64_t>(after - run);
  }
}

void ChunkWorker::keep_all(const Block& block) {
  for (uint64_t i = 0; i < block.rows; ++i) {
    if (outputs_.status()[i] >= 0) keep(block, i, outputs_, i);
  }
}

/// All rows of the block are in one group.
void ChunkWorker::keep_run(const Block& block, const Counts& counts) {
  runs_->go_to(streaming_.groups.key(block.place), block.row - (block.place.index.empty() ? 0 : block.place.index.back() % Run::longest));
  const int64_t feasible = static_cast<int64_t>(block.rows) - counts.dropped - counts.infeasible;
  const double *const status = outputs_.status(), *const end = status + block.rows;
  int64_t left = static_cast<int64_t>(block.rows) - counts.dropped;   // that were not dropped, from here on
  for (const double *from = status, *to = from; left > 0; from = to) {
    to = left == end - from && counts.infeasible == 0 ? end : end_of_alike(from, end);
    const auto first = static_cast<uint64_t>(from - status);
    if (*from == status_feasible) {
      const bool all = block.rows == Run::longest && to - from == feasible;
      runs_->add_feasible(block.row + first, static_cast<uint64_t>(to - from), all, [&](uint32_t c) { return outputs_.column(c) + first; });
    } else if (*from > 0) {
      runs_->add_infeasible(block.row + first, static_cast<uint32_t>(*from));
    }
    if (*from >= 0) left -= to - from;
  }
}

void ChunkWorker::keep_best(const Block& block, const Best& best) {
  const double* const status = outputs_.status();
  uint64_t i = best_position(best.goal, status, outputs_.column(best.goal.column), block.rows);
  if (i == block.rows) i = static_cast<uint64_t>(std::find_if(status, status + block.rows, [](double s) { return s > 0; }) - status);
  if (i < block.rows) keep(block, i, outputs_, i);
}

void ChunkWorker::keep(const Block& block, uint64_t i, const Outputs& outputs, uint64_t output) {
  const uint64_t key = streaming_.groups.key(block.place) + i * streaming_.groups.last_stride();
  const auto reason = static_cast<uint32_t>(outputs.status()[output]);
  chunk_.rows.add(block.row + i, key, reason, [&](uint32_t c) { return reason == 0 ? outputs.column(c)[output] : 0; });
}

}  // namespace llmsys
