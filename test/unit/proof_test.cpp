// What is proved of a goal holds for most values of the other axes only: a search must see in the first row where it does not.
#include "compiler/plan/proof.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/codegen/jit.h"
#include "test/engines/same_rows.h"

namespace llmsys {
namespace {

/// Of x and of y, which is one number.
struct Made {
  NodeId goal;
  NodeId finite;   // what must be, for a row to be feasible
};
using Make = Made (*)(Graph& graph, NodeId x, NodeId y);

Query query(double y, Make make) {
  Query query;
  Space space = test::grid({1, 3000});
  space.domains[0].values = {y};
  space.domains[1].start = 1;
  query.sweep = test::sweep_of(std::move(space), {"goal"}, {Best{{true, 0}, 2}});
  Graph& graph = query.graph;
  const NodeId y_node = graph.axis(0), x = graph.axis(1);
  const auto [goal, must_be_finite] = make(graph, x, y_node);
  const NodeId finite = graph.apply(Op::is_finite, must_be_finite), zero = graph.constant(0);
  query.shapes.push_back({{{graph.apply(Op::select, finite, zero, graph.constant(1)), goal}}});
  return query;
}

test::Recorder evaluated(const Query& query, std::vector<std::unique_ptr<Kernel>> compiled) {
  test::Recorder seen;
  evaluate(query.sweep, kernels_of(query, std::move(compiled)), seen, {});
  return seen;
}

/// Proved, and right for each y.
void expect_right(Make make, const std::vector<double>& ys) {
  for (double y : ys) {
    const Query asked = query(y, make);
    ASSERT_TRUE(std::holds_alternative<Proof>(prove(asked, 0)));
    Jitted jitted = jit(asked, {});
    ASSERT_EQ(jitted.index(), 0u);
    EXPECT_TRUE(test::same(evaluated(asked, {}), evaluated(asked, std::move(std::get<0>(jitted))))) << y;
  }
}

TEST(Proof, HoldsWithoutSmallestNumbers) {
  // x y y loses bits before it is made large again, more than x^0.001 grows
  const auto make = [](Graph& graph, NodeId x, NodeId y) -> Made {
    const NodeId tiny = graph.apply(Op::multiply, graph.apply(Op::multiply, x, y), y);
    const NodeId goal = graph.apply(Op::divide, tiny, graph.apply(Op::power, x, graph.constant(0.999)));
    return {goal, goal};
  };
  expect_right(make, {1, 1e-161, 3e-162, 1.1e-162, 1e-170});
}

TEST(Proof, HoldsWithoutNumbersTooLarge) {
  const auto make = [](Graph& graph, NodeId x, NodeId y) -> Made {
    const NodeId goal = graph.apply(Op::multiply, graph.apply(Op::multiply, x, y), y);
    return {goal, goal};
  };
  expect_right(make, {1, 1e152, 1.3e154, 1e200, INFINITY, static_cast<double>(NAN)});
}

TEST(Proof, HoldsForPositiveNumbers) {
  const auto make = [](Graph& graph, NodeId x, NodeId y) -> Made {
    const NodeId goal = graph.apply(Op::divide, x, graph.apply(Op::add, x, y));
    return {goal, goal};
  };
  expect_right(make, {1, 0, -0.5, -1, -1500.5, -5000});
}

TEST(Proof, HoldsForDivisorsThatAreNotZero) {
  const auto make = [](Graph& graph, NodeId x, NodeId y) -> Made { return {x, graph.apply(Op::divide, graph.apply(Op::subtract, x, graph.constant(5)), y)}; };
  expect_right(make, {1, 0, -1, 1e-300, INFINITY});
}

TEST(Proof, HoldsForChoicesThatAreMade) {
  // What y makes of the condition is known in a block only
  const auto make = [](Graph& graph, NodeId x, NodeId y) -> Made {
    const NodeId other = graph.apply(Op::multiply, graph.constant(2), y);
    const NodeId chosen = graph.apply(Op::either, graph.apply(Op::less, x, other), graph.apply(Op::less, y, graph.constant(3)));
    const NodeId goal = graph.apply(Op::select, chosen, x, other);
    return {goal, goal};
  };
  expect_right(make, {1, 2, 4, 1000, 1e9, static_cast<double>(NAN)});
}

}  // namespace
}  // namespace llmsys
