#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "runtime/report/number.h"

namespace llmsys {
namespace {

TEST(Shortest, ReadsBack) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(86), "86");
  EXPECT_EQ(shortest(100000), "100000");
  EXPECT_EQ(shortest(1e300), "1e+300");
  EXPECT_EQ(shortest(1e16), "1e+16");
  EXPECT_EQ(shortest(1e-6), "1e-06");
  EXPECT_EQ(shortest(-0.0), "-0");
  EXPECT_EQ(shortest(5e-324), "5e-324");
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 2000) - 1040);
    if (std::isfinite(value)) { ASSERT_EQ(std::stod(shortest(value)), value); }
  }
}

TEST(Readable, FourDigitsOrWhole) {
  EXPECT_EQ(readable(719.4321), "719.4");
  EXPECT_EQ(readable(131072), "131072");
  EXPECT_EQ(readable(0.5), "0.5");
  EXPECT_EQ(readable(12345.6), "12346");
  EXPECT_EQ(readable(9.99996), "10");
  EXPECT_EQ(readable(-2.0 / 3), "-0.6667");
  EXPECT_EQ(readable(0.00012345), "1.234e-04");
  EXPECT_EQ(readable(2.5e18), "2.5e+18");
  EXPECT_EQ(readable(1e15), "1e+15");
  EXPECT_EQ(readable(-0.0), "0");
  EXPECT_EQ(readable(3.0000000000000004), "3");
  EXPECT_EQ(readable(0.001), "0.001");
  EXPECT_EQ(readable(1.23456, 2), "1.2");
}

const std::vector<UnitChoice> times = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};

TEST(WithUnit, TheLargestUnitItHasOneOf) {
  EXPECT_EQ(with_unit(1.5e-6, times), "1.50 us");
  EXPECT_EQ(with_unit(2e-6, times), "2 us");
  EXPECT_EQ(with_unit(0.0123456, times), "12.35 ms");
  EXPECT_EQ(with_unit(5000.25, times), "5000 s");
  EXPECT_EQ(with_unit(1e-12, times), "0.00100 ns");
  EXPECT_EQ(with_unit(1.5e-14, times), "1.5e-05 ns");
  EXPECT_EQ(with_unit(0, times), "0 s");
  EXPECT_EQ(with_unit(0, {{"mB", 0.008}, {"B", 8}, {"kB", 8000}}), "0 B");
  EXPECT_EQ(with_unit(-0.25, times), "-250 ms");
  EXPECT_EQ(with_unit(1e305, {{"ns", 1e-9}}), "1e+314 ns");
  EXPECT_EQ(with_unit(86, {{}}), "86");
  EXPECT_EQ(with_unit(0.5, {{}}), "0.5");
  EXPECT_EQ(with_unit(881.2 * 1073741824.0, {{"GiB", 1073741824.0}}), "881.2 GiB");
}

std::vector<std::string> texts(const Column& column, const std::vector<double>& values) {
  const ColumnFormat chosen = choose_format(column, values);
  std::vector<std::string> texts = {column.units[chosen.unit].text};
  for (double value : values) texts.push_back(format(column, chosen, value));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(ColumnFormat, OneUnitAndEqualDecimals) {
  const Column time = {.title = "t", .units = times};
  EXPECT_EQ(texts(time, {0.001234, 0.02, 0.7432}), (Texts{"ms", "1.23", "20.00", "743.20"}));
  EXPECT_EQ(texts(time, {1, 2, 3}), (Texts{"s", "1", "2", "3"}));
  EXPECT_EQ(texts(time, {}), (Texts{"s"}));
  const Column number = {.title = "n"};
  EXPECT_EQ(texts(number, {8, 32, 131072}), (Texts{"", "8", "32", "131072"}));
  EXPECT_EQ(texts(number, {0.5, 1.5}), (Texts{"", "0.5", "1.5"}));
  EXPECT_EQ(texts(number, {743.1234, 12.3456}), (Texts{"", "743.1", "12.3"}));
  EXPECT_EQ(texts(number, {743.1234, -0.0, 0}), (Texts{"", "743.1", "0.0", "0.0"}));
}

TEST(ColumnFormat, WhatTheDecimalsWouldHideIsStillShown) {
  const Column number = {.title = "n"};
  EXPECT_EQ(texts(number, {743.1, 0.0012}), (Texts{"", "743.100", "0.0012"}));
  EXPECT_EQ(texts(number, {1e300, 1}), (Texts{"", "1e+300", "1"}));
  EXPECT_EQ(texts(number, {1e-9, 1.5e-9}), (Texts{"", "1e-09", "1.5e-09"}));
}

TEST(ColumnFormat, LabelsAndBooleans) {
  const auto labels = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"memory", "compute"});
  EXPECT_EQ(format({.type = Column::Type::label, .labels = labels}, {}, 1), "compute");
  EXPECT_EQ(format({.type = Column::Type::boolean}, {}, 1), "true");
  EXPECT_EQ(plain({.type = Column::Type::boolean}, 0), "false");
  EXPECT_EQ(plain({.units = {{"GiB", 1073741824.0}}}, 1.5 * 1073741824.0), "1.5");
}

}  // namespace
}  // namespace llmsys
