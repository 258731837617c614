// What helps when dimensions differ: the factor that is missing, an inversion, a mix-up of units.
#include <algorithm>
#include <cstdlib>

#include "compiler/sema/checker.h"

namespace llmsys {

std::optional<std::string> Checker::missing_factor(const Dimension& have, const Dimension& want, const std::string& what) const {
  if (have.dimensionless()) {
    uint32_t plain = 0;
    std::string unit = program_.units.choices(want, plain)[plain].text;
    return unit.empty() ? std::nullopt : std::optional("give " + what + " a unit, such as `" + unit + "`");
  }
  if (auto inverse = have.power({-1, 1}); inverse && *inverse == want && !want.dimensionless()) return (what == "it" ? "this" : what) + " is the reciprocal: write `1 / (...)`";
  auto factor = want.over(have);
  if (!factor || factor->factors().size() > 2) return {};
  bool divide = true, simple = true;
  for (const Dimension::Factor& part : factor->factors()) {
    divide &= part.exponent.numerator < 0;
    simple &= part.exponent.denominator == 1 && std::abs(part.exponent.numerator) == 1;
  }
  if (divide) factor = factor->power({-1, 1});
  if (!factor) return {};
  bool named = std::any_of(program_.dimensions.begin(), program_.dimensions.end(), [&](const NamedDimension& known) { return known.dimension == *factor; });
  if (!simple && !named) return {};   // nobody multiplies by such a thing
  return (divide ? "divide " : "multiply ") + what + " by a value of `" + program_.describe(*factor) + "`";
}

/// A product that should be a quotient, or the other way round.
std::optional<std::string> Checker::turned_round(ExprId expr, const Dimension& want) const {
  auto* node = std::get_if<ast::Binary>(&syntax_[expr].node);
  if (!node || (node->op != ast::BinaryOp::multiply && node->op != ast::BinaryOp::divide)) return {};
  const Type& left = type(program_.type(node->left));
  const Type& right = type(program_.type(node->right));
  if (left.tag != Type::Tag::quantity || right.tag != Type::Tag::quantity || left.dimension.dimensionless() || right.dimension.dimensionless()) return {};
  std::string a(sources_.text(span(node->left))), b(sources_.text(span(node->right)));
  if (left.dimension.over(right.dimension) == want) return "did you mean `" + a + " / " + b + "`?";
  if (right.dimension.over(left.dimension) == want) return "did you mean `" + b + " / " + a + "`?";
  if (left.dimension.times(right.dimension) == want) return "did you mean `" + a + " * " + b + "`?";
  return {};
}

void Checker::dimension_mismatch(std::string_view verb, const ast::Binary& node, const Dimension& left, const Dimension& right) {
  Diagnostic diagnostic{Code::dimension_mismatch, node.op_span,
                        "can't " + std::string(verb) + " `" + program_.describe(left) + "` and `" + program_.describe(right) + "`", "",
                        {{span(node.left), "this is `" + program_.describe(left) + "`"}, {span(node.right), "this is `" + program_.describe(right) + "`"}}};
  diagnostic.help = turned_round(node.left, right);
  if (!diagnostic.help) diagnostic.help = turned_round(node.right, left);
  bool right_is_wrong = right.dimensionless() || !left.dimensionless();
  if (!diagnostic.help) diagnostic.help = right_is_wrong ? missing_factor(right, left, "the right side") : missing_factor(left, right, "the left side");
  sink_.add(std::move(diagnostic));
}

}  // namespace llmsys
