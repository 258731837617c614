// Types.
#include "compiler/syntax/parse_build.h"

#include <fmt/format.h>

namespace llmsys {

std::optional<TypeExprId> Builder::type_if(P::TypeContext* context) {
  if (!context) return std::nullopt;
  return type(context);
}

antlrcpp::Any Builder::visitPowerType(P::PowerTypeContext* context) {
  ast::PowerType power{.base = type(context->type())};
  if (auto* exponent = dynamic_cast<P::WholeExponentContext*>(context->exponent())) {
    power.numerator = whole(exponent->NUMBER()->getSymbol(), exponent->MINUS());
  } else {
    auto* ratio = static_cast<P::RatioExponentContext*>(context->exponent());
    power.numerator = whole(ratio->NUMBER(0)->getSymbol(), ratio->MINUS());
    power.denominator = whole(ratio->NUMBER(1)->getSymbol(), false);
    if (power.denominator == 0) {
      complain(Code::bad_number, span(ratio->NUMBER(1)->getSymbol()), "an exponent is divided by zero");
      power.denominator = 1;
    }
  }
  return add_type(context, power);
}

antlrcpp::Any Builder::visitProductType(P::ProductTypeContext* context) {
  const TypeExprId left = type(context->type(0));
  const TypeExprId right = type(context->type(1));
  return add_type(context, ast::ProductType{left, right, context->op->getType() == P::SLASH});
}

antlrcpp::Any Builder::visitOptionalType(P::OptionalTypeContext* context) { return add_type(context, ast::OptionalType{type(context->type())}); }

antlrcpp::Any Builder::visitPerType(P::PerTypeContext* context) {
  return add_type(context, ast::PerType{type(context->type()), qualified(context->qualified())});
}

antlrcpp::Any Builder::visitGroupType(P::GroupTypeContext* context) { return type(context->type()); }

antlrcpp::Any Builder::visitListType(P::ListTypeContext* context) { return add_type(context, ast::ListType{type(context->type())}); }

antlrcpp::Any Builder::visitOneType(P::OneTypeContext* context) {
  const Token* number = context->NUMBER()->getSymbol();
  if (text(number) != "1") complain(Code::unexpected_token, span(number), fmt::format("expected a type, found `{}`", text(number)), "only `1` can be a type, as in `1/Time`");
  return add_type(context, ast::UnitType{});
}

antlrcpp::Any Builder::visitNamedType(P::NamedTypeContext* context) { return add_type(context, ast::NamedType{qualified(context->qualified())}); }

}  // namespace llmsys
