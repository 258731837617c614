#include "runtime/summarise.h"

#include <algorithm>
#include <bit>
#include <cmath>

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

/// Of `n` values, a power of two: the sum of the first half and that of the other.
double sum_of_block(const double* v, uint64_t n) {
  if (n == 1) return v[0];
  if (n == 2) return v[0] + v[1];
  if (n == 4) return (v[0] + v[1]) + (v[2] + v[3]);
  if (n == 8) return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
  const double first = sum_of_block(v, n / 2);
  return first + sum_of_block(v + n / 2, n / 2);
}

/// The largest of sign * value; among equal ones, 0 and -0, the first. A maximum does not depend on the order, so it is found for several strands.
double largest(double sign, const double* values, uint64_t n) {
  constexpr uint64_t strands = 8;
  double most[strands];
  std::fill(most, most + strands, sign * values[0]);
  uint64_t i = 0;
  for (; i + strands <= n; i += strands) {
    for (uint64_t s = 0; s < strands; ++s) {
      const double value = sign * values[i + s];
      most[s] = most[s] < value ? value : most[s];
    }
  }
  for (; i < n; ++i) most[0] = std::max(most[0], sign * values[i]);
  const double of_all = *std::max_element(most, most + strands);
  return of_all == 0 ? *std::find(values, values + n, 0.0) : sign * of_all;
}

}  // namespace

size_t holder(const std::vector<Summary>& summaries, size_t s) {
  const auto same = [&](const Summary& other) { return other.function != Function::count && other.column == summaries[s].column; };
  return static_cast<size_t>(std::find_if(summaries.begin(), summaries.end(), same) - summaries.begin());
}

/// Blocks that are complete are summed by themselves: as many values as the count so far is a multiple of, and as there are.
void Accumulator::add_to_sum(const double* values, uint64_t n) {
  constexpr uint64_t longest = 1 << 12;
  for (uint64_t count = count_; n > 0;) {
    const uint64_t size = std::min({count == 0 ? longest : count & (~count + 1), std::bit_floor(n), longest});
    double sum = sum_of_block(values, size);
    for (uint64_t full = count / size; (full & 1) != 0; full >>= 1) {
      sum = values_.back() + sum;
      values_.pop_back();
    }
    values_.push_back(sum);
    values += size;
    count += size;
    n -= size;
  }
}

double Accumulator::sum() const {
  double sum = values_.back();
  for (size_t i = values_.size() - 1; i-- > 0;) sum = values_[i] + sum;
  return sum;
}

void Accumulator::add(Function function, const double* values, uint64_t n) {
  if (n == 0) return;
  switch (function) {
    case Function::mean:
    case Function::sum: add_to_sum(values, n); break;
    case Function::min:
    case Function::max: {
      const double sign = function == Function::max ? 1 : -1;
      const double best = largest(sign, values, n);
      if (count_ == 0) values_.push_back(best);
      if (sign * values_[0] < sign * best) values_[0] = best;
      break;
    }
    case Function::quantile: values_.insert(values_.end(), values, values + n); break;
    case Function::count: break;
  }
  count_ += n;
}

double Accumulator::result(const Summary& summary) const {
  switch (summary.function) {
    case Function::mean: return sum() / static_cast<double>(count_);
    case Function::sum: return sum();
    case Function::min:
    case Function::max: return values_[0];
    case Function::quantile: return quantile(values_, summary.parameter);
    case Function::count: break;
  }
  return static_cast<double>(count_);
}

Summariser::Open& Summariser::open(uint64_t key, uint64_t number, uint32_t reason) {
  if (next_ >= open_.size() || open_[next_].key != key) {
    const auto [entry, is_new] = index_.try_emplace(key, open_.size());
    if (is_new) open_.push_back({key, number, reason, std::vector<Accumulator>(summaries_.size())});
    next_ = entry->second;
  }
  Open& group = open_[next_++];
  if (group.reason != 0 && reason == 0) {   // its first feasible row takes the place of an infeasible one
    group.number = number;
    group.reason = 0;
  }
  return group;
}

void Summariser::add(const Rows& rows) {
  for (uint64_t i = 0; i < rows.size(); ++i) {
    Open& group = open(rows.key[i], rows.number[i], rows.reason[i]);
    if (!rows.feasible(i)) continue;
    for (size_t s = 0; s < summaries_.size(); ++s) {
      // `count` has no column to read.
      const double value = summaries_[s].function == Function::count ? 0 : rows.value(i, summaries_[s].column);
      group.accumulators[s].add(summaries_[s].function, &value, 1);
    }
  }
}

void Summariser::add(const Runs& runs) {
  uint64_t done = 0;   // feasible rows
  for (const Run& run : runs.runs) {
    Open& group = open(run.key, run.number, run.reason);
    for (size_t s = 0; s < summaries_.size(); ++s) {
      const bool counts = summaries_[s].function == Function::count;
      group.accumulators[s].add(summaries_[s].function, counts ? nullptr : runs.values[holder(summaries_, s)].data() + done, run.rows);
    }
    done += run.rows;
  }
}

std::vector<Group> Summariser::groups() const {
  std::vector<Group> groups;
  for (const Open& open : open_) {
    Group group{open.number, open.reason, {}};
    for (size_t s = 0; open.reason == 0 && s < summaries_.size(); ++s) group.slots.push_back(open.accumulators[s].result(summaries_[s]));
    groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.number < b.number; });
  return groups;
}

}  // namespace llmsys
