// What every operation means, in one place for one value and for many. In: an operation. Out: its function, handed to `use`.
// Promise: IEEE double operations as written; comparisons with NaN are false but for `!=`; NaN is not 0 and so counts as true.
// Build every file that includes this with -ffp-contract=off.
#pragma once

#include <cassert>
#include <cmath>
#include <limits>

#include "compiler/graph/graph.h"
#include "runtime/elementary.h"

namespace llmsys {

inline constexpr double largest_count = 9007199254740992.0;  // 2^53

/// Calls `use` with the function of `op`; operands that the operation does not have are ignored.
template <class Use>
auto with_meaning(Op op, Use use) {
  switch (op) {
    case Op::add: return use([](double a, double b, double) -> double { return a + b; });
    case Op::subtract: return use([](double a, double b, double) -> double { return a - b; });
    case Op::multiply: return use([](double a, double b, double) -> double { return a * b; });
    case Op::divide: return use([](double a, double b, double) -> double { return a / b; });
    case Op::negate: return use([](double a, double, double) -> double { return -a; });
    case Op::absolute: return use([](double a, double, double) -> double { return std::fabs(a); });
    case Op::square_root: return use([](double a, double, double) -> double { return std::sqrt(a); });
    case Op::floor: return use([](double a, double, double) -> double { return std::floor(a); });
    case Op::ceil: return use([](double a, double, double) -> double { return std::ceil(a); });
    case Op::round: return use([](double a, double, double) -> double { return std::nearbyint(a); });  // nobody changes the rounding mode
    case Op::exp: return use([](double a, double, double) -> double { return llmsys_exp(a); });
    case Op::log: return use([](double a, double, double) -> double { return llmsys_log(a); });
    case Op::log2: return use([](double a, double, double) -> double { return llmsys_log2(a); });
    case Op::log10: return use([](double a, double, double) -> double { return llmsys_log10(a); });
    case Op::power: return use([](double a, double b, double) -> double { return llmsys_pow(a, b); });
    case Op::modulo: return use([](double a, double b, double) -> double { return llmsys_mod(a, b); });
    case Op::quotient: return use([](double a, double b, double) -> double { return llmsys_quotient(a, b); });
    case Op::minimum: return use([](double a, double b, double) -> double { return b < a ? b : a; });
    case Op::maximum: return use([](double a, double b, double) -> double { return a < b ? b : a; });
    case Op::less: return use([](double a, double b, double) -> double { return a < b; });
    case Op::less_equal: return use([](double a, double b, double) -> double { return a <= b; });
    case Op::equal: return use([](double a, double b, double) -> double { return a == b; });
    case Op::not_equal: return use([](double a, double b, double) -> double { return a != b; });
    case Op::both: return use([](double a, double b, double) -> double { return (a != 0) & (b != 0); });
    case Op::either: return use([](double a, double b, double) -> double { return (a != 0) | (b != 0); });
    case Op::invert: return use([](double a, double, double) -> double { return a == 0; });
    case Op::select: return use([](double a, double b, double c) -> double { return a != 0 ? b : c; });
    case Op::first_reason: return use([](double a, double b, double) -> double { return a != 0 ? a : b; });
    case Op::is_finite: return use([](double a, double, double) -> double { return std::fabs(a) < std::numeric_limits<double>::infinity(); });
    case Op::is_count: return use([](double a, double, double) -> double { return (a >= 0) & (a <= largest_count) & (std::floor(a) == a); });
    case Op::constant:
    case Op::axis:
    case Op::table:
    case Op::slot: break;
  }
  assert(!"a leaf is read, not applied");
  return use([](double, double, double) -> double { return std::numeric_limits<double>::quiet_NaN(); });
}

}  // namespace llmsys
