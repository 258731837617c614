#include "compiler/sema/units.h"

#include <algorithm>

#include "compiler/dimension/number.h"

namespace llmsys {

const Unit* UnitTable::add(Unit unit) {
  auto [place, is_new] = units_.try_emplace(unit.name.text, std::move(unit));
  return is_new ? nullptr : &place->second;
}

std::optional<UnitMeaning> UnitTable::find(std::string_view name) const {
  if (auto exact = units_.find(name); exact != units_.end()) return UnitMeaning{&exact->second, exact->second.scale};
  for (size_t length = 1; length < name.size() && length <= 3; ++length) {
    auto place = units_.find(name.substr(length));
    if (place == units_.end()) continue;
    for (const Prefix& prefix : place->second.prefixes)
      if (prefix.name == name.substr(0, length)) return UnitMeaning{&place->second, prefix.scale * place->second.scale};
  }
  return {};
}

std::vector<std::string> UnitTable::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unit] : units_) {
    names.emplace_back(name);
    for (const Prefix& prefix : unit.prefixes) names.push_back(std::string(prefix.name) + std::string(name));
  }
  return names;
}

const Unit* UnitTable::shown_in(const Dimension& dimension) const {
  for (const auto& [name, unit] : units_)
    if (unit.shown && unit.dimension == dimension) return &unit;
  return nullptr;
}

namespace {

std::string exponent_text(Rational exponent) {
  if (exponent == Rational{1, 1}) return "";
  if (exponent.denominator == 1) return "^" + std::to_string(exponent.numerator);
  return "^(" + std::to_string(exponent.numerator) + "/" + std::to_string(exponent.denominator) + ")";
}

/// The unit to `exponent` with each prefix of its first set (decimal before binary in the library), ascending, and alone.
std::vector<UnitChoice> with_prefixes(const Unit& unit, int exponent, const std::string& rest, const mpq_class& rest_scale) {
  std::vector<UnitChoice> all;
  auto scaled = [&](const mpq_class& scale) { return round_once(power(scale, exponent).value_or(1) * rest_scale); };
  all.push_back({std::string(unit.name.text) + rest, scaled(unit.scale)});
  bool decimal_only = true;
  for (const Prefix& prefix : unit.prefixes) {
    if (prefix.name.size() != 1) decimal_only = false;
    if (!decimal_only) break;
    all.push_back({std::string(prefix.name) + std::string(unit.name.text) + rest, scaled(prefix.scale * unit.scale)});
  }
  std::sort(all.begin(), all.end(), [](const UnitChoice& a, const UnitChoice& b) { return a.scale < b.scale; });
  return all;
}

}  // namespace

std::vector<UnitChoice> UnitTable::choices(const Dimension& dimension, uint32_t& plain) const {
  plain = 0;
  if (dimension.dimensionless()) return {{}};
  auto finish = [&](const Unit& unit, int exponent, const std::string& rest, const mpq_class& rest_scale) {
    std::vector<UnitChoice> all = with_prefixes(unit, exponent, rest, rest_scale);
    std::string alone = std::string(unit.name.text) + rest;
    plain = static_cast<uint32_t>(std::find_if(all.begin(), all.end(), [&](const UnitChoice& choice) { return choice.text == alone; }) - all.begin());
    return all;
  };
  if (const Unit* unit = shown_in(dimension)) return finish(*unit, 1, "", 1);

  // A quotient of the units of the base dimensions: numerators first, each with its exponent.
  const Unit* first = nullptr;
  Rational first_exponent{1, 1};
  std::string numerator, denominator;
  mpq_class scale = 1;
  for (const Dimension::Factor& factor : dimension.factors()) {
    const Unit* unit = shown_in(Dimension::of(factor.base));
    if (!unit) return {{}};  // a base dimension without a shown unit: the coherent value, unnamed
    bool above = factor.exponent.numerator > 0;
    Rational exponent = above ? factor.exponent : Rational{-factor.exponent.numerator, factor.exponent.denominator};
    // Of cubes no prefixes: their steps are too wide to read.
    if (above && !first && exponent.denominator == 1 && exponent.numerator <= 2) {
      first = unit;
      first_exponent = exponent;
      continue;
    }
    (above ? numerator : denominator) += (above ? " " : "/") + std::string(unit->name.text) + exponent_text(exponent);
    if (factor.exponent.denominator == 1)
      for (int i = 0; i < exponent.numerator; ++i) scale = above ? mpq_class(scale * unit->scale) : mpq_class(scale / unit->scale);
  }
  if (first) return finish(*first, first_exponent.numerator, exponent_text(first_exponent) + numerator + denominator, scale);
  return {{(numerator.empty() ? "1" : numerator.substr(1)) + denominator, round_once(scale)}};
}

}  // namespace llmsys
