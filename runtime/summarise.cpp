#include "runtime/summarise.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace llmsys {
namespace {

using Function = Summary::Function;

/// Position (n - 1) q among the sorted values, linear between two of them.
double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double position = static_cast<double>(values.size() - 1) * std::clamp(q, 0.0, 1.0);
  const double below = std::floor(position);
  const double fraction = position - below;
  const double lower = values[static_cast<size_t>(below)];
  if (fraction == 0) return lower;
  const double upper = values[static_cast<size_t>(below) + 1];
  return lower + fraction * (upper - lower);
}

// Compiled for each width of vectors that machines have; the bits are the same.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define LLMSYS_WIDE [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define LLMSYS_WIDE
#endif

constexpr uint64_t strands = 8;

/// Value i of a run belongs to strand i mod 8.
struct Strands {
  double of[strands];
};

Strands operator+(const Strands& a, const Strands& b) {
  Strands sum;
  for (uint64_t s = 0; s < strands; ++s) sum.of[s] = a.of[s] + b.of[s];
  return sum;
}

/// Each strand by itself, `n` values long: the sum of its first p values and that of the others, p being the largest power of two below n.
LLMSYS_WIDE Strands sum_strands(const double* v, uint64_t n) {
  Strands sum;
  if (n == 1) {
    std::copy_n(v, strands, sum.of);
    return sum;
  }
  if (n == 8) {
    const auto at = [v](uint64_t i, uint64_t s) { return v[i * strands + s]; };
    for (uint64_t s = 0; s < strands; ++s) sum.of[s] = ((at(0, s) + at(1, s)) + (at(2, s) + at(3, s))) + ((at(4, s) + at(5, s)) + (at(6, s) + at(7, s)));
    return sum;
  }
  const uint64_t first = std::bit_floor(n - 1);
  const Strands sum_of_first = sum_strands(v, first);
  return sum_of_first + sum_strands(v + first * strands, n - first);
}

/// In 8 strands, missing values being -0, which adds nothing to any number.
double sum_of_run(const double* values, uint64_t n) {
  const uint64_t whole = n / strands, left_over = n % strands;
  Strands sum;
  if (left_over == 0) {
    sum = sum_strands(values, whole);
  } else {
    std::fill_n(sum.of, strands, -0.0);
    std::copy_n(values + whole * strands, left_over, sum.of);
    for (uint64_t rest = whole; rest != 0; rest &= rest - 1) {   // what comes last is added last, at each level
      const uint64_t size = rest & (~rest + 1);
      sum = sum_strands(values + (rest - size) * strands, size) + sum;
    }
  }
  const double* const of = sum.of;
  return ((of[0] + of[1]) + (of[2] + of[3])) + ((of[4] + of[5]) + (of[6] + of[7]));
}

template <class Better>
[[gnu::always_inline]] inline double best_of_run(const double* values, uint64_t n, Better better) {
  constexpr uint64_t at_once = 4 * strands;   // a maximum does not depend on the order
  double best[at_once];
  std::fill_n(best, at_once, values[0]);
  uint64_t i = 0;
  for (; i + at_once <= n; i += at_once) {
    for (uint64_t k = 0; k < at_once; ++k) best[k] = better(best[k], values[i + k]) ? values[i + k] : best[k];
  }
  for (; i < n; ++i) best[0] = better(best[0], values[i]) ? values[i] : best[0];
  return *std::max_element(best, best + at_once, better);
}
LLMSYS_WIDE double least_of_run(const double* values, uint64_t n) { return best_of_run(values, n, std::greater<>()); }
LLMSYS_WIDE double largest_of_run(const double* values, uint64_t n) { return best_of_run(values, n, std::less<>()); }

/// The first row of the run that a row is in.
uint64_t begin_of_run(const Space& space, uint64_t row, Place& place) {
  locate(space, row, place);
  return place.index.empty() ? row : row - place.index.back() % Run::longest;
}

}  // namespace

void RunMaker::clear() {
  run_ = {};
  begin_ = nowhere;
  made_.runs.clear();
  made_.values.assign(summaries_.size(), {});
}

void RunMaker::go_to(uint64_t key, uint64_t begin) {
  if (begin == begin_ && key == run_.key) return;
  end();
  run_ = {.key = key};
  begin_ = begin;
}

void RunMaker::add_infeasible(uint64_t number, uint32_t reason) {
  if (run_.rows > 0 || run_.reason != 0) return;
  run_.number = number;
  run_.reason = reason;
}

void RunMaker::end() {
  if (run_.rows == 0 && run_.reason == 0) return;
  for (size_t s = 0; s < values_.size(); ++s) {
    if (!values_[s].empty()) fold(s, values_[s].data(), values_[s].size());
    values_[s].clear();
  }
  made_.runs.push_back(run_);
}

Runs RunMaker::take() {
  end();
  Runs made = std::move(made_);
  clear();
  return made;
}

void RunMaker::fold(size_t s, const double* values, uint64_t n) {
  std::vector<double>& out = made_.values[s];
  switch (summaries_[s].function) {
    case Function::mean:
    case Function::sum: out.push_back(sum_of_run(values, n)); break;
    case Function::min: out.push_back(least_of_run(values, n)); break;
    case Function::max: out.push_back(largest_of_run(values, n)); break;
    case Function::quantile: out.insert(out.end(), values, values + n); break;
    case Function::count: break;
  }
}

/// Shewchuk's expansions ("Adaptive precision floating-point arithmetic", 1997): each step leaves a rounded sum and what was lost.
void Accumulator::add_exactly(double value) {
  constexpr double largest = 0x1p1000;   // so that no sum of fewer than 2^23 of them is infinite
  if (std::fabs(value) >= largest) value = std::copysign(std::numeric_limits<double>::infinity(), value);
  if (!std::isfinite(value) || !std::isfinite(value_)) {
    value_ = std::isfinite(value) ? value_ : std::isfinite(value_) ? value : value_ + value;
    rest_.clear();
    return;
  }
  size_t kept = 0;
  const auto add = [&](double part) {
    if (std::fabs(value) < std::fabs(part)) std::swap(value, part);
    const double sum = value + part;
    if (const double lost = part - (sum - value); lost != 0) rest_[kept++] = lost;
    value = sum;
  };
  const size_t parts = rest_.size();
  rest_.push_back(0);
  for (size_t i = 0; i < parts; ++i) add(rest_[i]);
  add(value_);
  rest_.resize(kept);
  value_ = value;
}

/// The exact sum, rounded once.
double Accumulator::sum() const {
  double sum = value_, lost = 0;
  size_t left = rest_.size();
  while (left > 0 && lost == 0) {
    const double before = sum, part = rest_[--left];
    sum = before + part;
    lost = part - (sum - before);
  }
  // Half-way between two numbers as far as `lost` tells: what is left decides.
  if (left > 0 && ((lost < 0 && rest_[left - 1] < 0) || (lost > 0 && rest_[left - 1] > 0))) {
    const double twice = lost * 2, other = sum + twice;
    if (other - sum == twice) sum = other;
  }
  return sum;
}

void Accumulator::add(Function function, double value) {
  switch (function) {
    case Function::mean:
    case Function::sum: add_exactly(value); break;
    case Function::min: value_ = is_empty_ || value < value_ ? value : value_; break;
    case Function::max: value_ = is_empty_ || value > value_ ? value : value_; break;
    case Function::quantile: rest_.push_back(value); break;
    case Function::count: break;
  }
  is_empty_ = false;
}

double Accumulator::result(const Summary& summary, uint64_t rows) const {
  constexpr double no_minus = 0;   // a zero is 0, since which of 0 and -0 comes first must not be seen
  switch (summary.function) {
    case Function::mean: return sum() / static_cast<double>(rows) + no_minus;
    case Function::sum: return sum() + no_minus;
    case Function::min:
    case Function::max: return value_ + no_minus;
    case Function::quantile: return quantile(rest_, summary.parameter) + no_minus;
    case Function::count: break;
  }
  return static_cast<double>(rows);
}

Summariser::Open& Summariser::open(const Run& run) {
  if (next_ >= open_.size() || open_[next_].all.key != run.key) {
    const auto [entry, is_new] = index_.try_emplace(run.key, open_.size());
    if (is_new) open_.push_back({{run.key, run.number, run.reason, 0}, std::vector<Accumulator>(summaries_.size())});
    next_ = entry->second;
  }
  Open& group = open_[next_++];
  Run& all = group.all;
  all.rows += run.rows;
  const bool comes_first = std::pair(run.reason != 0, run.number) < std::pair(all.reason != 0, all.number);   // feasible ones do
  if (comes_first) {
    all.number = run.number;
    all.reason = run.reason;
  }
  return group;
}

void Summariser::add(const Rows& rows) {
  RunMaker maker(summaries_);
  Place place;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    maker.go_to(rows.key[i], begin_of_run(space_, rows.number[i], place));
    if (rows.feasible(i)) maker.add_feasible(rows.number[i], 1, false, [&](uint32_t c) { return rows.values.data() + i * rows.columns + c; });
    else maker.add_infeasible(rows.number[i], rows.reason[i]);
  }
  add(maker.take());
}

void Summariser::add(const Runs& runs) {
  std::vector<size_t> read(summaries_.size());   // of values
  for (const Run& run : runs.runs) {
    Open& group = open(run);
    for (size_t s = 0; s < summaries_.size(); ++s) {
      const Function function = summaries_[s].function;
      const uint64_t count = run.rows == 0 || function == Function::count ? 0 : function == Function::quantile ? run.rows : 1;
      for (uint64_t i = 0; i < count; ++i) group.accumulators[s].add(function, runs.values[s][read[s]++]);
    }
  }
}

std::vector<Group> Summariser::groups() const {
  std::vector<Group> groups;
  for (const Open& open : open_) {
    Group group{open.all.number, open.all.reason, {}};
    for (size_t s = 0; open.all.reason == 0 && s < summaries_.size(); ++s) group.slots.push_back(open.accumulators[s].result(summaries_[s], open.all.rows));
    groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.number < b.number; });
  return groups;
}

}  // namespace llmsys
