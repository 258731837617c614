#include "runtime/walk.h"

#include <algorithm>

namespace llmsys {

void Walk::start(uint64_t begin, uint64_t end) {
  next_ = begin;
  end_ = end;
}

bool Walk::next() {
  if (next_ >= end_) return false;
  const Level* last = locate(sweep_.space, next_, block_.place);
  block_.row = next_;
  block_.rows = 1;
  block_.combo_step = 0;
  block_.inner = nullptr;
  if (last != nullptr) {
    const uint64_t first = block_.place.index.back();
    const uint64_t most = std::min({last->size - first, end_ - next_, longest});
    block_.combo_step = last->by_element ? 1 : 0;
    block_.rows = last->children.size() == 1 && !last->by_element ? most : like_combos(*last, first, most);
    if (!last->by_element) block_.inner = inner_values(*last, first, block_.rows);
  }
  next_ += block_.rows;
  return true;
}

const double* Walk::inner_values(const Level& level, uint64_t first, uint64_t count) {
  const Domain& domain = sweep_.space.domains[level.domain];
  if (!domain.values.empty()) return domain.values.data() + first;
  if (range_domain_ != level.domain || range_first_ != first || range_.size() < count) {
    range_.resize(count);
    for (uint64_t i = 0; i < count; ++i) range_[i] = domain.at(first + i);
    range_domain_ = level.domain;
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
