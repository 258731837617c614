#include "runtime/reduce.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
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

/// Of values that come in pieces, as one run of one group.
double summary(Summary::Function function, const std::vector<double>& values, double parameter = 0, uint64_t most = Run::longest) {
  const std::vector<Summary> summaries = {{function, 0, parameter}};
  RunMaker maker(summaries);
  maker.go_to(0, 0);
  std::mt19937 random(5);
  for (uint64_t begin = 0, n = 0; begin < values.size(); begin += n) {
    n = std::min<uint64_t>(1 + random() % most, values.size() - begin);
    maker.add_feasible(begin, n, n == values.size(), [&](uint32_t) { return values.data() + begin; });
  }
  const Space space;
  const Summarise summarise = {summaries, 0};
  Summariser summariser(space, summarise);
  summariser.add(maker.take());
  return summariser.groups()[0].slots[0];
}

double pairwise(const std::vector<double>& values) {
  if (values.size() == 1) return values[0];
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(std::bit_floor(values.size() - 1));
  const double first = pairwise({values.begin(), middle});
  return first + pairwise({middle, values.end()});
}

TEST(Summary, ARunIsSummedPairwiseInEightStrands) {
  using enum Summary::Function;
  std::mt19937 random(7);
  std::uniform_real_distribution<double> number(-1, 1);
  for (uint64_t n = 1; n < 400; ++n) {
    std::vector<double> values(n);
    for (double& value : values) value = number(random);
    std::vector<std::vector<double>> strands(8);
    for (uint64_t i = 0; i < n; ++i) strands[i % 8].push_back(values[i]);
    std::vector<double> sums;
    for (const std::vector<double>& strand : strands) sums.push_back(strand.empty() ? -0.0 : pairwise(strand));
    for (uint64_t most : {1u, 7u, 4096u}) ASSERT_EQ(summary(sum, values, 0, most), pairwise(sums)) << n;
    ASSERT_EQ(summary(max, values, 0, 9), *std::max_element(values.begin(), values.end()));
    ASSERT_EQ(summary(min, values, 0, 4096), *std::min_element(values.begin(), values.end()));
  }
  EXPECT_EQ(summary(mean, {1, 2, 6}), 3);
}

double sum_of_runs(const std::vector<double>& values) {
  Accumulator sum;
  for (double value : values) sum.add(Summary::Function::sum, value);
  return sum.result({Summary::Function::sum}, values.size());
}

TEST(Summary, RunsAreAddedExactlyAndRoundedOnce) {
  EXPECT_EQ(sum_of_runs({0x1p100, 1, -0x1p100}), 1);
  EXPECT_EQ(sum_of_runs({1, 0x1p-53, 0x1p-106}), 1 + 0x1p-52);   // more than half-way
  EXPECT_EQ(sum_of_runs({1, 0x1p-53}), 1);
  EXPECT_EQ(sum_of_runs({1, 0x1p-53, -0x1p-106}), 1);
  EXPECT_FALSE(std::signbit(sum_of_runs({-0.0})));
  EXPECT_EQ(sum_of_runs({1, 0x1p1001}), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(sum_of_runs({0x1p1001, 1, -0x1p1001})));
  EXPECT_TRUE(std::isnan(sum_of_runs({std::numeric_limits<double>::quiet_NaN(), 1})));   // a run of 1e308, 1e308 and -1e308, -1e308 in other strands
}

TEST(Summary, OrderOfRunsDoesNotMatter) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> number(-1, 1);
  std::uniform_int_distribution<int> exponent(-70, 70);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values(50);
    for (double& value : values) value = std::ldexp(number(random), exponent(random));
    const double sum = sum_of_runs(values);
    std::shuffle(values.begin(), values.end(), random);
    ASSERT_EQ(sum_of_runs(values), sum);
  }
}

TEST(Summary, ARunHasItsFirstFeasibleRowOrElseItsFirstInfeasibleOne) {
  const std::vector<Summary> summaries = {{Summary::Function::count}};
  RunMaker maker(summaries);
  maker.go_to(1, 0);
  maker.add_infeasible(3, 2);
  maker.add_infeasible(4, 1);
  maker.go_to(1, 4096);
  maker.add_infeasible(4100, 1);
  maker.add_feasible(4101, 2, false, [](uint32_t) { return nullptr; });
  maker.add_infeasible(4103, 2);
  maker.add_feasible(4104, 3, false, [](uint32_t) { return nullptr; });
  maker.go_to(2, 4096);
  maker.add_feasible(4107, 1, false, [](uint32_t) { return nullptr; });
  std::vector<std::array<uint64_t, 4>> runs;
  for (const auto& run : maker.take().runs) runs.push_back({run.key, run.number, run.reason, run.rows});
  EXPECT_EQ(runs, (std::vector<std::array<uint64_t, 4>>{{1, 3, 2, 0}, {1, 4101, 0, 5}, {2, 4107, 0, 1}}));
}

TEST(Summary, AGroupHasItsFirstFeasibleRowOrElseItsFirstInfeasibleOne) {
  std::vector<llmsys::Run> runs = {{0, 50, 1, 0}, {0, 60, 0, 3}, {0, 70, 0, 2}, {0, 80, 2, 0}, {1, 20, 1, 0}, {1, 10, 2, 0}, {2, 30, 0, 1}};
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    std::shuffle(runs.begin(), runs.end(), random);
    const Space space;
    const Summarise summarise = {{{Summary::Function::count}}, 0};
    Summariser summariser(space, summarise);
    for (const auto& run : runs) summariser.add(Runs{{run}, {{}}});
    const std::vector<Group> groups = summariser.groups();
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(std::pair(groups[0].number, groups[0].reason), std::pair(uint64_t{10}, 2u));
    EXPECT_EQ(std::pair(groups[1].number, groups[1].reason), std::pair(uint64_t{30}, 0u));
    EXPECT_EQ(std::pair(groups[2].number, groups[2].reason), std::pair(uint64_t{60}, 0u));
    EXPECT_EQ(groups[2].slots, std::vector<double>{5});
  }
}

TEST(Summary, AZeroHasNoSign) {
  using enum Summary::Function;
  for (Summary::Function function : {sum, mean, min, max}) EXPECT_FALSE(std::signbit(summary(function, {-0.0, -0.0})));
  EXPECT_FALSE(std::signbit(summary(quantile, {-0.0, -0.0}, 0.5)));
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
