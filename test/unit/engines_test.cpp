// What both engines must agree on beyond test/fuzz/graph_fuzz.cpp: each operation on every pair of special values, and how kernels live.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <thread>

#include "compiler/codegen/jit.h"
#include "compiler/codegen/kernel_cache.h"
#include "test/unit/sweeps.h"

namespace llmsys {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const std::vector<double> special = {0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 7, -7, 1e-300, 5e-324, -5e-324, 1e300, -1e300, 0.1,
                                     9007199254740992.0, 9007199254740994.0, 4503599627370497.5, infinity, -infinity, nan};

bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

bool same(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
  const auto same_column = [](const std::vector<double>& x, const std::vector<double>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](double p, double q) { return same(p, q); });
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_column);
}

/// Outer axis 0, inner axis 1.
Query two_axes() {
  Query query;
  query.sweep.name = "test";
  query.sweep.space.axes = 2;
  query.sweep.axes = {{.title = "outer"}, {.title = "inner"}};
  return query;
}

std::vector<std::unique_ptr<Kernel>> compile(const Query& query, unsigned width) {
  Jitted jitted = jit(query, {.width = width});
  if (const auto* error = std::get_if<std::string>(&jitted)) {
    ADD_FAILURE() << *error;
    return {};
  }
  return std::move(std::get<0>(jitted));
}

/// All rows are feasible.
void add_shape(Query& query, std::vector<NodeId> columns) {
  columns.insert(columns.begin(), query.graph.constant(status_feasible));
  query.shapes.push_back({{columns}});
}

/// columns x rows
std::vector<std::vector<double>> run(const Kernel& kernel, double outer, std::vector<double> inner, size_t columns) {
  const size_t rows = inner.size();
  inner.resize(with_slack(rows));
  std::vector<std::vector<double>> values(1 + columns, std::vector<double>(inner.size()));
  std::vector<double*> out;
  for (auto& column : values) out.push_back(column.data());
  const double axis[] = {outer, inner[0]};
  const Counts counts = kernel.run({.axis = axis, .inner = inner.data(), .n = static_cast<int64_t>(rows), .out = out.data()});
  EXPECT_EQ(counts.dropped + counts.infeasible, 0);
  for (auto& column : values) column.resize(rows);
  values.erase(values.begin());
  return values;
}

std::vector<Op> all_operations() {
  std::vector<Op> ops;
  for (uint32_t op = 0; op < op_count; ++op)
    if (operands(static_cast<Op>(op)) > 0) ops.push_back(static_cast<Op>(op));
  return ops;
}

/// Every operation with the inner axis first and with the outer axis first; select's third operand is the first.
Query every_operation() {
  Query query = two_axes();
  const NodeId outer = query.graph.axis(0);
  const NodeId inner = query.graph.axis(1);
  std::vector<NodeId> roots;
  for (Op op : all_operations()) {
    roots.push_back(query.graph.apply(op, inner, outer, inner));
    roots.push_back(query.graph.apply(op, outer, inner, outer));
  }
  add_shape(query, roots);
  return query;
}

class Engines : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Width, Engines, testing::Values(1u, 2u, 4u, 8u, 16u, 0u));

TEST_P(Engines, GiveWhatApplyGives) {
  const Query query = every_operation();
  const std::vector<Op> ops = all_operations();
  const auto interpreter = interpret(query, 0, 0);
  const auto compiled = compile(query, GetParam());
  ASSERT_EQ(compiled.size(), 1u);
  for (double outer : special) {
    const auto a = run(*interpreter, outer, special, 2 * ops.size());
    const auto b = run(*compiled[0], outer, special, 2 * ops.size());
    for (size_t i = 0; i < special.size(); ++i)
      for (size_t k = 0; k < a.size(); ++k) {
        const double x = k % 2 == 0 ? special[i] : outer;
        const double y = k % 2 == 0 ? outer : special[i];
        const double expected = apply(ops[k / 2], x, y, x);
        EXPECT_TRUE(same(a[k][i], expected)) << text(ops[k / 2]) << " of " << x << ", " << y << " interpreted: " << a[k][i] << ", not " << expected;
        EXPECT_TRUE(same(b[k][i], expected)) << text(ops[k / 2]) << " of " << x << ", " << y << " compiled: " << b[k][i] << ", not " << expected;
      }
  }
}

TEST_P(Engines, DoNotFuseOrRegroup) {
  Query query = two_axes();
  Graph& graph = query.graph;
  const NodeId x = graph.axis(1);
  const NodeId y = graph.axis(0);
  const NodeId fused = graph.apply(Op::subtract, graph.apply(Op::multiply, x, x), y);
  const NodeId grouped = graph.apply(Op::subtract, graph.apply(Op::add, x, y), y);
  const NodeId reciprocal = graph.apply(Op::divide, x, graph.constant(49));
  add_shape(query, {fused, grouped, reciprocal});
  const auto compiled = compile(query, GetParam());
  ASSERT_EQ(compiled.size(), 1u);
  std::vector<double> inner;
  for (int i = 0; i < 101; ++i) inner.push_back(1 + 0.01 * i);
  const auto seen = run(*compiled[0], 3e15, inner, 3);
  const auto expected = run(*interpret(query, 0, 0), 3e15, inner, 3);
  EXPECT_TRUE(same(seen, expected));
}

TEST_P(Engines, TakeOneNodeAsNumberAndAsTruth) {
  Query query = two_axes();
  Graph& graph = query.graph;
  const NodeId outer = graph.axis(0);
  const NodeId inner = graph.axis(1);
  const NodeId outer_chooses = graph.apply(Op::select, outer, inner, outer);  // outer as truth and as number
  const NodeId truth_counts = graph.apply(Op::add, graph.apply(Op::less, inner, outer), graph.apply(Op::less, outer, graph.constant(2)));
  add_shape(query, {outer_chooses, truth_counts, outer});
  const auto compiled = compile(query, GetParam());
  ASSERT_EQ(compiled.size(), 1u);
  for (double value : {0.0, -0.0, 1.0, 3.0, infinity}) {
    const std::vector<double> rows = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    EXPECT_TRUE(same(run(*compiled[0], value, rows, 3), run(*interpret(query, 0, 0), value, rows, 3))) << value;
  }
}

/// A scan looks first where the last best row was; here the next one is 0 to 9 rows further on, at the product of the first two axes.
TEST_P(Engines, FindBestsThatMove) {
  constexpr uint32_t steps = 10, size = 300;
  for (int variant = 0; variant < 4; ++variant) {
    const bool maximise = variant % 2 != 0, by_element = variant >= 2;
    Query query;
    Graph& graph = query.graph;
    query.sweep = test::sweep_of(test::grid({steps, 30, size}), {"goal", "value"}, {Best{{maximise, 0}, 4}});
    std::vector<double> elements(size);
    for (uint32_t i = 0; i < size; ++i) elements[i] = i;
    if (by_element) {
      Level& last = query.sweep.space.levels.back();
      last = {.size = size, .by_element = true};
      for (uint32_t i = 0; i < size; ++i) last.children.push_back(i);
      query.sweep.space.combos = size;
      query.sweep.shape_of_combo.assign(size, 0);
      count_rows(query.sweep.space);
    }
    const NodeId last = by_element ? graph.table(elements, 4) : graph.axis(2);
    const NodeId away = graph.apply(Op::absolute, graph.apply(Op::subtract, last, graph.apply(Op::multiply, graph.axis(0), graph.axis(1))));
    const NodeId size_of_goal = maximise ? graph.apply(Op::subtract, graph.constant(1000), away) : graph.apply(Op::add, away, graph.constant(1));
    add_shape(query, {graph.apply(Op::divide, size_of_goal, graph.apply(Op::add, last, graph.constant(1e6))), graph.apply(Op::multiply, last, graph.constant(3))});
    const KernelSet kernels = kernels_of(query, compile(query, GetParam()));
    for (const uint64_t chunk : {EvaluateOptions{}.chunk, uint64_t{307}}) {   // some end right before the best row
      test::Recorder got;
      EXPECT_TRUE(evaluate(query.sweep, kernels, got, {.chunk = chunk}));
      ASSERT_EQ(got.rows.size(), steps * 30u);
      for (size_t i = 0; i < got.rows.size(); ++i) {
        const uint64_t best = i / 30 * (i % 30);
        ASSERT_EQ(got.rows[i].number, i * size + best);
        ASSERT_EQ(got.rows[i].values[1], 3.0 * static_cast<double>(best));
      }
    }
  }
}

/// What stands in the lanes after the last row of a block is of rows that have another formula.
TEST_P(Engines, FindNoBestAmongLanesWithoutRows) {
  constexpr uint32_t size = 40, first_of_second_shape = 21;
  Query query;
  query.sweep = test::sweep_of(test::grid({3, size}), {"goal"}, {Best{{true, 0}, 2}});
  Level& last = query.sweep.space.levels.back();
  last = {.size = size, .by_element = true};
  std::vector<double> elements;
  query.sweep.shape_of_combo.clear();
  for (uint32_t i = 0; i < size; ++i) {
    last.children.push_back(i);
    elements.push_back(i);
    query.sweep.shape_of_combo.push_back(i < first_of_second_shape ? 0 : 1);
  }
  query.sweep.space.combos = size;
  count_rows(query.sweep.space);
  const NodeId element = query.graph.table(elements, 2);
  add_shape(query, {element});
  add_shape(query, {query.graph.apply(Op::negate, element)});
  test::Recorder got;
  EXPECT_TRUE(evaluate(query.sweep, kernels_of(query, compile(query, GetParam())), got, {}));
  EXPECT_EQ(got.numbers(), (std::vector<uint64_t>{20, 60, 100}));
}

TEST(Kernels, LiveWithoutEachOtherAndTheQuery) {
  std::unique_ptr<Kernel> second;
  {
    Query query = two_axes();
    const NodeId inner = query.graph.axis(1);
    add_shape(query, {inner});
    add_shape(query, {query.graph.apply(Op::add, inner, inner)});
    auto kernels = compile(query, 0);
    ASSERT_EQ(kernels.size(), 2u);
    second = std::move(kernels[1]);
  }
  EXPECT_EQ(run(*second, 0, {1, 2, 3}, 1), (std::vector<std::vector<double>>{{2, 4, 6}}));
}

TEST(Kernels, RunInSeveralThreads) {
  const Query query = every_operation();
  const size_t columns = query.shapes[0].roots[0].size() - 1;
  const auto compiled = compile(query, 0);
  ASSERT_EQ(compiled.size(), 1u);
  const auto interpreter = interpret(query, 0, 0);
  std::vector<double> inner(1000);
  for (size_t i = 0; i < inner.size(); ++i) inner[i] = 0.37 * static_cast<double>(i);
  std::vector<std::vector<std::vector<double>>> results(8);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < results.size(); ++i)
      threads.emplace_back([&, i] { results[i] = run(i % 2 ? *compiled[0] : *interpreter, 2.5, inner, columns); });
  }
  for (const auto& result : results) EXPECT_TRUE(same(result, results[0]));
}

/// Shapes of a hundred operations each, no two the same.
Query many_shapes(uint32_t count) {
  Query query = two_axes();
  Graph& graph = query.graph;
  for (uint32_t shape = 0; shape < count; ++shape) {
    NodeId value = graph.apply(Op::add, graph.axis(1), graph.constant(shape));
    for (int i = 0; i < 100; ++i) value = graph.apply(i % 3 == 0 ? Op::divide : Op::add, value, graph.apply(Op::multiply, graph.axis(i % 2), graph.constant(i + 2)));
    add_shape(query, {value});
  }
  return query;
}

TEST(Kernels, CompiledByManyThreadsAreThoseOfOne) {
  const Query query = many_shapes(7);
  const std::vector<double> inner = {1, 2.5, -3, 0, 1e9, 7, 11, 13, 17};
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("engines_test." + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  KernelCache cache(folder / "llmsys" / "kernels");
  for (const unsigned threads : {8u, 1u}) {
    const Jitted jitted = jit(query, {.threads = threads, .cache = &cache});
    const auto* kernels = std::get_if<0>(&jitted);
    ASSERT_NE(kernels, nullptr);
    ASSERT_EQ(kernels->size(), 7u);
    for (uint32_t shape = 0; shape < 7; ++shape) EXPECT_TRUE(same(run(*(*kernels)[shape], 1.5, inner, 1), run(*interpret(query, 0, shape), 1.5, inner, 1))) << shape;
    EXPECT_GT(cache.missed(), 2u);   // several modules
    EXPECT_EQ(cache.found(), threads == 1 ? cache.missed() : 0);
  }
  std::filesystem::remove_all(folder);
}

TEST(Kernels, NeedNoAxis) {
  Query query;
  query.sweep.space.axes = 0;
  query.sweep.name = "point";
  add_shape(query, {query.graph.constant(42)});
  const auto compiled = compile(query, 0);
  ASSERT_EQ(compiled.size(), 1u);
  EXPECT_EQ(run(*compiled[0], 0, {0}, 1), (std::vector<std::vector<double>>{{42}}));
}

TEST(Plan, SplitsAtTheLastAxis) {
  Query query = two_axes();
  const NodeId outer = query.graph.apply(Op::negate, query.graph.axis(0));
  const NodeId product = query.graph.apply(Op::multiply, outer, query.graph.axis(1));
  query.shapes.push_back({{{product}}});
  EXPECT_EQ(dump(query, plan(query, 0, 0)),
            "before    ; about 1 cycles for 8 rows\n"
            "  %0 = axis outer    ; axes {outer}\n"
            "  %1 = neg %0    ; axes {outer}\n"
            "inside    ; about 1 cycles for 8 rows\n"
            "  %2 = axis inner    ; axes {inner}\n"
            "  %3 = * %1, %2    ; axes {outer, inner}\n");
}

TEST(Listings, ShowEachStage) {
  Query query = two_axes();
  query.shapes.push_back({{{query.graph.apply(Op::square_root, query.graph.axis(1))}}});
  EXPECT_NE(listing(query, {.width = 4}, Listing::llvm).find("@llvm.sqrt.v4f64"), std::string::npos);
  EXPECT_NE(listing(query, {.width = 4}, Listing::optimised).find("define void @kernel0"), std::string::npos);
  EXPECT_NE(listing(query, {.width = 4}, Listing::assembly).find("kernel0:"), std::string::npos);
}

}  // namespace
}  // namespace llmsys
