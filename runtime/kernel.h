// What an engine gives: functions from axis values to columns. The struct is also what compiled code sees, so its layout is an ABI.
#pragma once

#include <cstdint>
#include <memory>

namespace llmsys {

/// `n` rows that differ only in the last axis.
/// table[t][combo + i * combo_step] is what by-element axes give row i; combo_step is 1 if the last axis is by element, else 0.
struct KernelArgs {
  const double* axis;            // value of each axis (of row 0 for the last one)
  const double* inner;           // n values of the last axis if it is numeric
  const double* const* table;
  const double* slot;            // results of the `summarise` before this phase
  int64_t combo = 0;
  int64_t combo_step = 0;
  int64_t n = 0;
  double* const* out;            // out[0] the status, out[1 + c] column c; each has room for n
};

/// Status of a row: 0 feasible, -1 dropped by a `where`, otherwise 1 + the index of its reason.
inline constexpr double status_feasible = 0;
inline constexpr double status_dropped = -1;

class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Safe to call from several threads at once.
  virtual void run(const KernelArgs& args) const = 0;
};

}  // namespace llmsys
