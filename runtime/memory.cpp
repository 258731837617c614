#include "runtime/memory.h"

#include <algorithm>

namespace llmsys {
namespace {

AxisMask below(uint32_t axis) { return (AxisMask{1} << axis) - 1; }

/// Whole cache lines, so that the next column begins with one.
uint64_t column_bytes(uint64_t rows, uint64_t bytes_of_one) { return (with_slack(rows) * bytes_of_one + 63) / 64 * 64; }

AxisMask between(const Space& space, const Memo& memo, bool repeats_soonest) {
  return repeats_soonest ? 0 : below(space.axes - 1) & ~below(memo.axis + 1);
}

}  // namespace

Memory::Memory(const Space& space, const Memo& memo, bool repeats_soonest)
    : before_(space, below(space.axes - 1) & ~(AxisMask{1} << memo.axis) & ~between(space, memo, repeats_soonest)),
      after_(space, between(space, memo, repeats_soonest)),
      bytes_(memo.bytes),
      pointers_(memo.bytes.size()) {
  const std::vector<uint64_t> size = axis_sizes(space);
  uint64_t lines = 1;
  for (uint32_t a = memo.axis + 1; a + 1 < space.axes && !repeats_soonest; ++a) lines *= size[a];
  rows_ = size.back();
  lines_.resize(lines);
  for (uint8_t bytes : bytes_) line_bytes_ += column_bytes(rows_, bytes);
  values_ = std::make_unique_for_overwrite<std::byte[]>(lines * line_bytes_);
}

/// What stood after the block may have been written over.
void Memory::Line::add(const Block& block) {
  const uint64_t first = block.place.index.back();
  if (first < begin || first > end) begin = first;
  end = first + block.rows;
}

Memory::Line& Memory::point_to(const Block& block) {
  const uint64_t number = after_.key(block.place);
  Line& line = lines_[number];
  if (const uint64_t under = before_.key(block.place); line.under != under) line = {.under = under};
  std::byte* column = values_.get() + number * line_bytes_;
  for (size_t c = 0; c < pointers_.size(); ++c) {
    pointers_[c] = column + block.place.index.back() * bytes_[c];
    column += column_bytes(rows_, bytes_[c]);
  }
  return line;
}

}  // namespace llmsys
