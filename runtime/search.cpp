#include "runtime/search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace llmsys {
namespace {

bool holds(Premise premise, double value) {
  const double size = std::fabs(value);   // NaN holds nowhere
  const bool fits = size >= smallest_premised && size <= largest_premised;
  switch (premise) {
    case Premise::zero_or_positive: return value == 0 || (value > 0 && fits);
    case Premise::positive: return value > 0 && fits;
    case Premise::not_too_large: return size <= largest_premised;
  }
  return false;
}

}  // namespace

const Search::Result* Search::find(const Kernel& kernel, const KernelArgs& args, const Domain& domain, uint64_t first, uint64_t rows) {
  start(kernel, args, domain, first, rows);
  probe(guess_);
  if (!premises_hold()) return nullptr;
  for (const Bracket& bracket : brackets_) {
    if (!narrow(bracket)) return nullptr;
  }
  cut();
  for (const Piece& piece : pieces_) {
    if (!(piece.of_one_status ? see_stretch(piece) : go_through(piece.begin, piece.end, false))) return nullptr;
  }
  for (const Piece& piece : feasible_) {
    if (!follow(piece)) return nullptr;
  }
  const std::optional<Sample>& kept = best_ ? best_ : first_infeasible_;
  result_.row = kept ? kept->row : rows_;
  result_.status = kept ? kept->status : status_dropped;
  remember_guess();
  return &result_;
}

void Search::start(const Kernel& kernel, const KernelArgs& args, const Domain& domain, uint64_t first, uint64_t rows) {
  if (facts_ != kernel.facts()) {
    facts_ = kernel.facts();
    const size_t columns = 2 + 2 * facts_->crossings.size() + facts_->premises.size();
    storage_.resize((1 + columns) * stretch);
    out_.clear();
    for (size_t c = 1; c <= columns; ++c) out_.push_back(storage_.data() + c * stretch);
    guess_ = {0};
  }
  kernel_ = &kernel;
  domain_ = &domain;
  first_ = first;
  rows_ = rows;
  args_ = args;
  args_.inner = storage_.data();
  args_.out = out_.data();
  args_.memo = nullptr;
  gone_through_ = 0;
  std::erase_if(guess_, [=](uint64_t row) { return row >= rows; });
  samples_.clear();
  feasible_.clear();
  brackets_.assign(facts_->crossings.size(), {0, rows, rows, 0});
  best_.reset();
  first_infeasible_.reset();
  result_.counts.clear();
}

/// Right after a probe that begins with the first row.
bool Search::premises_hold() const {
  const size_t before = 2 + 2 * brackets_.size();
  for (size_t p = 0; p < facts_->premises.size(); ++p) {
    if (!holds(facts_->premises[p], *out_[before + p])) return false;
  }
  return true;
}

/// Rows that are asked for are anywhere: a kernel sees nothing of a row but its value on the axis.
void Search::compute(std::span<const uint64_t> rows) {
  uint64_t n = 0;
  for (uint64_t row : rows) storage_[n++] = domain_->at(first_ + row);
  args_.n = static_cast<int64_t>(n);
  for (; n % most_lanes != 0; ++n) storage_[n] = storage_[n - 1];
  kernel_->probe(args_);
}

void Search::probe(std::span<const uint64_t> rows) {
  compute(rows);
  for (size_t k = 0; k < rows.size(); ++k) {
    samples_.push_back({rows[k], out_[0][k], out_[1][k]});
    for (size_t c = 0; c < brackets_.size(); ++c) learn(c, rows[k], out_[2 + 2 * c][k], out_[3 + 2 * c][k]);
  }
}

void Search::learn(size_t crossing, uint64_t row, double left, double right) {
  const auto [left_overtakes, margin] = facts_->crossings[crossing];
  Bracket& bracket = brackets_[crossing];
  const bool is_less = left < right * (1 - margin), is_more = left > right * (1 + margin);
  if (left_overtakes ? is_less : is_more) {
    bracket.sure_end = std::max(bracket.sure_end, row + 1);
  } else if (left_overtakes ? is_more : is_less) {
    bracket.sure_begin = std::min(bracket.sure_begin, row);
  } else {
    bracket.unsure_begin = std::min(bracket.unsure_begin, row);
    bracket.unsure_end = std::max(bracket.unsure_end, row + 1);
  }
}

/// Probes until each row is on a sure side or between rows that are too near to tell. False if the sides overlap: a fact does not hold.
bool Search::narrow(const Bracket& bracket) {
  while (bracket.sure_end < bracket.sure_begin) {
    const uint64_t unsure_begin = std::max(bracket.unsure_begin, bracket.sure_end), unsure_end = std::min(bracket.unsure_end, bracket.sure_begin);
    const bool some_unsure = unsure_begin < unsure_end;
    if (!some_unsure) probe_between(bracket.sure_end, bracket.sure_begin);
    else if (bracket.sure_end < unsure_begin) probe_between(bracket.sure_end, unsure_begin);
    else if (unsure_end < bracket.sure_begin) probe_between(unsure_end, bracket.sure_begin);
    else return true;
  }
  return bracket.sure_end == bracket.sure_begin;
}

void Search::probe_between(uint64_t begin, uint64_t end) {
  const uint64_t count = std::min(at_once, end - begin);
  std::array<uint64_t, at_once> rows;
  for (uint64_t k = 0; k < count; ++k) rows[k] = begin + (end - begin) / (count + 1) * (k + 1);
  if (count == end - begin) std::iota(rows.begin(), rows.begin() + count, begin);
  probe({rows.data(), count});
}

/// What is between the crossings has one status; what is near to one has to be gone through.
void Search::cut() {
  std::vector<std::pair<uint64_t, uint64_t>>& near = near_;
  near.clear();
  for (const Bracket& bracket : brackets_) near.emplace_back(bracket.sure_end, bracket.sure_begin);
  near.emplace_back(rows_, rows_);
  std::sort(near.begin(), near.end());
  pieces_.clear();
  uint64_t at = 0;
  for (const auto& [begin, end] : near) {
    if (at < begin) pieces_.push_back({at, begin, true});
    at = std::max(at, begin);
    if (at < end) pieces_.push_back({at, end, false});
    at = std::max(at, end);
  }
}

Search::Sample Search::sample(uint64_t row) {
  for (const Sample& one : samples_) {
    if (one.row == row) return one;
  }
  probe({&row, 1});
  return samples_.back();
}

bool Search::see_stretch(const Piece& piece) {
  const auto inside = std::find_if(samples_.begin(), samples_.end(), [&](const Sample& one) { return one.row >= piece.begin && one.row < piece.end; });
  const double status = inside != samples_.end() ? inside->status : sample(from_best(piece, 0)).status;
  count(status, piece.end - piece.begin);
  if (status > 0) offer_infeasible({piece.begin, status, 0});
  if (status != status_feasible) return true;
  feasible_.push_back(piece);
  offer(sample(from_best(piece, 0)));
  return true;
}

/// Goes through the rows of a feasible piece that may be as good as the best one known; the nearest one is known.
bool Search::follow(const Piece& piece) {
  const uint64_t length = piece.end - piece.begin;
  if (is_worse(sample(from_best(piece, 0)).goal)) return true;
  uint64_t near = 0, far = length;   // steps: from `far` on all rows are worse, and of those before it `near` is the last one seen that may not be
  size_t seen = 0;
  const auto see_new = [&] {
    for (; seen < samples_.size(); ++seen) {
      const Sample& one = samples_[seen];
      if (one.row < piece.begin || one.row >= piece.end) continue;
      const uint64_t steps = is_best_at_end() ? piece.end - 1 - one.row : one.row - piece.begin;
      if (is_worse(one.goal)) far = std::min(far, steps);
      else near = std::max(near, steps);
    }
    near = std::min(near, far - 1);
  };
  see_new();
  if (far - near > 1) leap(piece, far);
  see_new();
  while (far - near > at_once) {
    if (is_best_at_end()) probe_between(piece.end - far, piece.end - 1 - near);
    else probe_between(piece.begin + near + 1, piece.begin + far);
    see_new();
  }
  return is_best_at_end() ? go_through(piece.end - far, piece.end - 1, true) : go_through(piece.begin + 1, piece.begin + far, true);
}

/// Mostly the best row stands alone: looks near to it first.
void Search::leap(const Piece& piece, uint64_t end) {
  std::array<uint64_t, at_once> rows;
  uint64_t count = 0;
  for (uint64_t steps = 1; steps < end && count < at_once; steps *= 2) rows[count++] = from_best(piece, steps);
  probe({rows.data(), count});
}

/// False if it would be too many rows: a scan is as fast then, or there is none.
bool Search::go_through(uint64_t begin, uint64_t end, bool of_one_status) {
  gone_through_ += end - begin;
  if (gone_through_ > (domain_->is_fine ? steps_tried : rows_ / most_gone_through)) return false;
  std::array<uint64_t, stretch> rows;
  for (; begin < end; begin += stretch) {
    const uint64_t size = std::min(stretch, end - begin);
    std::iota(rows.begin(), rows.begin() + size, begin);
    compute({rows.data(), size});
    for (uint64_t k = 0; k < size; ++k) {
      const Sample one = {rows[k], out_[0][k], out_[1][k]};
      if (!of_one_status) count(one.status, 1);
      if (one.status == status_feasible) offer(one);
      if (one.status > 0) offer_infeasible(one);
    }
  }
  return true;
}

void Search::count(double status, uint64_t rows) {
  if (result_.counts.empty() || result_.counts.back().first != status) result_.counts.emplace_back(status, 0);
  result_.counts.back().second += rows;
}

/// Of equal ones the lowest row, in whatever order they come.
void Search::offer(const Sample& feasible) {
  const bool is_better = !best_ || (facts_->maximise ? feasible.goal > best_->goal : feasible.goal < best_->goal);
  if (is_better || (feasible.goal == best_->goal && feasible.row < best_->row)) best_ = feasible;
}

void Search::offer_infeasible(const Sample& infeasible) {
  if (!first_infeasible_ || infeasible.row < first_infeasible_->row) first_infeasible_ = infeasible;
}

/// Whether a goal, and that of each row further away from where it is best, is surely worse than the best one known.
bool Search::is_worse(double goal) const {
  const double best = best_->goal;
  return facts_->maximise ? goal < best * (1 - facts_->margin) : goal > best * (1 + facts_->margin);
}

void Search::remember_guess() {
  guess_ = {0};
  const auto add = [&](uint64_t row) {
    if (row < rows_ && guess_.size() < at_once) guess_.push_back(row);
  };
  for (const Bracket& bracket : brackets_) {
    add(bracket.sure_begin);
    add(bracket.sure_end - 1);
  }
  if (!best_) return;
  add(best_->row);
  add(is_best_at_end() ? best_->row - 1 : best_->row + 1);
}

}  // namespace llmsys
