#include "compiler/sema/program.h"

namespace llmsys {

namespace {

std::string power_text(std::string_view name, Rational exponent) {
  std::string text(name);
  if (exponent == Rational{1, 1}) return text;
  if (exponent.denominator == 1) return text + "^" + std::to_string(exponent.numerator);
  return text + "^(" + std::to_string(exponent.numerator) + "/" + std::to_string(exponent.denominator) + ")";
}

}  // namespace

std::string Program::describe(const Dimension& dimension) const {
  if (dimension.dimensionless()) return "Real";
  for (const NamedDimension& known : dimensions)
    if (known.dimension == dimension) return std::string(known.name);
  std::string above, below;
  for (const Dimension::Factor& factor : dimension.factors()) {
    size_t variable = factor.base - first_dimension_variable;
    std::string_view name = factor.base < dimensions.size() ? dimensions[factor.base].name
                          : variable < dimension_variables.size() ? dimension_variables[variable] : std::string_view("a dimension variable");
    if (factor.exponent.numerator > 0) above += (above.empty() ? "" : "*") + power_text(name, factor.exponent);
    else below += "/" + power_text(name, {-factor.exponent.numerator, factor.exponent.denominator});
  }
  return (above.empty() ? "1" : above) + below;
}

std::string Program::describe(TypeId id) const {
  const Type& type = types[id];
  switch (type.tag) {
    case Type::Tag::error: return "a mistake";
    case Type::Tag::nothing: return "nothing";
    case Type::Tag::quantity: return type.count ? "Count" : describe(type.dimension);
    case Type::Tag::boolean: return "Bool";
    case Type::Tag::text: return "Text";
    case Type::Tag::enumeration: return std::string(enums[type.enumeration.index].name.text);
    case Type::Tag::record: return std::string(kinds[type.kind.index].name.text);
    case Type::Tag::per: return describe(type.element) + (type.count ? "?" : "") + " per " + std::string(enums[type.enumeration.index].name.text);
    case Type::Tag::list: return "[" + describe(type.element) + "]";
    case Type::Tag::choice: return "a choice";
  }
  return "";
}

bool Program::derives(KindId kind, KindId ancestor) const {
  for (std::optional<KindId> step = kind; step; step = kinds[step->index].parent)
    if (*step == ancestor) return true;
  return false;
}

}  // namespace llmsys
