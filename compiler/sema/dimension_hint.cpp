// What helps when dimensions differ: the factor that is missing, an inversion, a mix-up of units.
#include "compiler/sema/checker.h"

namespace llmsys {

std::optional<std::string> Checker::missing_factor(const Dimension& have, const Dimension& want) const {
  if (have.dimensionless()) return {};
  if (auto inverse = have.power({-1, 1}); inverse && *inverse == want && !want.dimensionless()) return "this is the reciprocal: write `1 / (...)`";
  auto factor = want.over(have);
  if (!factor || factor->factors().size() > 2) return {};
  bool divide = true;
  for (const Dimension::Factor& part : factor->factors()) divide &= part.exponent.numerator < 0;
  if (divide) {
    auto divisor = factor->power({-1, 1});
    return divisor ? std::optional("divide it by a value of `" + program_.describe(*divisor) + "`") : std::nullopt;
  }
  return "multiply it by a value of `" + program_.describe(*factor) + "`";
}

void Checker::dimension_mismatch(std::string_view verb, const ast::Binary& node, const Dimension& left, const Dimension& right) {
  Diagnostic diagnostic{Code::dimension_mismatch, node.op_span,
                        "can't " + std::string(verb) + " `" + program_.describe(left) + "` and `" + program_.describe(right) + "`", "",
                        {{span(node.left), "this is `" + program_.describe(left) + "`"}, {span(node.right), "this is `" + program_.describe(right) + "`"}}};
  if (auto hint = missing_factor(right, left)) diagnostic.help = "right side: " + *hint;
  sink_.add(std::move(diagnostic));
}

}  // namespace llmsys
