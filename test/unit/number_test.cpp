#include "compiler/dimension/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace llmsys {
namespace {

double read(std::string_view text) { return round_once(*parse_exact(text)); }

TEST(Number, ReadsLiterals) {
  EXPECT_EQ(read("3.35"), 3.35);
  EXPECT_EQ(read("1_000"), 1000);
  EXPECT_EQ(read("4.8e12"), 4.8e12);
  EXPECT_EQ(read("-1E-3"), -1e-3);
  for (const char* wrong : {"", "x", "1.", ".5", "1e", "1 2", "_1", "0x10"}) EXPECT_FALSE(parse_exact(wrong)) << wrong;
}

TEST(Number, HasALargestAndASmallestMagnitude) {
  EXPECT_TRUE(parse_exact("1e400"));
  EXPECT_TRUE(parse_exact("1e-400"));
  EXPECT_TRUE(parse_exact("0e99999999999999999999"));
  for (const char* wrong : {"1.1e400", "9e-401", "1e99999999999999999999", "10e-99999999999999999999"})
    EXPECT_FALSE(parse_exact(wrong)) << wrong;
}

TEST(Number, SpellingsOfOneQuantityAreTheSameBits) {
  const mpq_class tera = *power(10, 12), giga = *power(10, 9);
  EXPECT_EQ(round_once(*parse_exact("4.8") * tera), 4.8e12);
  EXPECT_EQ(round_once(*parse_exact("4800") * giga), 4.8e12);
  EXPECT_EQ(round_once(*parse_exact("1.1") / giga), 1.1e-9);
}

TEST(Number, RoundsHalvesToEven) {
  const mpq_class half = *power(2, -53), least = *power(2, -1074), tiny = *power(2, -1200);
  EXPECT_EQ(round_once(1 + half), 1);
  EXPECT_EQ(round_once(1 + half + tiny), 1 + 0x1p-52);
  EXPECT_EQ(round_once(1 + 3 * half), 1 + 0x1p-51);
  EXPECT_EQ(round_once(least / 2), 0);
  EXPECT_EQ(round_once(least / 2 + tiny), 0x1p-1074);
  EXPECT_EQ(round_once(-3 * least / 2), -0x1p-1073);
}

TEST(Number, OverflowsWhereADoubleDoes) {
  const double largest = std::numeric_limits<double>::max();
  const mpq_class half_way = exact(largest) + *power(2, 970);
  EXPECT_EQ(round_once(half_way - 1), largest);
  EXPECT_EQ(round_once(half_way), HUGE_VAL);
  EXPECT_EQ(round_once(-*power(10, 400)), -HUGE_VAL);
}

TEST(Number, EveryDoubleIsItsOwnRounding) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    const double value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 2100) - 1140);
    if (std::isfinite(value)) {
      EXPECT_EQ(round_once(exact(value)), value);
    }
  }
}

TEST(Number, PowersStayInHand) {
  EXPECT_EQ(power(mpq_class(-2, 3), -3), mpq_class(-27, 8));
  EXPECT_EQ(power(1, std::numeric_limits<int>::min()), 1);
  EXPECT_EQ(power(0, 0), 1);
  EXPECT_EQ(power(0, -1), std::nullopt);
  EXPECT_TRUE(power(2, 4095));
  EXPECT_EQ(power(2, 4096), std::nullopt);
  EXPECT_EQ(power(3, std::numeric_limits<int>::max()), std::nullopt);
}

}  // namespace
}  // namespace llmsys
