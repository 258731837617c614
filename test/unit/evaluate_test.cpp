#include "runtime/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "test/unit/local_ranks.h"
#include "test/unit/sweeps.h"

namespace llmsys {
namespace {

using test::Point;
using test::PointFunction;
using test::Recorder;
using Numbers = std::vector<uint64_t>;

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

void expect_same(const Recorder& a, const Recorder& b) {
  ASSERT_EQ(a.numbers(), b.numbers());
  for (size_t i = 0; i < a.rows.size(); ++i) {
    EXPECT_TRUE(same_bits(a.rows[i].axes, b.rows[i].axes));
    EXPECT_TRUE(same_bits(a.rows[i].values, b.rows[i].values));
    EXPECT_EQ(a.rows[i].reason, b.rows[i].reason);
  }
  EXPECT_EQ(a.totals.dropped, b.totals.dropped);
  EXPECT_EQ(a.totals.by_reason, b.totals.by_reason);
  EXPECT_EQ(a.totals.infeasible, b.totals.infeasible);
  EXPECT_EQ(a.totals.shown, b.totals.shown);
}

/// Evaluates with one thread and all rows in one chunk, and checks that nothing changes with others.
Recorder run(const Sweep& sweep, const std::vector<PointFunction>& by_phase) {
  const KernelSet kernels = test::kernels_of(sweep, by_phase);
  Recorder first;
  EXPECT_TRUE(evaluate(sweep, kernels, first, {.threads = 1, .chunk = ~uint64_t{0}}));
  for (unsigned threads : {1u, 2u, 3u}) {
    for (uint64_t chunk : {1, 7, 64, 65536}) {
      Recorder other;
      EXPECT_TRUE(evaluate(sweep, kernels, other, {.threads = threads, .chunk = chunk}));
      expect_same(first, other);
    }
  }
  for (unsigned ranks : {2u, 3u}) {
    Recorder other;
    test::on_ranks(ranks, [&](Ranks& rank) {
      Recorder nothing;
      for (uint64_t chunk : {1, 64, 7}) {   // one after the other in the same job; the last one is compared
        const bool last = chunk == 7;
        EXPECT_TRUE(evaluate(sweep, kernels, rank.rank() != 0 ? nothing : last ? other : nothing, {.threads = 2, .chunk = chunk, .ranks = &rank}));
      }
      if (rank.rank() != 0) {
        EXPECT_TRUE(nothing.rows.empty());
      }
    });
    expect_same(first, other);
  }
  uint64_t sum = 0;
  for (const auto& [site, count] : first.totals.by_reason) sum += count;
  EXPECT_EQ(sum, first.totals.infeasible);
  return first;
}

/// Column 0 is a hash of the row's axes, column 1 whether it is even. Some rows are infeasible, some dropped.
std::vector<double> mixed(const Point& point) {
  uint64_t h = 17;
  for (double axis : point.axis) h = h * 31 + static_cast<uint64_t>(axis) + 7;
  h = h * 2654435761u % 1009;
  const double status = h % 7 == 0 ? 1 : h % 11 == 0 ? 2 : h % 13 == 0 ? -1 : 0;
  return {status, static_cast<double>(h % 100) / 8, h % 2 == 0 ? 1.0 : 0.0};
}

TEST(Evaluate, RowsInOrderWithInfeasibleOnesInPlace) {
  const Sweep sweep = test::sweep_of(test::grid({2, 3}), {"sum"});
  const Recorder got = run(sweep, {[](const Point& p) -> std::vector<double> { return {p.axis[1] == 1 ? 2.0 : p.axis[0] + p.axis[1] == 3 ? -1.0 : 0.0, p.axis[0] + p.axis[1]}; }});
  EXPECT_EQ(got.numbers(), (Numbers{0, 1, 2, 3, 4}));
  EXPECT_EQ(got.rows[1].reason, 2u);
  EXPECT_TRUE(got.rows[1].values.empty());
  EXPECT_EQ(got.rows[2].values, std::vector<double>{2});
  EXPECT_EQ(got.rows[3].axes, (std::vector<double>{1, 0}));
  EXPECT_EQ(got.totals.points, 6u);
  EXPECT_EQ(got.totals.dropped, 1u);
  EXPECT_EQ(got.totals.by_reason, (std::map<std::string, uint64_t>{{"too odd", 2}}));
  EXPECT_EQ(got.totals.shown, 3u);
}

TEST(Evaluate, NoAxes) {
  const Recorder got = run(test::sweep_of(Space{}, {"x"}), {[](const Point&) -> std::vector<double> { return {0, 5}; }});
  ASSERT_EQ(got.rows.size(), 1u);
  EXPECT_EQ(got.rows[0].values, std::vector<double>{5});
}

TEST(Evaluate, NoRows) {
  const Recorder got = run(test::sweep_of(test::grid({3, 0}), {"x"}, {Best{{true, 0}, 1}}), {mixed});
  EXPECT_TRUE(got.rows.empty());
  EXPECT_EQ(got.totals.points, 0u);
}

TEST(Evaluate, FilterBeforeAReductionDrops) {
  const Recorder got = run(test::sweep_of(test::grid({10}), {"x", "even"}, {Filter{1}}),
                           {[](const Point& p) -> std::vector<double> { return {p.axis[0] == 4 ? 1.0 : 0.0, p.axis[0], std::fmod(p.axis[0], 2) == 0 ? 1.0 : 0.0}; }});
  EXPECT_EQ(got.numbers(), (Numbers{0, 2, 4, 6, 8}));
  EXPECT_EQ(got.totals.dropped, 5u);
  EXPECT_EQ(got.totals.shown, 4u);
}

/// A dependent axis: by-element axis 0 leads to ranges of its own, axis 2 by element with combos below.
Sweep dependent(std::vector<Stage> stages) {
  Space space;
  space.axes = 3;
  space.combos = 6;
  space.domains = {{.size = 5}, {.size = 9, .start = 100, .step = 10}};
  space.levels = {{.size = 2, .by_element = true, .children = {1, 2}},
                  {.size = 5, .domain = 0, .children = {3}},
                  {.size = 9, .domain = 1, .children = {4}},
                  {.size = 3, .by_element = true, .children = {0, 1, 2}},
                  {.size = 3, .by_element = true, .children = {3, 5, 4}}};
  count_rows(space);
  Sweep sweep = test::sweep_of(space, {"x", "even"}, std::move(stages));
  sweep.shape_of_combo = {0, 0, 1, 1, 1, 0};
  return sweep;
}

TEST(Evaluate, DependentAxes) {
  const Recorder got = run(dependent({}), {[](const Point& p) -> std::vector<double> { return {0, p.axis[1], static_cast<double>(p.combo)}; }});
  ASSERT_EQ(got.rows.size(), 5u * 3 + 9 * 3);
  EXPECT_EQ(got.rows[5].axes, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(got.rows[5].values, (std::vector<double>{1, 2}));
  EXPECT_EQ(got.rows[15 + 4].axes, (std::vector<double>{1, 110, 1}));
  EXPECT_EQ(got.rows[15 + 4].values, (std::vector<double>{110, 5}));
}

/// What `best` means, from all rows.
Numbers best_by_definition(const Sweep& sweep, AxisMask over, bool maximise) {
  std::map<std::vector<uint64_t>, std::tuple<bool, double, uint64_t>> best;   // infeasible, -merit, number: the least wins
  for (uint64_t n = 0; n < sweep.space.rows(); ++n) {
    Place place;
    locate(sweep.space, n, place);
    const std::vector<double> out = mixed({place.value, place.combo, nullptr});
    if (out[0] < 0) continue;
    for (uint32_t a = 0; a < sweep.space.axes; ++a) {
      if ((over >> a & 1) != 0) place.index[a] = 0;
    }
    const std::tuple<bool, double, uint64_t> rank = {out[0] != 0, out[0] != 0 ? 0 : maximise ? -out[1] : out[1], n};
    const auto [entry, is_new] = best.try_emplace(place.index, rank);
    if (!is_new && rank < entry->second) entry->second = rank;
  }
  Numbers numbers;
  for (const auto& [key, rank] : best) numbers.push_back(std::get<2>(rank));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

TEST(Evaluate, BestIsItsDefinition) {
  for (AxisMask over = 0; over < 8; ++over) {
    for (bool maximise : {true, false}) {
      const Sweep sweeps[] = {test::sweep_of(test::grid({4, 5, 9}), {"x", "even"}, {Best{{maximise, 0}, over}}), dependent({Best{{maximise, 0}, over}})};
      for (const Sweep& sweep : sweeps) EXPECT_EQ(run(sweep, {mixed}).numbers(), best_by_definition(sweep, over, maximise)) << over;
    }
  }
}

TEST(Evaluate, BestOverALongAxis) {
  const Recorder got = run(test::sweep_of(test::grid({3, 10'000}), {"x", "even"}, {Best{{true, 0}, 2}}), {[](const Point& p) -> std::vector<double> {
                             if (p.axis[0] == 1) return {2, 0, 0};
                             return {p.axis[1] < 5000 ? 1.0 : 0.0, -std::abs(p.axis[1] - 7000.5), 0};
                           }});
  EXPECT_EQ(got.numbers(), (Numbers{7000, 10'000, 27'000}));
  EXPECT_EQ(got.rows[1].reason, 2u);
  EXPECT_EQ(got.totals.infeasible, 20'000u);
}

TEST(Evaluate, GroupThatIsDroppedWholeIsGone) {
  const Recorder got = run(test::sweep_of(test::grid({3, 4}), {"x"}, {Best{{true, 0}, 2}}),
                           {[](const Point& p) -> std::vector<double> { return {p.axis[0] == 1 ? -1.0 : 0.0, p.axis[1]}; }});
  EXPECT_EQ(got.numbers(), (Numbers{3, 11}));
  EXPECT_EQ(got.totals.dropped, 4u);
}

TEST(Evaluate, PipelineOfReductions) {
  const std::vector<Stage> stages = {Filter{1}, Best{{true, 0}, 4}, Pareto{{{true, 0}, {false, 0}}, 1}, Top{5, {true, 0}}, Filter{1}};
  const Recorder got = run(test::sweep_of(test::grid({5, 6, 20}), {"x", "even"}, stages), {mixed});
  ASSERT_EQ(got.rows.size(), 5u);
  for (size_t i = 1; i < got.rows.size(); ++i) EXPECT_GE(got.rows[i - 1].values[0], got.rows[i].values[0]);
}

TEST(Evaluate, TopKeepsTheLowestRowsOfATie) {
  const Recorder got = run(test::sweep_of(test::grid({1000}), {"x"}, {Top{3, {false, 0}}}),
                           {[](const Point& p) -> std::vector<double> { return {0, std::fmod(p.axis[0], 10) == 3 ? 0.0 : 1.0}; }});
  EXPECT_EQ(got.numbers(), (Numbers{3, 13, 23}));
}

Sweep summarised(std::vector<uint64_t> sizes, AxisMask over, std::vector<Stage> later) {
  Sweep sweep = test::sweep_of(test::grid(sizes), {"x", "even"});
  using enum Summary::Function;
  sweep.phases[0].end.push_back({.summaries = {{sum, 0}, {mean, 0}, {count, 0}, {quantile, 0, 0.5}}, .over = over});
  sweep.phases.push_back({.columns = test::columns({"sum", "mean", "count", "median"}), .stages = std::move(later)});
  return sweep;
}

TEST(Evaluate, SummariseFoldsAnAxis) {
  const Sweep sweep = summarised({4, 3}, 2, {});
  const PointFunction first = [](const Point& p) -> std::vector<double> {
    return {p.axis[0] == 1 && p.axis[1] == 0 ? 1.0 : p.axis[0] == 2 && p.axis[1] > 0 ? 2.0 : p.axis[0] == 2 ? -1.0 : p.axis[0] == 3 ? -1.0 : 0.0, p.axis[0] * 10 + p.axis[1], 0};
  };
  const PointFunction second = [](const Point& p) -> std::vector<double> {
    EXPECT_TRUE(std::isnan(p.axis[1]));
    return {0, p.slot[0], p.slot[1], p.slot[2], p.slot[3]};
  };
  const Recorder got = run(sweep, {first, second});
  ASSERT_EQ(got.numbers(), (Numbers{0, 4, 7}));
  EXPECT_EQ(got.rows[0].values, (std::vector<double>{3, 1, 3, 1}));
  EXPECT_EQ(got.rows[1].values, (std::vector<double>{23, 11.5, 2, 11.5}));
  EXPECT_EQ(got.rows[2].reason, 2u);
  EXPECT_EQ(got.rows[1].axes[0], 1);
  EXPECT_TRUE(std::isnan(got.rows[1].axes[1]));
  EXPECT_EQ(got.totals.infeasible, 3u);
  EXPECT_EQ(got.totals.dropped, 4u);
}

/// Of several runs each, with rows between that are not feasible, and sums that are rounded.
TEST(Evaluate, SummariseALongAxis) {
  const PointFunction first = [](const Point& p) -> std::vector<double> { return {mixed(p)[0], 1 / (p.axis[0] + p.axis[1] + 3), 0}; };
  const PointFunction second = [](const Point& p) -> std::vector<double> { return {0, p.slot[0], p.slot[1], p.slot[2], p.slot[3]}; };
  for (AxisMask over : {2, 3}) {
    const Recorder got = run(summarised({3, 10'000}, over, {}), {first, second});
    std::vector<std::vector<double>> groups(over == 2 ? 3 : 1);
    for (double a = 0; a < 3; ++a) {
      for (double b = 0; b < 10'000; ++b) {
        const std::vector<double> row = first({{a, b}, 0, nullptr});
        if (row[0] == status_feasible) groups[over == 2 ? static_cast<size_t>(a) : 0].push_back(row[1]);
      }
    }
    ASSERT_EQ(got.rows.size(), groups.size());
    for (size_t g = 0; g < groups.size(); ++g) {
      std::vector<double>& values = groups[g];
      std::sort(values.begin(), values.end());
      const double sum = std::accumulate(values.begin(), values.end(), 0.0);
      const auto count = static_cast<double>(values.size());
      EXPECT_NEAR(got.rows[g].values[0], sum, 1e-12 * sum);
      EXPECT_EQ(got.rows[g].values[1], got.rows[g].values[0] / count);
      EXPECT_EQ(got.rows[g].values[2], count);
      const double middle = (count - 1) / 2, lower = values[static_cast<size_t>(std::floor(middle))], upper = values[static_cast<size_t>(std::ceil(middle))];
      EXPECT_EQ(got.rows[g].values[3], lower + (middle - std::floor(middle)) * (upper - lower));
    }
  }
}

/// Whatever the shapes of its elements are, and whatever stages come before that keep all rows.
TEST(Evaluate, SummariseAnAxisWhoseShapesChangeAnywhere) {
  constexpr uint32_t size = 9'000;   // of blocks that would reach from run to run
  const auto first = [](bool by_element) -> PointFunction {
    return [=](const Point& p) -> std::vector<double> { return {0, 1 / (p.axis[0] + (by_element ? static_cast<double>(p.combo) : p.axis[1]) + 3), 0}; };
  };
  const PointFunction second = [](const Point& p) -> std::vector<double> { return {0, p.slot[0], p.slot[1], p.slot[2], p.slot[3]}; };
  Sweep sweep = summarised({2, size}, 2, {});
  const Recorder expected = run(sweep, {first(false), second});
  ASSERT_EQ(expected.rows.size(), 2u);
  const auto expect = [&](const Recorder& got) {
    ASSERT_EQ(got.rows.size(), 2u);
    for (size_t i = 0; i < 2; ++i) EXPECT_TRUE(same_bits(got.rows[i].values, expected.rows[i].values));
  };
  Level& last = sweep.space.levels.back();
  last = {.size = size, .by_element = true};
  for (uint32_t i = 0; i < size; ++i) last.children.push_back(i);
  sweep.space.combos = size;
  count_rows(sweep.space);
  sweep.shape_of_combo.clear();
  for (uint32_t i = 0; i < size; ++i) sweep.shape_of_combo.push_back(i < 3'000 || i == 8'500 ? 0 : 1);
  expect(run(sweep, {first(true), second}));
  sweep.phases[0].stages = {Top{2 * size, {true, 0}}};
  expect(run(sweep, {first(true), second}));
}

TEST(Evaluate, SummariseThenBestOverWhatIsLeft) {
  for (AxisMask over : {1, 2, 4, 5, 7}) {
    const PointFunction second = [](const Point& p) -> std::vector<double> { return {p.slot[2] < 3 ? 1.0 : 0.0, p.slot[0], p.slot[1], p.slot[2], p.slot[3]}; };
    run(summarised({4, 5, 6}, over, {Best{{false, 1}, 7}}), {mixed, second});
    run(summarised({4, 5, 6}, over, {Pareto{{{false, 1}, {true, 2}}, 1}}), {mixed, second});
  }
}

TEST(Evaluate, SumsDoNotDependOnOtherAxes) {
  const PointFunction second = [](const Point& p) -> std::vector<double> { return {0, p.slot[0], p.slot[1], p.slot[2], p.slot[3]}; };
  const auto value = [](double row) { return 1 / (row + 3); };
  const Recorder alone = run(summarised({1, 77}, 2, {}), {[&](const Point& p) -> std::vector<double> { return {0, value(p.axis[1]), 0}; }, second});
  const Recorder among = run(summarised({77, 3}, 1, {}), {[&](const Point& p) -> std::vector<double> { return {0, value(p.axis[0]), 0}; }, second});
  ASSERT_EQ(among.rows.size(), 3u);
  for (const Row& row : among.rows) EXPECT_TRUE(same_bits(row.values, alone.rows[0].values));
}

TEST(Evaluate, ASinkThatFailsStopsIt) {
  const Sweep sweep = test::sweep_of(test::grid({1'000'000'000, 1'000}), {"x"});
  const KernelSet kernels = test::kernels_of(sweep, {[](const Point& p) -> std::vector<double> { return {0, p.axis[1]}; }});
  for (unsigned threads : {1u, 3u}) {
    Recorder sink;
    sink.stop_after = 10;
    EXPECT_FALSE(evaluate(sweep, kernels, sink, {.threads = threads, .chunk = 100}));
    EXPECT_EQ(sink.rows.size(), 10u);
  }
}

TEST(Evaluate, WhoStopsASummariseIsToldOfAllPoints) {
  const Sweep sweep = summarised({100, 10'000}, 3, {});
  const PointFunction second = [](const Point& p) -> std::vector<double> { return {0, p.slot[0], p.slot[1], p.slot[2], p.slot[3]}; };
  const KernelSet kernels = test::kernels_of(sweep, {mixed, second});
  Recorder sink;
  EXPECT_TRUE(evaluate(sweep, kernels, sink, {.chunk = 5'000, .watch = [](const Progress&) { return false; }}));
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.totals.points, 8'192u);   // runs are not cut
  EXPECT_EQ(static_cast<uint64_t>(sink.rows[0].values[2]) + sink.totals.infeasible + sink.totals.dropped, sink.totals.points);
}

TEST(Evaluate, WhoWatchesSeesTheBestAndCanStopIt) {
  const Sweep sweep = test::sweep_of(test::grid({1'000'000'000, 1'000}), {"x"}, {Best{{true, 0}, 3}});
  const KernelSet kernels = test::kernels_of(sweep, {[](const Point& p) -> std::vector<double> { return {p.axis[1] == 700 ? 1.0 : 0.0, p.axis[1]}; }});
  for (unsigned threads : {1u, 3u}) {
    Recorder sink;
    std::vector<Progress> seen;
    const auto watch = [&](const Progress& progress) {
      seen.push_back(progress);
      return seen.size() < 5;
    };
    EXPECT_TRUE(evaluate(sweep, kernels, sink, {.threads = threads, .chunk = 200, .watch = watch}));
    ASSERT_EQ(seen.size(), 5u);
    EXPECT_EQ(seen[4].points, sweep.space.rows());
    EXPECT_EQ(sink.totals.points, seen[4].done);
    EXPECT_EQ(sink.rows[0].number, 999u);
    if (threads > 1) {   // each has more to do
      EXPECT_GT(seen[0].done, 1000u);
      EXPECT_EQ(seen[0].best, 999.0);
      continue;
    }
    EXPECT_EQ(seen[2].done, 600u);
    EXPECT_EQ(seen[2].best, 599.0);
    EXPECT_EQ(seen[3].best, 799.0);   // 700 is infeasible
    EXPECT_EQ(sink.totals.points, 1000u);
    EXPECT_EQ(sink.totals.infeasible, 1u);
    ASSERT_EQ(sink.rows.size(), 1u);
  }
}

}  // namespace
}  // namespace llmsys
