// How many rows a search looks at, and what it does not take upon itself. That it finds what a scan finds is for test/engines/random_searches.cpp.
#include "runtime/search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace llmsys {
namespace {

/// The goal is x or what is given; rows with x above the limit (the first axis) are infeasible; the premise is about the limit.
class Limited : public Kernel {
 public:
  explicit Limited(std::function<double(double)> goal = [](double x) { return x; }) : goal_(std::move(goal)) {}
  Counts run(const KernelArgs&) const override {
    ADD_FAILURE() << "a search asks for probes only";
    return {};
  }
  const SearchFacts* facts() const override { return &facts_; }
  void probe(const KernelArgs& args) const override {
    constexpr auto at_once = static_cast<int64_t>(Search::at_once);
    probed += (args.n + at_once - 1) / at_once * at_once;   // what it costs
    for (int64_t i = 0; i < args.n; ++i) {
      const double x = args.inner[i], limit = args.axis[0];
      const double row[] = {x <= limit ? status_feasible : 1, goal_(x), x, limit, limit};
      for (size_t c = 0; c < std::size(row); ++c) args.out[c][i] = row[c];
    }
  }
  mutable int64_t probed = 0;

 private:
  std::function<double(double)> goal_;
  SearchFacts facts_{.maximise = true, .rises = true, .margin = 0x1p-50, .crossings = {{true, 0x1p-50}}, .premises = {Premise::positive}};
};

const Search::Result* find(Search& search, const Kernel& kernel, double limit, uint64_t rows) {
  static const Domain domain{.size = 1'000'000'000, .start = 1};
  const double axis[] = {limit, 1};
  KernelArgs args{};
  args.axis = axis;
  return search.find(kernel, args, domain, 0, rows);
}

TEST(Search, LooksAtFewRows) {
  Search search;
  const Limited kernel;
  const Search::Result* found = find(search, kernel, 123'456'789, 1'000'000'000);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->row, 123'456'788u);
  EXPECT_EQ(found->counts, (std::vector<std::pair<double, uint64_t>>{{0, 123'456'789}, {1, 876'543'211}}));
  EXPECT_LE(kernel.probed, 128);
}

TEST(Search, LooksFirstWhereTheLastAnswerWas) {
  Search search;
  const Limited kernel;
  ASSERT_NE(find(search, kernel, 5'000.5, 1'000'000), nullptr);
  kernel.probed = 0;
  const Search::Result* found = find(search, kernel, 5'000.5, 1'000'000);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->row, 4'999u);
  EXPECT_EQ(kernel.probed, 8);
}

TEST(Search, GivesUpWhereMostRowsAreAlike) {
  Search search;
  const Limited kernel([](double x) { return std::min(x, 100.0); });
  EXPECT_EQ(find(search, kernel, 1e6, 4096), nullptr);
  EXPECT_LE(kernel.probed, 128);
}

TEST(Search, TakesTheLowestOfEqualRows) {
  Search search;
  const Limited kernel([](double x) { return std::min(x, 4000.0); });
  const Search::Result* found = find(search, kernel, 1e6, 4096);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->row, 3999u);
}

TEST(Search, FirstInfeasibleRowIfNoneIsFeasible) {
  Search search;
  const Limited kernel;
  const Search::Result* found = find(search, kernel, 0.5, 4096);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->row, 0u);
  EXPECT_EQ(found->status, 1);
}

TEST(Search, WantsItsPremises) {
  Search search;
  const Limited kernel;
  for (double limit : {0.0, -1.0, 1e-200, 1e200, static_cast<double>(NAN), static_cast<double>(INFINITY)}) EXPECT_EQ(find(search, kernel, limit, 4096), nullptr) << limit;
}

}  // namespace
}  // namespace llmsys
