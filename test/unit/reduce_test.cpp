#include "runtime/reduce.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "runtime/kernel.h"
#include "runtime/summarise.h"

namespace llmsys {
namespace {

struct Line {
  uint64_t key;
  uint32_t reason;
  std::vector<double> values;
};

/// Numbered 0, 1, 2, ...
Rows rows_of(const std::vector<Line>& lines) {
  Rows rows(2);
  for (const Line& line : lines) rows.add(rows.size(), line.key, line.reason, [&](uint32_t c) { return line.reason == 0 ? line.values[c] : 0; });
  return rows;
}

using Numbers = std::vector<uint64_t>;

TEST(Best, TiesGoToTheLowestRow) {
  const Rows rows = rows_of({{0, 0, {1, 0}}, {0, 0, {3, 0}}, {1, 0, {2, 0}}, {0, 0, {3, 0}}, {1, 0, {2, 0}}});
  EXPECT_EQ(reduce(Best{{true, 0}, 0}, rows).number, (Numbers{1, 2}));
  EXPECT_EQ(reduce(Best{{false, 0}, 0}, rows).number, (Numbers{0, 2}));
}

TEST(Best, NegativeZeroIsZero) {
  const Rows rows = rows_of({{0, 0, {-0.0, 0}}, {0, 0, {0, 0}}});
  EXPECT_EQ(reduce(Best{{true, 0}, 0}, rows).number, (Numbers{0}));
}

TEST(Best, GroupWithoutFeasibleRowGivesItsFirst) {
  const Rows rows = rows_of({{0, 2, {}}, {1, 1, {}}, {1, 2, {}}, {0, 0, {-5, 0}}});
  const Rows best = reduce(Best{{true, 0}, 0}, rows);
  EXPECT_EQ(best.number, (Numbers{1, 3}));
  EXPECT_EQ(best.reason, (std::vector<uint32_t>{1, 0}));
}

TEST(Best, PositionInABlock) {
  std::vector<double> status(37), value(37);
  for (size_t i = 0; i < value.size(); ++i) value[i] = static_cast<double>(i % 10);
  EXPECT_EQ(best_position({true, 0}, status.data(), value.data(), value.size()), 9u);
  status[9] = 1;
  EXPECT_EQ(best_position({true, 0}, status.data(), value.data(), value.size()), 19u);
  EXPECT_EQ(best_position({false, 0}, status.data(), value.data(), value.size()), 0u);
  status.assign(37, status_dropped);
  EXPECT_EQ(best_position({true, 0}, status.data(), value.data(), value.size()), 37u);
}

TEST(Pareto, KeepsEqualsDropsBeaten) {
  const Rows rows = rows_of({{0, 0, {1, 5}}, {0, 0, {2, 4}}, {0, 0, {2, 4}}, {0, 0, {2, 3}}, {0, 0, {0, 5}}, {0, 1, {}}, {1, 0, {0, 0}}});
  EXPECT_EQ(reduce(Pareto{{{true, 0}, {true, 1}}, 0}, rows).number, (Numbers{0, 1, 2, 6}));
  EXPECT_EQ(reduce(Pareto{{{true, 0}, {false, 1}}, 0}, rows).number, (Numbers{3, 6}));
}

TEST(Top, GoalOrderAndTies) {
  const Rows rows = rows_of({{0, 0, {1, 0}}, {0, 0, {3, 0}}, {0, 1, {}}, {0, 0, {3, 0}}, {0, 0, {2, 0}}});
  EXPECT_EQ(reduce(Top{3, {true, 0}}, rows).number, (Numbers{1, 3, 4}));
  EXPECT_EQ(reduce(Top{9, {false, 0}}, rows).number, (Numbers{0, 4, 1, 3}));
  EXPECT_EQ(reduce(Top{0, {true, 0}}, rows).number, Numbers{});
}

TEST(Filter, InfeasibleRowsPass) {
  const Rows rows = rows_of({{0, 0, {1, 0}}, {0, 1, {}}, {0, 0, {0, 0}}});
  EXPECT_EQ(reduce(Filter{0}, rows).number, (Numbers{0, 1}));
}

Rows random_rows(std::mt19937& random) {
  std::vector<Line> lines;
  for (int i = 0; i < 60; ++i) {
    const bool feasible = random() % 5 != 0;
    const auto reason = static_cast<uint32_t>(feasible ? 0 : 1 + random() % 2);
    lines.push_back({random() % 4, reason, {static_cast<double>(random() % 8), static_cast<double>(random() % 8)}});
  }
  return rows_of(lines);
}

Rows part(const Rows& rows, uint64_t begin, uint64_t end) {
  Numbers positions;
  for (uint64_t i = begin; i < end; ++i) positions.push_back(i);
  return rows.pick(positions);
}

TEST(Reduce, PieceByPieceIsAllAtOnce) {
  std::mt19937 random(7);
  const std::vector<Stage> stages = {Best{{true, 0}, 0}, Best{{false, 1}, 0}, Pareto{{{true, 0}}, 0}, Pareto{{{true, 0}, {false, 1}}, 0},
                                     Pareto{{{true, 0}, {false, 1}, {true, 1}}, 0}, Top{7, {true, 1}}};
  for (int round = 0; round < 50; ++round) {
    const Rows rows = random_rows(random);
    const uint64_t cut = random() % (rows.size() + 1);
    for (const Stage& stage : stages) {
      Rows pieces = reduce(stage, part(rows, 0, cut));
      pieces.append(reduce(stage, part(rows, cut, rows.size())));
      ASSERT_EQ(reduce(stage, pieces).number, reduce(stage, rows).number);
    }
  }
}

bool beats(const Rows& rows, uint64_t a, uint64_t b) {
  const double x = rows.value(a, 0) - rows.value(b, 0), y = rows.value(b, 1) - rows.value(a, 1);
  return x >= 0 && y >= 0 && x + y > 0;
}

TEST(Pareto, IsItsDefinition) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    const Rows rows = random_rows(random);
    Numbers expected;
    for (uint64_t i = 0; i < rows.size(); ++i) {
      bool survives = rows.feasible(i);
      for (uint64_t k = 0; k < rows.size(); ++k) survives &= !(rows.feasible(k) && rows.key[k] == rows.key[i] && beats(rows, k, i));
      if (survives) expected.push_back(i);
    }
    ASSERT_EQ(reduce(Pareto{{{true, 0}, {false, 1}}, 0}, rows).number, expected);
    ASSERT_EQ(reduce(Pareto{{{true, 0}, {false, 1}, {false, 1}}, 0}, rows).number, expected);
  }
}

double summary(Summary::Function function, const std::vector<double>& values, double parameter = 0) {
  Accumulator one_by_one, at_once;
  for (double value : values) one_by_one.add(function, &value, 1);
  at_once.add(function, values.data(), values.size());
  const double result = one_by_one.result({function, 0, parameter});
  EXPECT_EQ(std::bit_cast<uint64_t>(at_once.result({function, 0, parameter})), std::bit_cast<uint64_t>(result));
  return result;
}

TEST(Summary, SumIsPairwise) {
  using enum Summary::Function;
  EXPECT_EQ(summary(sum, {0.1, 0.2, 0.3, 0.4, 0.5}), ((0.1 + 0.2) + (0.3 + 0.4)) + 0.5);
  EXPECT_EQ(summary(sum, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}), ((0.1 + 0.2) + (0.3 + 0.4)) + ((0.5 + 0.6) + 0.7));
  EXPECT_EQ(summary(mean, {1, 2, 6}), 3);
}

double pairwise(const double* values, uint64_t n) {
  if (n == 1) return values[0];
  const uint64_t first = std::bit_floor(n - 1);
  const double sum = pairwise(values, first);
  return sum + pairwise(values + first, n - first);
}

TEST(Summary, PiecesDoNotMatter) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> number(-1, 1);
  std::vector<double> values(20'000);
  for (double& value : values) value = number(random);
  for (uint64_t most : {3u, 70u, 9'000u}) {
    Accumulator sum, largest;
    for (uint64_t begin = 0, n = 0; begin < values.size(); begin += n) {
      n = std::min<uint64_t>(random() % most, values.size() - begin);
      sum.add(Summary::Function::sum, values.data() + begin, n);
      largest.add(Summary::Function::max, values.data() + begin, n);
    }
    EXPECT_EQ(sum.result({Summary::Function::sum}), pairwise(values.data(), values.size()));
    EXPECT_EQ(largest.result({Summary::Function::max}), *std::max_element(values.begin(), values.end()));
  }
}

TEST(Summary, OfEqualZerosTheFirst) {
  using enum Summary::Function;
  for (uint64_t at : {0u, 1u, 9u, 20u}) {
    std::vector<double> values(at, -1);
    values.insert(values.end(), {-0.0, 0.0, -0.0});
    EXPECT_TRUE(std::signbit(summary(max, values)));
    for (double& value : values) value = -value;
    EXPECT_FALSE(std::signbit(summary(min, values)));
  }
}

TEST(Summary, OrderStatistics) {
  using enum Summary::Function;
  EXPECT_EQ(summary(quantile, {4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_EQ(summary(quantile, {4, 1, 3, 2}, 0), 1);
  EXPECT_EQ(summary(quantile, {4, 1, 3, 2}, 1), 4);
  EXPECT_EQ(summary(quantile, {7}, 0.95), 7);
  EXPECT_EQ(summary(min, {4, 1, 3}), 1);
  EXPECT_EQ(summary(max, {4, 1, 5}), 5);
  EXPECT_EQ(summary(count, {4, 1, 5}), 3);
}

}  // namespace
}  // namespace llmsys
