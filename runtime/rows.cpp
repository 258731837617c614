#include "runtime/rows.h"

#include <cassert>
#include <limits>

namespace llmsys {

Groups::Groups(const Space& space, AxisMask kept) : stride_(space.axes, 0) {
  const std::vector<uint64_t> size = axis_sizes(space);
  uint64_t stride = 1;
  for (uint32_t a = space.axes; a-- > 0;) {
    if ((kept >> a & 1) == 0) continue;
    stride_[a] = stride;
    assert(size[a] <= std::numeric_limits<uint64_t>::max() / stride && "choices fit into a key");
    stride *= size[a];
  }
}

uint64_t Groups::key(const Place& place) const {
  uint64_t key = 0;
  for (size_t a = 0; a < stride_.size(); ++a) key += place.index[a] * stride_[a];
  return key;
}

void Rows::append(const Rows& other) {
  number.insert(number.end(), other.number.begin(), other.number.end());
  key.insert(key.end(), other.key.begin(), other.key.end());
  reason.insert(reason.end(), other.reason.begin(), other.reason.end());
  values.insert(values.end(), other.values.begin(), other.values.end());
}

Rows Rows::pick(const std::vector<uint64_t>& positions) const {
  Rows picked(columns);
  picked.number.reserve(positions.size());
  picked.key.reserve(positions.size());
  picked.reason.reserve(positions.size());
  picked.values.reserve(positions.size() * columns);
  for (uint64_t i : positions) picked.add(number[i], key[i], reason[i], [&](uint32_t c) { return value(i, c); });
  return picked;
}

void Rows::set_keys(const Space& space, const Groups& groups) {
  Place place;
  for (uint64_t i = 0; i < size(); ++i) {
    locate(space, number[i], place);
    key[i] = groups.key(place);
  }
}

}  // namespace llmsys
