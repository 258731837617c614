#include "runtime/reduce.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "runtime/kernel.h"

namespace llmsys {
namespace {

using Positions = std::vector<uint64_t>;

/// How good a value is: more is better. Changing a sign is exact.
double merit(const Goal& goal, const Rows& rows, uint64_t i) {
  const double value = rows.value(i, goal.column);
  return goal.maximise ? value : -value;
}

void sort_by_number(const Rows& rows, Positions& positions) {
  std::sort(positions.begin(), positions.end(), [&](uint64_t a, uint64_t b) { return rows.number[a] < rows.number[b]; });
}

Positions feasible(const Rows& rows) {
  Positions found;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    if (rows.feasible(i)) found.push_back(i);
  }
  return found;
}

Positions survivors(const Filter& filter, const Rows& rows) {
  Positions found;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    if (!rows.feasible(i) || rows.value(i, filter.column) == 1) found.push_back(i);
  }
  return found;
}

bool is_better(const Goal& goal, const Rows& rows, uint64_t a, uint64_t b) {
  if (rows.feasible(a) != rows.feasible(b)) return rows.feasible(a);
  if (rows.feasible(a)) {
    const double x = merit(goal, rows, a), y = merit(goal, rows, b);
    if (x != y) return x > y;
  }
  return rows.number[a] < rows.number[b];
}

Positions survivors(const Best& best, const Rows& rows) {
  Positions found;
  std::unordered_map<uint64_t, uint64_t> slot_of;   // group -> index into `found`
  slot_of.reserve(rows.size());
  uint64_t slot = 0;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    // Neighbours are mostly of one group.
    if (i == 0 || rows.key[i] != rows.key[i - 1]) slot = slot_of.try_emplace(rows.key[i], found.size()).first->second;
    if (slot == found.size()) {
      found.push_back(i);
    } else if (is_better(best.goal, rows, i, found[slot])) {
      found[slot] = i;
    }
  }
  sort_by_number(rows, found);
  return found;
}

/// Rows of one group, each no worse in the first goals that differ than those after it: only an earlier one can beat a later one.
class Front {
 public:
  Front(const std::vector<Goal>& goals, const Rows& rows) : goals_(goals), rows_(rows) {}

  void clear() { rows_of_front_.clear(); }
  const Positions& positions() const { return rows_of_front_; }
  void offer(uint64_t i) {
    if (!is_beaten(i)) rows_of_front_.push_back(i);
  }

 private:
  bool beats(uint64_t a, uint64_t b) const {
    bool differ = false;
    for (const Goal& goal : goals_) {
      const double x = merit(goal, rows_, a), y = merit(goal, rows_, b);
      if (x < y) return false;
      differ |= x != y;
    }
    return differ;
  }
  bool is_beaten(uint64_t i) const {
    if (rows_of_front_.empty()) return false;
    // With one or two goals the last of the front has the best second merit: if it does not beat row i, nothing does.
    if (goals_.size() <= 2) return beats(rows_of_front_.back(), i);
    return std::any_of(rows_of_front_.rbegin(), rows_of_front_.rend(), [&](uint64_t a) { return beats(a, i); });
  }

  const std::vector<Goal>& goals_;
  const Rows& rows_;
  Positions rows_of_front_;
};

bool comes_first(const std::vector<Goal>& goals, const Rows& rows, uint64_t a, uint64_t b) {
  if (rows.key[a] != rows.key[b]) return rows.key[a] < rows.key[b];
  for (const Goal& goal : goals) {
    const double x = merit(goal, rows, a), y = merit(goal, rows, b);
    if (x != y) return x > y;
  }
  return rows.number[a] < rows.number[b];
}

Positions survivors(const Pareto& pareto, const Rows& rows) {
  Positions order = feasible(rows);
  std::sort(order.begin(), order.end(), [&](uint64_t a, uint64_t b) { return comes_first(pareto.goals, rows, a, b); });
  Positions found;
  Front front(pareto.goals, rows);
  for (uint64_t k = 0; k < order.size(); ++k) {
    front.offer(order[k]);
    if (k + 1 < order.size() && rows.key[order[k + 1]] == rows.key[order[k]]) continue;
    found.insert(found.end(), front.positions().begin(), front.positions().end());
    front.clear();
  }
  sort_by_number(rows, found);
  return found;
}

Positions survivors(const Top& top, const Rows& rows) {
  Positions found = feasible(rows);
  const uint64_t count = std::min<uint64_t>(top.count, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), found.end(),
                    [&](uint64_t a, uint64_t b) { return is_better(top.goal, rows, a, b); });
  found.resize(count);
  return found;
}

/// Of two rows of one group, which the answer is, or comes nearer to one.
bool is_nearer(const Solve& solve, const Rows& rows, uint64_t a, uint64_t b) {
  const auto unsolved = [&](uint64_t i) { return rows.feasible(i) || rows.reason[i] == rows.value(i, solve.no_solution); };
  const auto rank = [&](uint64_t i) { return rows.feasible(i) && rows.value(i, solve.holds) == 1 ? 2 : unsolved(i) ? 1 : 0; };
  if (rank(a) != rank(b)) return rank(a) > rank(b);
  if (rank(a) == 1) {
    const double x = rows.value(a, solve.merit), y = rows.value(b, solve.merit);
    if (x > y || (y != y && x == x)) return true;
    if (x < y || (x != x && y == y)) return false;
  }
  const bool first = rank(a) == 0 ? solve.goal.maximise : !solve.goal.maximise;
  return first ? rows.number[a] < rows.number[b] : rows.number[a] > rows.number[b];
}

Positions survivors(const Solve& solve, const Rows& rows) {
  Positions found;
  std::unordered_map<uint64_t, uint64_t> slot_of;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    const auto [place, is_new] = slot_of.try_emplace(rows.key[i], found.size());
    if (is_new) found.push_back(i);
    else if (is_nearer(solve, rows, i, found[place->second])) found[place->second] = i;
  }
  sort_by_number(rows, found);
  return found;
}

/// Two rows at once; what gcc and clang make of it on any machine.
using Pair [[gnu::vector_size(16)]] = double;

Pair pair_at(const double* values) {
  Pair pair;
  std::memcpy(&pair, values, sizeof pair);
  return pair;
}

/// The largest of sign * value over feasible rows. A maximum does not depend on the order, so it is found for several strands of rows.
double largest_merit(double sign, const double* status, const double* value, uint64_t n) {
  constexpr uint64_t strands = 4;
  constexpr double none = -std::numeric_limits<double>::infinity();
  static_assert(status_feasible == 0);
  Pair largest[strands];
  std::fill(largest, largest + strands, Pair{none, none});
  uint64_t i = 0;
  for (; i + 2 * strands <= n; i += 2 * strands) {
    for (uint64_t s = 0; s < strands; ++s) {
      const Pair merit = pair_at(status + i + 2 * s) == Pair{} ? sign * pair_at(value + i + 2 * s) : Pair{none, none};
      largest[s] = merit > largest[s] ? merit : largest[s];
    }
  }
  double all = none;
  for (const Pair& pair : largest) all = std::max({all, pair[0], pair[1]});
  for (; i < n; ++i) {
    if (status[i] == status_feasible) all = std::max(all, sign * value[i]);
  }
  return all;
}

}  // namespace

uint64_t best_position(const Goal& goal, const double* status, const double* value, uint64_t n) {
  constexpr uint64_t stretch = 128;   // rows; only the first stretch with the best of them is gone through again
  const double sign = goal.maximise ? 1 : -1;
  double largest = -std::numeric_limits<double>::infinity();
  uint64_t first = 0;
  for (uint64_t begin = 0; begin < n; begin += stretch) {
    const double merit = largest_merit(sign, status + begin, value + begin, std::min(stretch, n - begin));
    if (merit > largest) {
      largest = merit;
      first = begin;
    }
  }
  for (uint64_t i = first; i < n; ++i) {
    if (status[i] == status_feasible && sign * value[i] == largest) return i;
  }
  return n;
}

std::vector<uint64_t> by_number(const Rows& rows) {
  Positions positions(rows.size());
  std::iota(positions.begin(), positions.end(), uint64_t{0});
  sort_by_number(rows, positions);
  return positions;
}

Rows reduce(const Stage& stage, const Rows& rows) {
  Rows left = rows.pick(std::visit([&](const auto& any) { return survivors(any, rows); }, stage));
  const auto* solve = std::get_if<Solve>(&stage);
  for (uint64_t i = 0; solve != nullptr && i < left.size(); ++i) {
    if (left.feasible(i) && left.value(i, solve->holds) != 1) left.reason[i] = static_cast<uint32_t>(left.value(i, solve->no_solution));
  }
  return left;
}

AxisMask group_axes(const Stage& stage, AxisMask left) {
  if (const auto* best = std::get_if<Best>(&stage)) return left & ~best->over;
  if (const auto* pareto = std::get_if<Pareto>(&stage)) return left & pareto->per;
  if (const auto* solve = std::get_if<Solve>(&stage)) return left & ~solve->over;
  return 0;
}

}  // namespace llmsys
