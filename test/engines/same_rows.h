// Whether two evaluations gave the same. In: what their sinks recorded. Promise: every bit is compared that a result can show.
#pragma once

#include <algorithm>
#include <cstring>

#include "test/unit/sweeps.h"

namespace llmsys::test {

/// NaNs have no bits that anybody may see; a zero's sign can be seen.
inline bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

inline bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return same(x, y); });
}

inline bool same(const Recorder& a, const Recorder& b) {
  const auto same_row = [](const Row& x, const Row& y) { return x.number == y.number && x.reason == y.reason && same(x.axes, y.axes) && same(x.values, y.values); };
  return std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), same_row) && a.totals.dropped == b.totals.dropped &&
         a.totals.by_reason == b.totals.by_reason && a.totals.shown == b.totals.shown;
}

}  // namespace llmsys::test
