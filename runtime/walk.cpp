#include "runtime/walk.h"

#include <algorithm>

#include "runtime/kernel.h"

namespace llmsys {

Order::Order(const Space& space, uint32_t axis) {
  if (space.rows() == std::numeric_limits<uint64_t>::max()) return;   // more than can be counted
  const std::vector<uint64_t> size = axis_sizes(space);
  const std::vector<uint32_t> axis_of = axis_of_levels(space);
  for (size_t i = 0; i < axis_of.size(); ++i) {
    if (axis_of[i] < space.axes && space.levels[i].size != size[axis_of[i]]) return;
  }
  std::vector<uint64_t> stride(space.axes, 1);
  for (uint32_t a = space.axes; a-- > 1;) stride[a - 1] = stride[a] * size[a];
  const auto add = [&](uint32_t a) { digits_.push_back({size[a], stride[a]}); };
  add(space.axes - 1);
  add(axis);
  for (uint32_t a = space.axes - 1; a-- > 0;) {
    if (a != axis) add(a);
  }
  moved_ = axis;
}

uint64_t Order::row(uint64_t position) const {
  if (digits_.empty()) return position;
  uint64_t row = 0;
  for (const Digit& digit : digits_) {
    row += position % digit.size * digit.stride;
    position /= digit.size;
  }
  return row;
}

void Walk::start(uint64_t begin, uint64_t end) {
  next_ = begin;
  end_ = end;
}

bool Walk::next() {
  if (next_ >= end_) return false;
  block_.position = next_;
  block_.row = order_.row(next_);
  const Level* last = locate(sweep_.space, block_.row, block_.place);
  block_.rows = 1;
  block_.combo_step = 0;
  block_.domain = nullptr;
  if (last != nullptr) {
    const uint64_t first = block_.place.index.back();
    const uint64_t most = std::min({last->size - first, end_ - next_, most_ - first % most_});
    block_.combo_step = last->by_element ? 1 : 0;
    block_.rows = last->children.size() == 1 && !last->by_element ? most : like_combos(*last, first, most);
    if (!last->by_element) block_.domain = &sweep_.space.domains[last->domain];
  }
  next_ += block_.rows;
  return true;
}

const double* Walk::inner() {
  const Domain* const domain = block_.domain;
  if (domain == nullptr) return nullptr;
  const uint64_t first = block_.place.index.back();
  if (range_domain_ != domain || range_first_ != first || range_.size() < with_slack(block_.rows)) {
    range_.resize(with_slack(block_.rows));
    for (uint64_t i = 0; i < block_.rows; ++i) range_[i] = domain->at(first + i);
    std::fill(range_.begin() + static_cast<std::ptrdiff_t>(block_.rows), range_.end(), range_[block_.rows - 1]);
    range_domain_ = domain;
    range_first_ = first;
  }
  return range_.data();
}

/// How many elements from `first` on have consecutive combos of one shape.
uint64_t Walk::like_combos(const Level& level, uint64_t first, uint64_t count) const {
  if (level.children.size() == 1 || !level.by_element) return 1;
  const uint32_t combo = level.children[first];
  uint64_t n = 1;
  while (n < count && level.children[first + n] == combo + n && sweep_.shape_of_combo[combo + n] == sweep_.shape_of_combo[combo]) ++n;
  return n;
}

}  // namespace llmsys
