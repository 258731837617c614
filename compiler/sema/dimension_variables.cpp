#include "compiler/sema/dimension_variables.h"

namespace llmsys {

Dimension substitute(const Dimension& dimension, const KnownDimensions& known) {
  Dimension result;
  for (const Dimension::Factor& factor : dimension.factors()) {
    auto place = known.find(factor.base);
    auto part = (place == known.end() ? Dimension::of(factor.base) : place->second).power(factor.exponent);
    auto product = part ? result.times(*part) : std::nullopt;
    if (product) result = *product;
  }
  return result;
}

bool infer(const Dimension& param, const Dimension& argument, KnownDimensions& known) {
  // Solve param == argument for the one variable that is not known yet.
  Dimension rest = argument;
  std::optional<Dimension::Factor> open;
  for (const Dimension::Factor& factor : param.factors()) {
    bool variable = factor.base >= first_dimension_variable;
    auto place = known.find(factor.base);
    if (variable && place == known.end()) {
      if (open) return false;
      open = factor;
      continue;
    }
    auto part = (variable ? place->second : Dimension::of(factor.base)).power(factor.exponent);
    auto quotient = part ? rest.over(*part) : std::nullopt;
    if (!quotient) return false;
    rest = *quotient;
  }
  if (!open) return rest.dimensionless();
  auto inverse = make_rational(open->exponent.denominator, open->exponent.numerator);
  auto solved = inverse ? rest.power(*inverse) : std::nullopt;
  if (!solved) return false;
  known[open->base] = *solved;
  return true;
}

}  // namespace llmsys
