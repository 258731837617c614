#include "compiler/graph/graph.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "compiler/graph/query.h"

namespace llmsys {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool same_bits(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

TEST(Apply, MaximumKeepsTheFirstUnlessItIsLess) {
  EXPECT_TRUE(same_bits(apply(Op::maximum, 0.0, -0.0), 0.0));
  EXPECT_TRUE(same_bits(apply(Op::maximum, -0.0, 0.0), -0.0));
  EXPECT_EQ(apply(Op::maximum, 1, nan), 1);
  EXPECT_TRUE(std::isnan(apply(Op::maximum, nan, 1)));
  EXPECT_TRUE(same_bits(apply(Op::minimum, 0.0, -0.0), 0.0));
  EXPECT_EQ(apply(Op::minimum, 1, nan), 1);
}

TEST(Apply, RoundGoesToEven) {
  EXPECT_EQ(apply(Op::round, 0.5), 0);
  EXPECT_EQ(apply(Op::round, 1.5), 2);
  EXPECT_EQ(apply(Op::round, 2.5), 2);
  EXPECT_TRUE(same_bits(apply(Op::round, -0.5), -0.0));
}

TEST(Apply, NaNComparesWithNothing) {
  for (Op op : {Op::less, Op::less_equal, Op::equal}) EXPECT_EQ(apply(op, nan, nan), 0);
  EXPECT_EQ(apply(Op::not_equal, nan, nan), 1);
}

TEST(Apply, NaNIsNotZeroAndMinusZeroIs) {
  EXPECT_EQ(apply(Op::both, nan, 1), 1);
  EXPECT_EQ(apply(Op::either, -0.0, 0), 0);
  EXPECT_EQ(apply(Op::invert, nan), 0);
  EXPECT_EQ(apply(Op::select, -0.0, 1, 2), 2);
  EXPECT_EQ(apply(Op::first_reason, -0.0, 3), 3);
}

TEST(Apply, CountsAreWholeAndNotTooLarge) {
  const double largest = std::ldexp(1, 53);
  for (double count : {0.0, -0.0, 1.0, largest}) EXPECT_EQ(apply(Op::is_count, count), 1) << count;
  for (double other : {-1.0, 0.5, std::nextafter(largest, infinity), infinity, nan}) EXPECT_EQ(apply(Op::is_count, other), 0) << other;
  EXPECT_EQ(apply(Op::is_finite, -infinity), 0);
  EXPECT_EQ(apply(Op::is_finite, nan), 0);
}

TEST(Graph, SameNodesAreOneNode) {
  Graph graph;
  const NodeId x = graph.axis(0);
  const NodeId y = graph.axis(1);
  EXPECT_EQ(graph.apply(Op::add, x, y), graph.apply(Op::add, x, y));
  EXPECT_NE(graph.apply(Op::add, x, y), graph.apply(Op::add, y, x));
  EXPECT_EQ(graph.constant(nan), graph.constant(-nan));
  EXPECT_NE(graph.constant(0.0), graph.constant(-0.0));
  EXPECT_EQ(graph.table({1, 2}, 1), graph.table({1, 2}, 1));
  EXPECT_EQ(graph.tables().size(), 1u);
  EXPECT_EQ(graph.table({7, 7}, 1), graph.constant(7));
}

TEST(Graph, FoldsWhatIsKnownAndNothingElse) {
  Graph graph;
  const NodeId x = graph.axis(0);
  EXPECT_EQ(graph.apply(Op::add, graph.constant(1), graph.constant(2)), graph.constant(3));
  EXPECT_EQ(graph.apply(Op::square_root, graph.constant(-1)), graph.constant(nan));
  EXPECT_FALSE(graph.is_constant(graph.apply(Op::multiply, x, graph.constant(0))));
  EXPECT_NE(graph.apply(Op::add, x, graph.constant(0)), x);
}

TEST(Graph, ConstantsChoose) {
  Graph graph;
  const NodeId x = graph.axis(0);
  const NodeId y = graph.axis(1);
  const NodeId truth = graph.apply(Op::less, x, y);
  const NodeId no = graph.constant(0);
  const NodeId yes = graph.constant(1);
  EXPECT_EQ(graph.apply(Op::select, yes, x, y), x);
  EXPECT_EQ(graph.apply(Op::select, graph.constant(-0.0), x, y), y);
  EXPECT_EQ(graph.apply(Op::first_reason, no, x), x);
  EXPECT_EQ(graph.apply(Op::first_reason, graph.constant(5), x), graph.constant(5));
  EXPECT_EQ(graph.apply(Op::both, x, no), no);
  EXPECT_EQ(graph.apply(Op::either, graph.constant(nan), x), yes);
  EXPECT_EQ(graph.apply(Op::both, yes, truth), truth);
  EXPECT_EQ(graph.apply(Op::either, truth, no), truth);
  EXPECT_NE(graph.apply(Op::both, yes, x), x);  // x may be 7, and `and` gives 1
  EXPECT_EQ(graph.apply(Op::both, yes, graph.constant(7)), yes);
  EXPECT_EQ(graph.apply(Op::either, no, graph.constant(-0.0)), no);
}

TEST(Graph, AsksForAReasonOnce) {
  Graph graph;
  const NodeId no = graph.constant(0);
  const NodeId a = graph.apply(Op::select, graph.axis(0), graph.constant(1), no);
  const NodeId b = graph.apply(Op::select, graph.axis(1), no, graph.constant(2));
  const NodeId same_condition = graph.apply(Op::select, graph.axis(1), no, graph.constant(3));
  const NodeId both = graph.apply(Op::first_reason, a, b);
  EXPECT_EQ(graph.apply(Op::first_reason, a, no), a);
  EXPECT_EQ(graph.apply(Op::first_reason, a, a), a);
  EXPECT_EQ(graph.apply(Op::first_reason, both, a), both);
  EXPECT_EQ(graph.apply(Op::first_reason, a, both), both);
  EXPECT_EQ(graph.apply(Op::first_reason, both, same_condition), both);
  EXPECT_NE(graph.apply(Op::first_reason, graph.axis(0), no), graph.axis(0));  // which may be -0
}

double value_at(const Graph& graph, NodeId root, const std::vector<double>& axis) {
  std::vector<double> value(root.index + 1);
  for (NodeId id : live(graph, {root})) {
    const Node& node = graph[id];
    const auto at = [&](uint32_t i) { return i < operands(node.op) ? value[node.operand[i].index] : 0; };
    value[id.index] = node.op == Op::constant ? node.value : node.op == Op::axis ? axis[node.number] : apply(node.op, at(0), at(1), at(2));
  }
  return value[root.index];
}

TEST(Graph, RegroupedReasonsAreTheSameBits) {
  constexpr uint32_t axes = 3;
  const double values[] = {0.0, -0.0, 1, nan};
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    Graph graph;
    std::vector<NodeId> made;                                   // as the graph has it
    std::vector<std::function<double(const std::vector<double>&)>> meant;   // as it was asked for
    for (uint32_t a = 0; a < axes; ++a) {
      made.push_back(graph.axis(a));
      meant.push_back([a](const auto& axis) { return axis[a]; });
    }
    for (double value : values) {
      made.push_back(graph.constant(value));
      meant.push_back([value](const auto&) { return value; });
    }
    for (int i = 0; i < 25; ++i) {
      const auto any = [&] { return random() % made.size(); };
      const size_t a = any(), b = any(), c = any();
      const bool select = random() % 3 == 0;
      if (select) {
        const double k = values[random() % 4];
        made.push_back(graph.apply(Op::select, made[a], graph.constant(k), made[c]));
        meant.push_back([=, x = meant[a], z = meant[c]](const auto& axis) { return apply(Op::select, x(axis), k, z(axis)); });
      } else {
        made.push_back(graph.apply(Op::first_reason, made[a], made[b]));
        meant.push_back([x = meant[a], y = meant[b]](const auto& axis) { return apply(Op::first_reason, x(axis), y(axis)); });
      }
    }
    for (int point = 0; point < 64; ++point) {
      const std::vector<double> axis = {values[point % 4], values[point / 4 % 4], values[point / 16]};
      for (size_t i = 0; i < made.size(); ++i) {
        const double seen = value_at(graph, made[i], axis), wanted = meant[i](axis);
        ASSERT_TRUE(same_bits(seen, wanted) || (std::isnan(seen) && std::isnan(wanted))) << round << " " << i;
      }
    }
  }
}

TEST(Graph, AxesAreThoseOfTheOperands) {
  Graph graph;
  const NodeId sum = graph.apply(Op::add, graph.axis(0), graph.table({1, 2}, 0b100));
  EXPECT_EQ(graph[sum].axes, 0b101u);
  EXPECT_EQ(graph[graph.apply(Op::select, sum, graph.axis(1), graph.constant(1))].axes, 0b111u);
}

TEST(Graph, DumpNamesAxesAndNumbersAnew) {
  Graph graph;
  graph.constant(99);
  const NodeId batch = graph.axis(0);
  const NodeId sum = graph.apply(Op::maximum, batch, graph.constant(0.5));
  const NodeId product = graph.apply(Op::multiply, sum, graph.table({1, 2}, 2));
  const std::vector<Column> axes = {{.title = "batch"}, {.title = "chip"}};
  EXPECT_EQ(dump(graph, {product}, {"rate"}, axes),
            "%0 = axis batch    ; axes {batch}\n"
            "%1 = constant 0.5\n"
            "%2 = max %0, %1    ; axes {batch}\n"
            "%3 = table [1, 2]    ; axes {chip}\n"
            "%4 = * %2, %3    ; axes {batch, chip}\n"
            "-> rate %4\n");
}

TEST(Interpreter, ReadsEveryLeafAndFillsEveryRow) {
  Query query;
  query.sweep.space.axes = 2;
  Graph& graph = query.graph;
  const NodeId sum = graph.apply(Op::add, graph.apply(Op::multiply, graph.axis(0), graph.axis(1)), graph.table({10, 20}, 1));
  query.shapes.push_back({{{graph.constant(0), sum, graph.slot(1)}}});
  const auto kernel = interpret(query, 0, 0);

  constexpr int64_t n = 601;  // more than two blocks, and odd
  std::vector<double> inner(n), status(n, 9), value(n, 9), slot(n, 9);
  for (int64_t i = 0; i < n; ++i) inner[i] = static_cast<double>(i);
  const double axis[] = {3, 0};
  const double slots[] = {1, 42};
  const double* table[] = {graph.tables()[0].data()};
  double* out[] = {status.data(), value.data(), slot.data()};
  kernel->run({.axis = axis, .inner = inner.data(), .table = table, .slot = slots, .combo = 1, .n = n, .out = out});
  for (int64_t i = 0; i < n; ++i) {
    EXPECT_EQ(status[i], 0);
    EXPECT_EQ(value[i], 3 * inner[i] + 20);
    EXPECT_EQ(slot[i], 42);
  }
}

}  // namespace
}  // namespace llmsys
