#include "compiler/dimension/number.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <string>

namespace llmsys {

namespace {

constexpr int64_t largest_exponent = 400;
constexpr int64_t saturated = int64_t{1} << 40;  // longer than any source, so that exponents can be added and compared safely
constexpr size_t most_bits = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes `12_345` from the front of `rest`, without the underscores; empty if there is no digit.
std::string take_digits(std::string_view& rest) {
  std::string digits;
  while (!rest.empty() && (is_digit(rest[0]) || (rest[0] == '_' && !digits.empty()))) {
    if (rest[0] != '_') digits += rest[0];
    rest.remove_prefix(1);
  }
  return digits;
}

bool take(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || any_of.find(rest[0]) == any_of.npos) return false;
  rest.remove_prefix(1);
  return true;
}

/// What follows the `e`.
std::optional<int64_t> take_exponent(std::string_view& rest) {
  const bool negative = take(rest, "-");
  if (!negative) take(rest, "+");
  const std::string digits = take_digits(rest);
  if (digits.empty()) return std::nullopt;
  int64_t value = 0;
  for (const char c : digits) value = std::min(saturated, value * 10 + (c - '0'));
  return negative ? -value : value;
}

mpz_class power_of_ten(int64_t exponent) {
  mpz_class result;
  mpz_ui_pow_ui(result.get_mpz_t(), 10, static_cast<unsigned long>(exponent));
  return result;
}

/// digits * 10^exponent
std::optional<mpq_class> scaled(const std::string& digits, int64_t exponent) {
  const size_t first = digits.find_first_not_of('0');
  if (first == digits.npos) return mpq_class(0);
  const int64_t magnitude = static_cast<int64_t>(digits.size() - first) - 1 + exponent;
  if (magnitude < -largest_exponent || magnitude > largest_exponent) return std::nullopt;
  mpq_class value(mpz_class(digits, 10));
  if (exponent >= 0)
    value.get_num() *= power_of_ten(exponent);
  else
    value.get_den() = power_of_ten(-exponent);
  value.canonicalize();
  if (value > power_of_ten(largest_exponent)) return std::nullopt;
  return value;
}

/// floor(log2(n / d)) of positive numbers.
int64_t binary_exponent(const mpz_class& n, const mpz_class& d) {
  const int64_t guess = static_cast<int64_t>(mpz_sizeinbase(n.get_mpz_t(), 2)) - static_cast<int64_t>(mpz_sizeinbase(d.get_mpz_t(), 2));
  const bool reached = guess >= 0 ? n >= (d << guess) : (n << -guess) >= d;
  return reached ? guess : guess - 1;
}

}  // namespace

std::optional<mpq_class> parse_exact(std::string_view rest) {
  const bool negative = take(rest, "-");
  std::string digits = take_digits(rest);
  if (digits.empty()) return std::nullopt;
  int64_t exponent = 0;
  if (take(rest, ".")) {
    const std::string fraction = take_digits(rest);
    if (fraction.empty()) return std::nullopt;
    digits += fraction;
    exponent = -static_cast<int64_t>(fraction.size());
  }
  if (take(rest, "eE")) {
    const auto written = take_exponent(rest);
    if (!written) return std::nullopt;
    exponent += *written;
  }
  if (!rest.empty()) return std::nullopt;
  auto value = scaled(digits, exponent);
  if (value && negative) *value = -*value;
  return value;
}

std::optional<mpq_class> power(const mpq_class& base, int exponent) {
  if (base == 0 && exponent < 0) return std::nullopt;
  const auto times = static_cast<unsigned long>(std::abs(int64_t{exponent}));
  const auto bits = [](const mpz_class& n) { return mpz_sizeinbase(n.get_mpz_t(), 2); };
  const size_t wider = std::max(bits(base.get_num()), bits(base.get_den()));
  if ((wider - 1) * times > most_bits) return std::nullopt;
  mpz_class top, bottom;
  mpz_pow_ui(top.get_mpz_t(), base.get_num_mpz_t(), times);
  mpz_pow_ui(bottom.get_mpz_t(), base.get_den_mpz_t(), times);
  if (std::max(bits(top), bits(bottom)) > most_bits) return std::nullopt;
  if (exponent < 0) swap(top, bottom);
  mpq_class result(top, bottom);
  result.canonicalize();  // the sign goes to the numerator
  return result;
}

double round_once(const mpq_class& exact) {
  if (exact == 0) return 0;
  const double sign = exact < 0 ? -1 : 1;
  const mpz_class n = abs(exact.get_num()), d = exact.get_den();
  const int64_t exponent = binary_exponent(n, d);
  if (exponent > 1024) return sign * HUGE_VAL;
  if (exponent < -1080) return sign * 0.0;
  // One unit in the last place of the result is 2^unit; count units, then round the count.
  const int64_t unit = std::max<int64_t>(exponent - 52, -1074);
  const mpz_class top = unit < 0 ? n << -unit : n, bottom = unit > 0 ? d << unit : d;
  mpz_class count, rest;
  mpz_fdiv_qr(count.get_mpz_t(), rest.get_mpz_t(), top.get_mpz_t(), bottom.get_mpz_t());
  const int against_half = cmp(2 * rest, bottom);
  if (against_half > 0 || (against_half == 0 && mpz_odd_p(count.get_mpz_t()))) ++count;
  return sign * std::ldexp(count.get_d(), static_cast<int>(unit));
}

mpq_class exact(double value) {
  assert(std::isfinite(value) && "only finite doubles have an exact value");
  return mpq_class(value);
}

}  // namespace llmsys
