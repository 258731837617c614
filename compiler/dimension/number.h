// Exact numbers. In: decimal literals and exact scales. Out: a double that was rounded once.
// Promise: `4.8 TB/s`, `4800 GB/s` and `4.8e12 B/s` come out as the same bits.
#pragma once

#include <gmpxx.h>

#include <optional>
#include <string_view>

namespace llmsys {

/// A literal such as `3.35`, `4.8e12`, `1_000`; nothing if it is not a number or its magnitude is out of 1e-400 .. 1e400.
std::optional<mpq_class> parse_exact(std::string_view digits);

/// base ^ exponent; nothing if it gets out of hand (over 4,096 bits) or divides by zero.
std::optional<mpq_class> power(const mpq_class& base, int exponent);

/// Nearest double, ties to even, subnormals included; infinite if too large.
double round_once(const mpq_class& exact);

/// The exact value of a finite double.
mpq_class exact(double value);

}  // namespace llmsys
