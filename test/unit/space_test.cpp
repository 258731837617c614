#include "runtime/space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "runtime/walk.h"
#include "test/unit/sweeps.h"

namespace llmsys {
namespace {

/// Axis 0 by element (3 elements), axis 1 numeric with 2, 0 and 3 values in turn: combos 0, 1, 2.
Space ragged() {
  Space space;
  space.axes = 2;
  space.combos = 3;
  space.domains = {{.size = 2, .values = {10, 20}}, {.size = 0}, {.size = 3, .start = 5, .step = 5}};
  space.levels = {{.size = 3, .domain = 7, .by_element = true, .children = {1, 2, 3}},
                  {.size = 2, .domain = 0, .children = {0}},
                  {.size = 0, .domain = 1, .children = {1}},
                  {.size = 3, .domain = 2, .children = {2}}};
  count_rows(space);
  return space;
}

TEST(Space, NoAxesIsOneRow) {
  Space space;
  EXPECT_EQ(space.rows(), 1u);
  Place place;
  EXPECT_EQ(locate(space, 0, place), nullptr);
  EXPECT_EQ(place.combo, 0u);
}

TEST(Space, LastAxisIsFastest) {
  const Space space = test::grid({2, 3, 4});
  EXPECT_EQ(space.rows(), 24u);
  Place place;
  locate(space, 1 * 12 + 2 * 4 + 3, place);
  EXPECT_EQ(place.index, (std::vector<uint64_t>{1, 2, 3}));
}

TEST(Space, EmptyChildrenAreSkipped) {
  const Space space = ragged();
  EXPECT_EQ(space.rows(), 5u);
  EXPECT_EQ(space.levels[0].rows_before, (std::vector<uint64_t>{0, 2, 2, 5}));
  Place place;
  locate(space, 1, place);
  EXPECT_EQ(place.value, (std::vector<double>{7, 20}));
  EXPECT_EQ(place.combo, 0u);
  locate(space, 2, place);
  EXPECT_EQ(place.index, (std::vector<uint64_t>{2, 0}));
  EXPECT_EQ(place.value, (std::vector<double>{9, 5}));
  EXPECT_EQ(place.combo, 2u);
}

TEST(Space, RowsSaturate) {
  const uint64_t most = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(test::grid({1ull << 40, 1ull << 40}).rows(), most);
  EXPECT_EQ(test::grid({0, 1ull << 40, 1ull << 40}).rows(), 0u);
  Space space = test::grid({1, most});
  space.levels[0] = {.size = 2, .by_element = true, .children = {1, 1}};
  count_rows(space);
  EXPECT_EQ(space.rows(), most);
}

TEST(Walk, BlocksCoverEachRowOnce) {
  Sweep sweep = test::sweep_of(test::grid({3, 10'000}), {"x"});
  const Order order;
  Walk walk(sweep, order);
  uint64_t next = 5;
  walk.start(5, 29'990);
  while (walk.next()) {
    const Block& block = walk.block();
    EXPECT_EQ(block.row, next);
    EXPECT_LE(block.rows, Walk::longest);
    for (uint64_t i = 0; i < block.rows; ++i) ASSERT_EQ(walk.inner()[i], static_cast<double>((next + i) % 10'000));
    next += block.rows;
  }
  EXPECT_EQ(next, 29'990u);
}

TEST(Walk, ByElementRunsHaveConsecutiveCombosOfOneShape) {
  Space space;
  space.axes = 1;
  space.combos = 6;
  space.levels = {{.size = 6, .by_element = true, .children = {0, 1, 2, 4, 5, 3}}};
  count_rows(space);
  Sweep sweep = test::sweep_of(space, {"x"});
  sweep.shape_of_combo = {0, 1, 1, 0, 0, 0};
  const Order order;
  Walk walk(sweep, order);
  walk.start(0, 6);
  std::vector<uint64_t> lengths;
  while (walk.next()) lengths.push_back(walk.block().rows);
  EXPECT_EQ(lengths, (std::vector<uint64_t>{1, 2, 2, 1}));
}

TEST(Order, AnAxisIsMovedRightBeforeTheLast) {
  const Space space = test::grid({2, 3, 2, 4});
  const Order order(space, 1);
  ASSERT_EQ(order.moved(), 1u);
  std::vector<uint64_t> rows;
  for (uint64_t position = 0; position < space.rows(); ++position) rows.push_back(order.row(position));
  EXPECT_EQ(std::vector(rows.begin(), rows.begin() + 6), (std::vector<uint64_t>{0, 1, 2, 3, 8, 9}));
  EXPECT_EQ(rows[12], 4u);   // the next element of the third axis, after all of the second
  std::sort(rows.begin(), rows.end());
  for (uint64_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], i);
}

TEST(Order, RowsOfAnUnevenSpaceStayAsTheyAre) {
  Space space = test::grid({2, 2, 2});
  space.levels.push_back({.size = 3, .domain = space.levels[2].domain, .children = space.levels[2].children});
  space.levels[1] = {.size = 2, .by_element = true, .children = {2, 3}};
  count_rows(space);
  const Order order(space, 0);
  EXPECT_FALSE(order.moved());
  EXPECT_EQ(order.row(7), 7u);
}

}  // namespace
}  // namespace llmsys
