// Bits that must not change, exact results, and special values. Accuracy is checked against long double, which has eleven bits more.
#include "runtime/elementary.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double between(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * std::ldexp(static_cast<double>(random() >> 11), -53);
}

/// How far `got` is off, in units in the last place.
double error(double got, long double want) {
  const double unit = std::nextafter(std::fabs(got), infinity) - std::fabs(got);
  return std::fabs(static_cast<double>((got - want) / unit));
}

TEST(Elementary, IsAccurate) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const double x = between(random, -700, 700), y = std::exp(between(random, -700, 700)), z = between(random, -700, 700) / std::log(y);
    ASSERT_LT(error(llmsys_exp(x), std::exp(static_cast<long double>(x))), 0.7) << x;
    ASSERT_LT(error(llmsys_log(y), std::log(static_cast<long double>(y))), 0.6) << y;
    ASSERT_LT(error(llmsys_log2(y), std::log2(static_cast<long double>(y))), 0.6) << y;
    ASSERT_LT(error(llmsys_log10(y), std::log10(static_cast<long double>(y))), 0.6) << y;
    ASSERT_LT(error(llmsys_pow(y, z), std::pow(static_cast<long double>(y), static_cast<long double>(z))), 1) << y << " ^ " << z;
  }
}

TEST(Elementary, ExactResultsAreExact) {
  for (int k = -1074; k < 1024; ++k) {
    EXPECT_EQ(llmsys_pow(2, k), std::ldexp(1, k));
    EXPECT_EQ(llmsys_log2(std::ldexp(1, k)), k);
  }
  double power = 1;
  for (int k = 0; k <= 22; ++k, power *= 10) {
    EXPECT_EQ(llmsys_pow(10, k), power);
    EXPECT_EQ(llmsys_log10(power), k);
  }
  EXPECT_EQ(llmsys_pow(-3, 3), -27);
  EXPECT_EQ(llmsys_pow(1.5, 2), 2.25);
  EXPECT_EQ(llmsys_pow(144, 0.5), 12);
  for (const double x : {0.1, -0.1, 1e300, 5e-324, -0.0, -infinity}) EXPECT_EQ(std::bit_cast<uint64_t>(llmsys_pow(x, 1)), std::bit_cast<uint64_t>(x));
}

TEST(Elementary, BitsAreTheSameEverywhere) {
  EXPECT_EQ(llmsys_exp(1), 0x1.5bf0a8b145769p+1);
  EXPECT_EQ(llmsys_log(10), 0x1.26bb1bbb55516p+1);
  EXPECT_EQ(llmsys_log10(7), 0x1.b0b0b0b78cc3fp-1);
  EXPECT_EQ(llmsys_pow(1.0000001, 1e9), 0x1.349445c228792p+144);
}

TEST(Elementary, SpecialValuesAreThoseOfC) {
  const double values[] = {0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, infinity, -infinity, nan, 1e300, -1e300, 1.7e308, -1.7e308, 5e-324, -5e-324};
  for (const double x : values)
    for (const double y : values) {
      const double got = llmsys_pow(x, y), want = std::pow(x, y);
      EXPECT_TRUE(std::isnan(want) ? std::isnan(got)
                  : got == want    ? std::signbit(got) == std::signbit(want)
                                   : std::fabs(got / want - 1) < 1e-15)
          << x << " ^ " << y << ": " << got << ", not " << want;
    }
  EXPECT_EQ(llmsys_exp(-infinity), 0);
  EXPECT_EQ(llmsys_exp(710), infinity);
  EXPECT_EQ(llmsys_exp(-746), 0);
  EXPECT_EQ(llmsys_log(0), -infinity);
  EXPECT_TRUE(std::isnan(llmsys_log(-1)));
  EXPECT_TRUE(std::isnan(llmsys_exp(nan)));
}

TEST(Elementary, ModAndQuotientTakeTheFloor) {
  EXPECT_EQ(llmsys_mod(-5, 3), 1);
  EXPECT_EQ(llmsys_mod(5, -3), -1);
  EXPECT_EQ(llmsys_quotient(-5, 3), -2);
  EXPECT_EQ(llmsys_quotient(-5e-324, 1e300), -1);
  EXPECT_EQ(llmsys_quotient(1, 0.1), 9) << "0.1 is a little more than a tenth";
  EXPECT_EQ(llmsys_quotient(9007199254740991.0, 3), 3002399751580330.0);
  EXPECT_EQ(llmsys_quotient(1, 0), infinity);
  EXPECT_TRUE(std::isnan(llmsys_mod(1, 0)));
}

}  // namespace
