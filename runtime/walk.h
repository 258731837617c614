// Runs of rows that one kernel call takes. In: a range of positions in an order. Out: blocks, in that order.
// Promise: rows of a block differ only in the last axis and have one shape; a by-element last axis has consecutive combos. No block goes on past a multiple of its most rows.
#pragma once

#include <limits>
#include <optional>

#include "runtime/sweep.h"

namespace llmsys {

struct Block {
  uint64_t position = 0;          // of the first row in the order
  uint64_t row = 0;               // its number
  uint64_t rows = 0;
  Place place;                    // of the first row
  const Domain* domain = nullptr; // of the last axis if it is numeric
  int64_t combo_step = 0;
};

/// The order in which rows are gone through: of their numbers, or, for what does not depend on the order, one that repeats an axis soonest.
class Order {
 public:
  Order() = default;
  /// As if `axis` came right before the last one. If axes have other sizes under other choices, rows stay in the order of their numbers.
  Order(const Space& space, uint32_t axis);
  uint64_t row(uint64_t position) const;
  /// The axis that was moved, if one was.
  std::optional<uint32_t> moved() const { return moved_; }

 private:
  struct Digit {
    uint64_t size;
    uint64_t stride;   // rows from one element to the next
  };
  std::vector<Digit> digits_;   // the fastest first; none: positions are row numbers
  std::optional<uint32_t> moved_;
};

class Walk {
 public:
  static constexpr uint64_t longest = 4096;   // rows of a block: few enough that a block's columns stay in the cache

  Walk(const Sweep& sweep, const Order& order, uint64_t most = longest) : sweep_(sweep), order_(order), most_(most) {}
  void start(uint64_t begin, uint64_t end);
  bool next();
  const Block& block() const { return block_; }
  /// Values of the last axis in the rows of the block at hand, and slack, if it is numeric, else null.
  const double* inner();

 private:
  uint64_t like_combos(const Level& level, uint64_t first, uint64_t count) const;

  const Sweep& sweep_;
  const Order& order_;
  uint64_t most_;   // rows of a block
  uint64_t next_ = 0;
  uint64_t end_ = 0;
  Block block_;
  // Values as last written out: mostly the next block wants the same ones.
  std::vector<double> range_;
  const Domain* range_domain_ = nullptr;
  uint64_t range_first_ = 0;
};

}  // namespace llmsys
