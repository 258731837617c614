// Rows that are kept for later. In: rows of blocks. Out: the same, by position. Plain data, stored by field.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/space.h"
#include "runtime/sweep.h"

namespace llmsys {

/// Numbers the choices on the axes of `kept`: rows with the same choice, and only they, have the same key.
/// The product of the sizes of these axes must be below 2^64.
class Groups {
 public:
  Groups(const Space& space, AxisMask kept);
  uint64_t key(const Place& place) const;
  /// What the key grows by from one element of the last axis to the next; 0 if all of them are in one group.
  uint64_t last_stride() const { return stride_.empty() ? 0 : stride_.back(); }

 private:
  std::vector<uint64_t> stride_;   // by axis; 0 for those not kept
};

struct Rows {
  explicit Rows(uint32_t column_count = 0) : columns(column_count) {}

  uint64_t size() const { return number.size(); }
  double value(uint64_t i, uint32_t column) const { return values[i * columns + column]; }
  bool feasible(uint64_t i) const { return reason[i] == 0; }
  /// `column_of(c)` gives the value of column c.
  template <class ColumnOf>
  void add(uint64_t row, uint64_t group, uint32_t why, ColumnOf column_of) {
    number.push_back(row);
    key.push_back(group);
    reason.push_back(why);
    for (uint32_t c = 0; c < columns; ++c) values.push_back(column_of(c));
  }
  void append(const Rows& other);
  /// The rows at these positions, in this order.
  Rows pick(const std::vector<uint64_t>& positions) const;
  void set_keys(const Space& space, const Groups& groups);
  static void fields(auto& archive, auto& self) { archive(self.columns, self.number, self.key, self.reason, self.values); }

  uint32_t columns = 0;
  std::vector<uint64_t> number;
  std::vector<uint64_t> key;      // group, as the reduction that comes next sees it
  std::vector<uint32_t> reason;   // 0 feasible, else 1 + index into Sweep::reasons; values of such a row mean nothing
  std::vector<double> values;     // `columns` for each row
};

}  // namespace llmsys
