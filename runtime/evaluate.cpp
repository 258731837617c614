#include "runtime/evaluate.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "runtime/bytes.h"
#include "runtime/chunk.h"
#include "runtime/in_order.h"
#include "runtime/reduce.h"
#include "runtime/share.h"
#include "runtime/summarise.h"

namespace llmsys {
namespace {

constexpr double not_a_value = std::numeric_limits<double>::quiet_NaN();
constexpr uint64_t most_numbers = 1 << 22;   // of a chunk, whose rows may have thousands of columns

AxisMask all_axes(const Space& space) { return space.axes >= max_axes ? ~AxisMask{0} : (AxisMask{1} << space.axes) - 1; }

const Goal* goal_of(const Stage& stage) {
  if (const auto* best = std::get_if<Best>(&stage)) return &best->goal;
  if (const auto* top = std::get_if<Top>(&stage)) return &top->goal;
  return nullptr;
}

class Evaluation {
 public:
  Evaluation(const Sweep& sweep, const KernelSet& kernels, Sink& sink, const EvaluateOptions& options)
      : sweep_(sweep), kernels_(kernels), sink_(sink), options_(options), left_(all_axes(sweep.space)), streaming_(sweep, kernels, left_) {}

  bool run();

 private:
  uint32_t columns(uint32_t phase) const { return static_cast<uint32_t>(sweep_.phases[phase].columns.size()); }
  bool first_phase();
  uint64_t rows_at_once(uint64_t rows) const;
  std::function<Chunk(Piece)> worker() const;
  bool take(Chunk chunk);
  std::string state();
  bool restore();
  void see_best(const Goal& goal, const Rows& rows);
  void compact();
  void run_stages(uint32_t phase, size_t first);
  void run_stage(const Stage& stage);
  bool solved(const Solve& first);
  std::vector<Group> fold(uint32_t phase);
  Rows rows_of(uint32_t phase, const std::vector<Group>& groups);
  double run_kernel(uint32_t phase, const Group& group, const Outputs& outputs);
  void count_infeasible(uint32_t reason, uint64_t rows);
  void locate_left(uint64_t row);
  bool give(const Rows& rows);

  const Sweep& sweep_;
  const KernelSet& kernels_;
  Sink& sink_;
  const EvaluateOptions& options_;
  AxisMask left_;                          // axes not yet folded away
  const Streaming streaming_;
  Rows kept_;
  uint64_t compact_at_ = 0;                // rows
  std::optional<Summariser> summariser_;   // of the phase at hand, if it ends in one
  Totals totals_;
  Progress progress_;
  Place place_;                            // of the row at hand
};

bool Evaluation::run() {
  if (options_.ranks != nullptr && options_.ranks->rank() != 0) {
    assist<Chunk>(*options_.ranks, options_.threads, [this] { return worker(); });
    return true;
  }
  if (!sink_.begin(sweep_) || !first_phase()) return false;
  for (uint32_t phase = 1; phase < sweep_.phases.size(); ++phase) {
    kept_ = rows_of(phase, fold(phase - 1));
    run_stages(phase, 0);
  }
  return give(kept_) && sink_.end(totals_);
}

bool Evaluation::first_phase() {
  kept_ = Rows(columns(0));
  compact_at_ = most_numbers / (columns(0) + 3);
  if (!sweep_.phases[0].end.empty()) summariser_.emplace(sweep_.space, sweep_.phases[0].end[0]);
  if (!options_.from.empty() && !restore()) return false;
  const uint64_t begin = progress_.done, rows = sweep_.space.rows() - begin;   // to do
  const uint64_t size = rows_at_once(rows);
  const uint64_t pieces = rows / size + (rows % size != 0 ? 1 : 0);
  const auto piece_of = [=](uint64_t number) { return Piece{number, begin + number * size, begin + number * size + std::min(size, rows - number * size)}; };
  progress_.points = sweep_.space.rows();
  const Goal* goal = streaming_.reduction == nullptr ? nullptr : goal_of(*streaming_.reduction);
  if (goal != nullptr) progress_.goal = &sweep_.phases[0].columns[goal->column];
  bool stopped = false;   // by who watches
  const auto take_one = [&](Chunk chunk) {
    progress_.done += std::min(size, progress_.points - progress_.done);
    if (goal != nullptr && options_.watch) see_best(*goal, chunk.rows);
    if (!take(std::move(chunk))) return false;
    const bool goes_on = !options_.watch || options_.watch(progress_);
    if (options_.save && !options_.save([&] { return state(); })) return false;
    stopped = !goes_on;
    return goes_on;
  };
  const bool all = options_.ranks == nullptr
                       ? work_in_order<Chunk>(options_.threads, pieces, [&] { return [=, work = worker()](uint64_t number) { return work(piece_of(number)); }; }, take_one)
                       : work_in_order<Chunk>(*options_.ranks, options_.threads, pieces, piece_of, [this] { return worker(); }, take_one);
  if (!all && !stopped) return false;
  totals_.points = streaming_.next_run(sweep_.space, progress_.done);
  if (const Solve* solve = first_solve(sweep_)) return solved(*solve);
  if (streaming_.reduction != nullptr) kept_ = reduce(*streaming_.reduction, kept_);
  run_stages(0, streaming_.rest);
  return true;
}

/// Points are what is solved, not what was tried for that.
bool Evaluation::solved(const Solve& first) {
  kept_ = reduce(first, kept_);
  const std::vector<Stage>& stages = sweep_.phases[0].stages;
  size_t rest = streaming_.rest;
  const auto is_solve = [](const Stage& stage) { return std::holds_alternative<Solve>(stage); };
  for (; rest < stages.size() && is_solve(stages[rest]); ++rest) run_stage(stages[rest]);
  totals_.points = kept_.size();
  for (uint64_t i = 0; i < kept_.size(); ++i) {
    if (kept_.feasible(i)) kept_.reason[i] = static_cast<uint32_t>(kept_.value(i, first.afterwards));
    if (!kept_.feasible(i)) count_infeasible(kept_.reason[i], 1);
  }
  run_stages(0, rest);
  return true;
}

/// Of a piece of work. If little of it is kept, those of several threads are larger, as each has to be handed over, and a piece ends where the kernels'
/// memo has been of all its use, so that no two threads fill it with the same.
uint64_t Evaluation::rows_at_once(uint64_t rows) const {
  constexpr uint64_t pieces_each = 64;
  const uint64_t numbers = sweep_.axes.size() + columns(0) + 1;
  const uint64_t usual = std::clamp<uint64_t>(most_numbers / numbers, 1, std::max<uint64_t>(options_.chunk, 1));
  if (streaming_.searches(kernels_)) return axis_sizes(sweep_.space).back();   // whole axes
  const uint64_t threads = uint64_t{options_.threads} * (options_.ranks == nullptr ? 1 : options_.ranks->size());
  if (!streaming_.keeps_little() || threads <= 1) return usual;
  const std::vector<uint64_t> size = axis_sizes(sweep_.space);
  const uint64_t most = std::max(usual, std::min(uint64_t{1} << 22, usual * size.back()));   // as many are kept as of a usual one
  const uint64_t wanted = std::clamp(rows / (pieces_each * threads), usual, most);
  const uint64_t use = streaming_.order.moved() ? size[*streaming_.order.moved()] * size.back() : 1;
  const uint64_t whole = (wanted + use - 1) / use * use;
  return whole <= most && rows / whole >= 4 * threads ? whole : wanted;
}

/// For one thread.
std::function<Chunk(Piece)> Evaluation::worker() const {
  auto worker = std::make_shared<ChunkWorker>(sweep_, kernels_, streaming_);
  return [worker](Piece piece) { return worker->work(piece.begin, piece.end); };
}

std::string Evaluation::state() {
  if (streaming_.reduction != nullptr) kept_ = reduce(*streaming_.reduction, kept_);
  Pack pack;
  pack(progress_.done, progress_.best, streaming_.order.moved(), totals_, kept_, summariser_.has_value());
  if (summariser_) pack(*summariser_);
  return std::move(pack.bytes);
}

/// To be torn only by whoever keeps the state; but of another sweep it may well be.
bool Evaluation::restore() {
  Unpack unpack(options_.from);
  std::optional<uint32_t> moved;
  bool summarises = false;
  unpack(progress_.done, progress_.best, moved, totals_, kept_, summarises);
  if (summarises != summariser_.has_value() || moved != streaming_.order.moved()) return false;
  if (summariser_) unpack(*summariser_);
  return unpack.whole() && kept_.columns == columns(0) && progress_.done <= sweep_.space.rows();
}

void Evaluation::see_best(const Goal& goal, const Rows& rows) {
  for (uint64_t i = 0; i < rows.size(); ++i) {
    if (!rows.feasible(i)) continue;
    const double value = rows.value(i, goal.column);
    if (!progress_.best || (goal.maximise ? value > *progress_.best : value < *progress_.best)) progress_.best = value;
  }
}

/// Rows that nothing reduces go on at once; others are kept until all have come.
bool Evaluation::take(Chunk chunk) {
  totals_.dropped += chunk.dropped;
  for (uint32_t r = 0; r < chunk.infeasible.size(); ++r) count_infeasible(r + 1, chunk.infeasible[r]);
  if (streaming_.reduction == nullptr && !summariser_) return give(chunk.rows);
  if (streaming_.reduction == nullptr) {
    summariser_->add(chunk.rows);
    summariser_->add(chunk.runs);
  } else {
    kept_.append(chunk.rows);
    compact();
  }
  return true;
}

/// Reducing when there are many rows, and then whenever they have doubled, keeps memory near what survives, at a constant cost a row.
void Evaluation::compact() {
  if (kept_.size() < compact_at_) return;
  kept_ = reduce(*streaming_.reduction, kept_);
  compact_at_ = std::max(compact_at_, 2 * kept_.size());
}

void Evaluation::run_stages(uint32_t phase, size_t first) {
  const std::vector<Stage>& stages = sweep_.phases[phase].stages;
  for (size_t s = first; s < stages.size(); ++s) run_stage(stages[s]);
}

void Evaluation::run_stage(const Stage& stage) {
  kept_.set_keys(sweep_.space, Groups(sweep_.space, group_axes(stage, left_)));
  kept_ = reduce(stage, kept_);
}

std::vector<Group> Evaluation::fold(uint32_t phase) {
  const Summarise& end = sweep_.phases[phase].end[0];
  if (phase > 0) summariser_.emplace(sweep_.space, end);
  left_ &= ~end.over;
  Rows in_order = kept_.pick(by_number(kept_));
  in_order.set_keys(sweep_.space, Groups(sweep_.space, left_));
  summariser_->add(in_order);
  return summariser_->groups();
}

Rows Evaluation::rows_of(uint32_t phase, const std::vector<Group>& groups) {
  Rows rows(columns(phase));
  const Outputs outputs(columns(phase), 1);
  for (const Group& group : groups) {
    const double status = group.reason != 0 ? group.reason : run_kernel(phase, group, outputs);
    if (status == status_dropped) continue;
    const auto reason = static_cast<uint32_t>(status);
    if (group.reason == 0 && reason != 0) count_infeasible(reason, 1);
    rows.add(group.number, 0, reason, [&](uint32_t c) { return reason == 0 ? outputs.column(c)[0] : 0; });
  }
  return rows;
}

double Evaluation::run_kernel(uint32_t phase, const Group& group, const Outputs& outputs) {
  locate_left(group.number);
  const uint32_t shape = sweep_.shape_of_combo[place_.combo];
  KernelArgs args;
  args.axis = place_.value.data();
  args.inner = place_.value.empty() ? nullptr : &place_.value.back();
  args.table = kernels_.tables[shape].data();
  args.slot = group.slots.data();
  args.combo = place_.combo;
  args.n = 1;
  args.out = outputs.pointers();
  kernels_.kernels[phase][shape]->run(args);
  return outputs.status()[0];
}

void Evaluation::count_infeasible(uint32_t reason, uint64_t rows) {
  if (rows == 0) return;
  totals_.infeasible += rows;
  totals_.by_reason[sweep_.reasons[reason - 1].site] += rows;
}

void Evaluation::locate_left(uint64_t row) {
  locate(sweep_.space, row, place_);
  for (uint32_t a = 0; a < sweep_.space.axes; ++a) {
    if ((left_ >> a & 1) == 0) place_.value[a] = not_a_value;
  }
}

bool Evaluation::give(const Rows& rows) {
  Row row;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    locate_left(rows.number[i]);
    row.number = rows.number[i];
    row.axes = place_.value;
    row.reason = rows.reason[i];
    row.values.clear();
    for (uint32_t c = 0; rows.feasible(i) && c < rows.columns; ++c) row.values.push_back(rows.value(i, c));
    totals_.shown += rows.feasible(i) ? 1 : 0;
    if (!sink_.row(row)) return false;
  }
  return true;
}

}  // namespace

bool evaluate(const Sweep& sweep, const KernelSet& kernels, Sink& sink, const EvaluateOptions& options) {
  return Evaluation(sweep, kernels, sink, options).run();
}

}  // namespace llmsys
