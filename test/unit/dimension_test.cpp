#include "compiler/dimension/dimension.h"

#include <gtest/gtest.h>

#include <limits>

namespace llmsys {
namespace {

constexpr int32_t most = std::numeric_limits<int32_t>::max();

TEST(Rational, IsCanonical) {
  EXPECT_EQ(make_rational(6, -4), (Rational{-3, 2}));
  EXPECT_EQ(make_rational(0, -7), (Rational{0, 1}));
  EXPECT_EQ(make_rational(1, 0), std::nullopt);
}

TEST(Rational, RefusesWhatDoesNotFit) {
  EXPECT_EQ(make_rational(std::numeric_limits<int64_t>::min(), 1), std::nullopt);
  EXPECT_EQ(make_rational(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::min()), (Rational{1, 1}));
  EXPECT_EQ((Rational{most, 1} + Rational{1, 1}), std::nullopt);
  EXPECT_EQ((Rational{1, most} * Rational{1, 2}), std::nullopt);
  EXPECT_EQ((Rational{most, 2} + Rational{-most, 2}), (Rational{0, 1}));
}

TEST(Dimension, EqualsByContentNotByOrder) {
  const Dimension time = Dimension::of(0), data = Dimension::of(1);
  EXPECT_EQ(time.times(data), data.times(time));
  EXPECT_EQ(data.over(time)->times(time), data);
  EXPECT_TRUE(time.over(time)->dimensionless());
}

TEST(Dimension, RootsUndoPowers) {
  const Dimension rate = *Dimension::of(3).over(Dimension::of(2));
  const Dimension root = *rate.power({1, 2});
  EXPECT_EQ(root.exponent(2), (Rational{-1, 2}));
  EXPECT_EQ(root.times(root), rate);
  EXPECT_TRUE(rate.power({0, 1})->dimensionless());
  EXPECT_EQ(rate.power({most, 1})->power({2, 1}), std::nullopt);
}

}  // namespace
}  // namespace llmsys
