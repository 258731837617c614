// Runs of rows that one kernel call takes. In: a range of row numbers. Out: blocks in row order.
// Promise: rows of a block differ only in the last axis and have one shape; a by-element last axis has consecutive combos.
#pragma once

#include <limits>

#include "runtime/sweep.h"

namespace llmsys {

struct Block {
  uint64_t row = 0;               // number of the first row
  uint64_t rows = 0;
  Place place;                    // of the first row
  const double* inner = nullptr;  // values of the last axis if it is numeric
  int64_t combo_step = 0;
};

class Walk {
 public:
  static constexpr uint64_t longest = 4096;   // rows of a block: few enough that a block's columns stay in the cache

  explicit Walk(const Sweep& sweep) : sweep_(sweep) {}
  void start(uint64_t begin, uint64_t end);
  bool next();
  const Block& block() const { return block_; }

 private:
  const double* inner_values(const Level& level, uint64_t first, uint64_t count);
  uint64_t like_combos(const Level& level, uint64_t first, uint64_t count) const;

  const Sweep& sweep_;
  uint64_t next_ = 0;
  uint64_t end_ = 0;
  Block block_;
  // A range's values as last written out: mostly the next block wants the same ones.
  std::vector<double> range_;
  uint32_t range_domain_ = std::numeric_limits<uint32_t>::max();
  uint64_t range_first_ = 0;
};

}  // namespace llmsys
