// What kernels keep from rows that differ along one axis only. In: a kernel's memo and blocks in the order of a walk. Out: its columns for a block.
// Promise: filled for the rows of the block, whatever blocks came before; one memory is for one thread and one kernel.
#pragma once

#include "runtime/kernel.h"
#include "runtime/rows.h"
#include "runtime/walk.h"

namespace llmsys {

class Memory {
 public:
  /// `repeats_soonest`: blocks come in an order that moved the memo's axis, so that one choice on the others is enough to remember.
  Memory(const Space& space, const Memo& memo, bool repeats_soonest);

  /// Columns of the block's rows. `fill` is called with them if they are not known yet.
  template <class Fill>
  void* const* columns(const Block& block, Fill fill) {
    Line& line = point_to(block);
    if (!line.has(block)) {
      fill(pointers_.data());
      line.add(block);
    }
    return pointers_.data();
  }

 private:
  static constexpr uint64_t nowhere = ~uint64_t{0};

  /// Rows known along the last axis, under one choice on the axes that change less often than the memo's.
  struct Line {
    uint64_t under = nowhere;
    uint64_t begin = 0;
    uint64_t end = 0;
    bool has(const Block& block) const { return begin <= block.place.index.back() && block.place.index.back() + block.rows <= end; }
    void add(const Block& block);
  };

  Line& point_to(const Block& block);

  Groups before_;            // choices on the axes that change less often than the memo's
  Groups after_;             // ... and on those between it and the last one
  uint64_t rows_ = 0;        // of a line, at most
  std::vector<Line> lines_;  // by the choice after
  std::vector<uint8_t> bytes_;         // of a value, by column
  uint64_t line_bytes_ = 0;
  std::unique_ptr<std::byte[]> values_;   // of each line each column
  std::vector<void*> pointers_;
};

}  // namespace llmsys
