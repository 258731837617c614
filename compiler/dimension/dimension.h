// Dimensions: products of base dimensions with rational exponents. In: base dimensions by number. Out: canonical products.
// Promise: two dimensions are the same if and only if they compare equal.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace llmsys {

/// In lowest terms, denominator positive.
struct Rational {
  int32_t numerator = 0;
  int32_t denominator = 1;
  friend auto operator<=>(const Rational&, const Rational&) = default;
};
/// Nothing if the exact value does not fit.
std::optional<Rational> make_rational(int64_t numerator, int64_t denominator);
std::optional<Rational> operator+(Rational a, Rational b);
std::optional<Rational> operator*(Rational a, Rational b);

/// A base dimension, or a dimension variable of a generic function, by its number.
using BaseDimension = uint32_t;

class Dimension {
 public:
  struct Factor {
    BaseDimension base;
    Rational exponent;  // never zero
    friend auto operator<=>(const Factor&, const Factor&) = default;
  };

  Dimension() = default;  // dimensionless
  static Dimension of(BaseDimension base);

  bool dimensionless() const { return factors_.empty(); }
  const std::vector<Factor>& factors() const { return factors_; }
  /// The exponent of `base`, zero if it is not there.
  Rational exponent(BaseDimension base) const;

  /// Nothing if an exponent gets out of range.
  std::optional<Dimension> times(const Dimension& other) const;
  std::optional<Dimension> over(const Dimension& other) const;
  std::optional<Dimension> power(Rational exponent) const;

  friend auto operator<=>(const Dimension&, const Dimension&) = default;

 private:
  std::vector<Factor> factors_;  // by ascending base
};

}  // namespace llmsys
