#include "runtime/summarise.h"

#include <algorithm>
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

}  // namespace

void Accumulator::add_to_sum(double value) {
  for (uint64_t full = count_; (full & 1) != 0; full >>= 1) {
    value = values_.back() + value;
    values_.pop_back();
  }
  values_.push_back(value);
}

double Accumulator::sum() const {
  double sum = values_.back();
  for (size_t i = values_.size() - 1; i-- > 0;) sum = values_[i] + sum;
  return sum;
}

void Accumulator::add(Function function, double value) {
  switch (function) {
    case Function::mean:
    case Function::sum: add_to_sum(value); break;
    case Function::min:
      if (count_ == 0) values_.push_back(value);
      if (value < values_[0]) values_[0] = value;
      break;
    case Function::max:
      if (count_ == 0) values_.push_back(value);
      if (values_[0] < value) values_[0] = value;
      break;
    case Function::quantile: values_.push_back(value); break;
    case Function::count: break;
  }
  ++count_;
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

Summariser::Open& Summariser::open(const Rows& rows, uint64_t i) {
  const auto [entry, is_new] = index_.try_emplace(rows.key[i], open_.size());
  if (is_new) open_.push_back({rows.number[i], rows.reason[i], std::vector<Accumulator>(summaries_.size())});
  return open_[entry->second];
}

void Summariser::add(const Rows& rows) {
  for (uint64_t i = 0; i < rows.size(); ++i) {
    Open& group = open(rows, i);
    if (!rows.feasible(i)) continue;
    if (group.reason != 0) {   // its first feasible row takes the place of an infeasible one
      group.number = rows.number[i];
      group.reason = 0;
    }
    for (size_t s = 0; s < summaries_.size(); ++s) {
      // `count` has no column to read.
      const bool counts = summaries_[s].function == Function::count;
      group.accumulators[s].add(summaries_[s].function, counts ? 0 : rows.value(i, summaries_[s].column));
    }
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
