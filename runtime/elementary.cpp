// Logarithm and exponential are computed as a sum of two doubles, about 2^-65 off, and rounded at the end: a result that is a double, such as
// pow(10, 3), comes out as that double.
#include "runtime/elementary.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double two_to_53 = 9007199254740992.0;

/// The exact sum of its parts; |low| is at most half a unit in the last place of high.
struct Pair {
  double high;
  double low;
};

// Cut after 40 bits, so that a multiple by an exponent of two is exact.
constexpr Pair ln_2{0x1.62e42fefa2000p-1, 0x1.9ef35793c7673p-41};
constexpr Pair log10_2{0x1.34413509f6000p-2, 0x1.9fef311f12b36p-42};
constexpr Pair log2_e{0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
constexpr Pair log10_e{0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
constexpr Pair third{0x1.5555555555555p-2, 0x1.5555555555555p-56};
constexpr Pair fifth{0x1.999999999999ap-3, -0x1.999999999999ap-57};

/// Exact if |a| >= |b| or a is zero.
Pair ordered_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// Exact.
Pair sum(double a, double b) {
  const double sum = a + b, b_seen = sum - a;
  return {sum, (a - (sum - b_seen)) + (b - b_seen)};
}

Pair sum(Pair a, Pair b) {
  const Pair high = sum(a.high, b.high);
  return ordered_sum(high.high, high.low + (a.low + b.low));
}

/// The upper half of the bits; a below 2^996.
double upper_half(double a) {
  const double spread = a * 134217729.0;  // 2^27 + 1
  return spread - (spread - a);
}

/// Exact unless it leaves the range of doubles.
Pair product(double a, double b) {
  const double high = a * b;
  const double a1 = upper_half(a), a2 = a - a1, b1 = upper_half(b), b2 = b - b1;
  return {high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2};
}

Pair product(Pair a, Pair b) {
  const Pair high = product(a.high, b.high);
  return ordered_sum(high.high, high.low + (a.high * b.low + a.low * b.high));
}

Pair quotient(double a, Pair b) {
  const double high = a / b.high;
  const Pair back = product(high, b.high);
  return ordered_sum(high, (((a - back.high) - back.low) - high * b.low) / b.high);
}

/// 2^k for a k of normal doubles.
double power_of_two(int k) { return std::bit_cast<double>(static_cast<uint64_t>(k + 1023) << 52); }

/// y * 2^k, rounded once, for y in [1/2, 2] and any k that `exponential` comes to.
double scaled(double y, int k) {
  if (k > 1023) return y * power_of_two(1023) * power_of_two(k - 1023);
  if (k < -1021) return y * power_of_two(k + 128) * power_of_two(-128);
  return y * power_of_two(k);
}

struct Split {
  double mantissa;  // from sqrt(1/2) to sqrt(2)
  int exponent;
};

/// x positive and finite.
Split split(double x) {
  const bool subnormal = x < std::numeric_limits<double>::min();
  if (subnormal) x *= 0x1p54;
  constexpr uint64_t fraction = (uint64_t{1} << 52) - 1, root_of_two = 0x6A09E667F3BCD;
  const auto bits = std::bit_cast<uint64_t>(x);
  const bool upper = (bits & fraction) > root_of_two;
  const int exponent = static_cast<int>(bits >> 52) - 1023 + upper - (subnormal ? 54 : 0);
  return {std::bit_cast<double>((bits & fraction) | static_cast<uint64_t>(1023 - upper) << 52), exponent};
}

/// ln m = 2 artanh(s) = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1), at most 0.172. Only the first terms need all the digits.
Pair logarithm_of_mantissa(double m) {
  if (m == 1) return {0, 0};
  const Pair s = quotient(m - 1, sum(m, 1.0));
  const Pair square = product(s, s);
  double tail = 0;
  for (int n = 27; n >= 7; n -= 2) tail = tail * square.high + 1.0 / n;
  Pair series = sum(fifth, {square.high * tail, 0});
  series = sum(third, product(square, series));
  series = product(square, series);
  const Pair doubled{2 * s.high, 2 * s.low};
  return sum(doubled, product(doubled, series));
}

/// In the base in which ln 2 is `of_two` and ln e is `of_e`.
Pair logarithm(double x, Pair of_two, Pair of_e) {
  const auto [mantissa, exponent] = split(x);
  const Pair fraction = product(logarithm_of_mantissa(mantissa), of_e);
  return sum(Pair{exponent * of_two.high, exponent * of_two.low}, fraction);
}

constexpr Pair one{1, 0};

double logarithm_or_special(double x, Pair of_two, Pair of_e) {
  if (x == 0) return -infinity;
  if (!(x > 0)) return not_a_number;
  if (x == infinity) return x;
  const Pair result = logarithm(x, of_two, of_e);
  return result.high + result.low;
}

constexpr auto inverse_factorials = [] {
  std::array<double, 15> result{};
  double factorial = 1;
  for (int n = 0; n < 15; ++n) {
    if (n > 0) factorial *= n;
    result[n] = 1 / factorial;
  }
  return result;
}();

/// e^x = 2^k e^r with |r| at most ln(2) / 2.
double exponential(Pair x) {
  if (x.high >= 710) return infinity;
  if (x.high <= -746) return 0;
  const double k = std::floor(x.high * log2_e.high + 0.5);
  const Pair r = sum(Pair{x.high - k * ln_2.high, 0}, {x.low, -k * ln_2.low});
  double series = 0;  // of (e^r - 1 - r) / r^2
  for (int n = 14; n >= 2; --n) series = series * r.high + inverse_factorials[n];
  const Pair start = ordered_sum(1, r.high);
  return scaled(start.high + (start.low + (r.low + r.high * r.high * series)), static_cast<int>(k));
}

bool whole(double y) { return std::floor(y) == y; }
bool odd(double y) { return std::fabs(y) < two_to_53 && whole(y) && std::fmod(y, 2) != 0; }

/// x from 0 to infinity.
double power_of_magnitude(double x, double y) {
  if (x == 0 || x == infinity) return (x == 0) == (y > 0) ? 0 : infinity;
  if (x == 1) return 1;
  if (std::isinf(y)) return (x > 1) == (y > 0) ? infinity : 0;
  const Pair log = logarithm(x, ln_2, one);
  const double rough = log.high * y;
  if (!(std::fabs(rough) < 760)) return rough > 0 ? infinity : 0;
  const Pair exact = product(y, log.high);
  return exponential(ordered_sum(exact.high, exact.low + y * log.low));
}

}  // namespace

double llmsys_exp(double x) { return x != x ? x : exponential({x, 0}); }

double llmsys_log(double x) { return logarithm_or_special(x, ln_2, one); }

double llmsys_log2(double x) { return logarithm_or_special(x, one, log2_e); }

double llmsys_log10(double x) { return logarithm_or_special(x, log10_2, log10_e); }

double llmsys_pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return not_a_number;
  if (y == 1) return x;   // as what follows gives, which is nearer to x than half of its last digit
  const bool negative = std::signbit(x);
  if (negative && x != 0 && !std::isinf(x) && !whole(y)) return not_a_number;
  const double magnitude = power_of_magnitude(std::fabs(x), y);
  return negative && odd(y) ? -magnitude : magnitude;
}

// fmod is exact, so the same everywhere.
double llmsys_mod(double x, double y) {
  const double rest = std::fmod(x, y);
  if (rest == 0) return 0;
  return (rest < 0) == (y < 0) ? rest : rest + y;
}

// x / y can only have been rounded up to a whole number; then the floor is that number or the one below, and its parity tells.
double llmsys_quotient(double x, double y) {
  const double rounded = x / y, floor = std::floor(rounded);
  if (floor != rounded || !(std::fabs(floor) < two_to_53)) return floor;
  const double rest = std::fmod(x, y);
  if (rest == 0) return floor;
  const bool towards_zero_is_odd = std::fabs(std::fmod(x, 2 * y)) >= std::fabs(y);
  const bool rounded_up = (rest < 0) != (y < 0);  // from the floor towards zero
  return odd(floor) == (towards_zero_is_odd != rounded_up) ? floor : floor - 1;
}
