#include "compiler/dimension/dimension.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace llmsys {

std::optional<Rational> make_rational(int64_t numerator, int64_t denominator) {
  if (denominator == 0) return std::nullopt;
  const auto magnitude = [](int64_t x) { return x < 0 ? -static_cast<uint64_t>(x) : static_cast<uint64_t>(x); };
  const uint64_t divisor = std::gcd(magnitude(numerator), magnitude(denominator));
  const uint64_t top = magnitude(numerator) / divisor, bottom = magnitude(denominator) / divisor;
  constexpr uint64_t most = std::numeric_limits<int32_t>::max();
  if (top > most || bottom > most) return std::nullopt;
  const bool negative = (numerator < 0) != (denominator < 0);
  return Rational{negative ? -static_cast<int32_t>(top) : static_cast<int32_t>(top), static_cast<int32_t>(bottom)};
}

// Parts of 32 bits: neither the products nor their sum leave 64.
std::optional<Rational> operator+(Rational a, Rational b) {
  const int64_t left = int64_t{a.numerator} * b.denominator, right = int64_t{b.numerator} * a.denominator;
  return make_rational(left + right, int64_t{a.denominator} * b.denominator);
}

std::optional<Rational> operator*(Rational a, Rational b) {
  return make_rational(int64_t{a.numerator} * b.numerator, int64_t{a.denominator} * b.denominator);
}

Dimension Dimension::of(BaseDimension base) {
  Dimension result;
  result.factors_.push_back({base, {1, 1}});
  return result;
}

Rational Dimension::exponent(BaseDimension base) const {
  const auto found = std::ranges::lower_bound(factors_, base, {}, &Factor::base);
  return found != factors_.end() && found->base == base ? found->exponent : Rational{};
}

std::optional<Dimension> Dimension::times(const Dimension& other) const {
  Dimension result = *this;
  for (const Factor& factor : other.factors_) {
    const auto place = std::ranges::lower_bound(result.factors_, factor.base, {}, &Factor::base);
    if (place == result.factors_.end() || place->base != factor.base) {
      result.factors_.insert(place, factor);
      continue;
    }
    const auto sum = place->exponent + factor.exponent;
    if (!sum) return std::nullopt;
    if (sum->numerator == 0)
      result.factors_.erase(place);
    else
      place->exponent = *sum;
  }
  return result;
}

std::optional<Dimension> Dimension::over(const Dimension& other) const {
  const auto inverse = other.power({-1, 1});
  return inverse ? times(*inverse) : std::nullopt;
}

std::optional<Dimension> Dimension::power(Rational exponent) const {
  Dimension result;
  if (exponent.numerator == 0) return result;
  for (const Factor& factor : factors_) {
    const auto product = factor.exponent * exponent;
    if (!product) return std::nullopt;
    result.factors_.push_back({factor.base, *product});
  }
  return result;
}

}  // namespace llmsys
