// What an engine gives: functions from axis values to columns. The struct is also what compiled code sees, so its layout is an ABI.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace llmsys {

/// A kernel takes whole vectors of rows: of up to `most_lanes - 1` rows after the last one it may read whatever stands there, and write anything.
inline constexpr uint64_t most_lanes = 16;
/// Room for `rows` of them, wherever among them a kernel begins.
constexpr uint64_t with_slack(uint64_t rows) { return rows + most_lanes - 1; }

/// Of some rows.
struct Counts {
  int64_t dropped = 0;
  int64_t infeasible = 0;
};

/// `n` rows that differ only in the last axis.
/// table[t][combo + i * combo_step] is what by-element axes give row i; combo_step is 1 if the last axis is by element, else 0.
struct KernelArgs {
  const double* axis;            // value of each axis (of row 0 for the last one)
  const double* inner;           // values of the last axis if it is numeric
  const double* const* table;
  const double* slot;            // results of the `summarise` before this phase
  int64_t combo = 0;
  int64_t combo_step = 0;
  int64_t n = 0;
  double* const* out;            // out[0] the status, out[1 + c] column c
  void* const* memo = nullptr;   // of each column that `remember` writes and `run` reads
  double bound = -std::numeric_limits<double>::infinity();   // of a scan: the goal of some feasible one of the rows, if one is known; its negative if less is better
  Counts* counts = nullptr;      // of compiled code, what it saw
};

/// Columns that are the same for every element of one axis, so that they need to be computed for one of them only.
struct Memo {
  uint32_t axis = 0;             // numeric, and not the last one
  std::vector<uint8_t> bytes;    // of a value, by column: 8 for a double, 1 for a number that is always whole and small
};

/// Status of a row: 0 feasible, -1 dropped by a `where`, otherwise 1 + the index of its reason.
inline constexpr double status_feasible = 0;
inline constexpr double status_dropped = -1;

inline Counts count(const double* status, int64_t n) {
  Counts counts;
  for (int64_t i = 0; i < n; ++i) {
    counts.dropped += status[i] < 0 ? 1 : 0;
    counts.infeasible += status[i] > 0 ? 1 : 0;
  }
  return counts;
}

/// Of rows that a scan went through.
struct Found {
  int64_t row;      // the first of the best; n if none is feasible
  Counts counts;
};

struct SearchFacts;   // runtime/search.h

class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Columns of rows that are not feasible mean nothing. Safe to call from several threads at once.
  virtual Counts run(const KernelArgs& args) const = 0;
  /// If it has one, `run` wants KernelArgs::memo as `remember` left it for the same rows and any element of its axis.
  virtual const Memo* memo() const { return nullptr; }
  virtual void remember(const KernelArgs&) const {}
  /// If it can, `scan` finds what the phase's first `best` keeps of the rows, and writes the statuses of infeasible
  /// ones over zeros, but no columns.
  virtual bool can_scan() const { return false; }
  virtual Found scan(const KernelArgs& args) const { return {args.n, {}}; }
  /// If there are any, the best row can be searched for: `probe` gives what they are about, for rows anywhere on the last axis. It wants no memo.
  virtual const SearchFacts* facts() const { return nullptr; }
  virtual void probe(const KernelArgs&) const {}
};

}  // namespace llmsys
