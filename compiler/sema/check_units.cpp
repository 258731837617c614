// Dimensions, units and the exact values of literals.
#include <limits>

#include "compiler/diag/suggest.h"
#include "compiler/dimension/number.h"
#include "compiler/sema/checker.h"

namespace llmsys {

namespace {

constexpr size_t max_dimensions = 1000;

}  // namespace

void Checker::declare_dimensions() {
  // Base dimensions first, in the order of their declarations, then products of them until nothing more resolves.
  std::vector<DeclId> products;
  for (uint32_t i = 0; i < syntax_.decls(); ++i) {
    auto* node = std::get_if<ast::Dimension>(&syntax_[DeclId{i}].node);
    if (!node || dimension_decls_.at(node->name.text) != DeclId{i}) continue;
    if (program_.dimensions.size() + products.size() == max_dimensions) {
      sink_.add({Code::too_many, node->name.span, "more than " + std::to_string(max_dimensions) + " dimensions", "one too many"});
      break;
    }
    if (node->definition) products.push_back({i});
    else program_.dimensions.push_back({node->name.text, Dimension::of(static_cast<BaseDimension>(program_.dimensions.size()))});
  }
  std::function<bool(TypeExprId)> known = [&](TypeExprId id) {
    return match(
        syntax_[id].node, [&](const ast::NamedType& named) { return named_dimension(named, Context{}).has_value(); },
        [](const ast::UnitType&) { return true; }, [&](const ast::ProductType& product) { return known(product.left) && known(product.right); },
        [&](const ast::PowerType& power) { return known(power.base); }, [](const auto&) { return false; });
  };
  for (bool progress = true; progress;) {
    progress = false;
    std::erase_if(products, [&](DeclId id) {
      const auto& node = std::get<ast::Dimension>(syntax_[id].node);
      if (!known(*node.definition)) return false;
      Context context{.file = syntax_[id].file};
      auto dimension = dimension_of(*node.definition, context);
      program_.dimensions.push_back({node.name.text, dimension.value_or(Dimension())});
      return progress = true;
    });
  }
  // What is left needs something unknown, or itself.
  for (DeclId id : products) program_.dimensions.push_back({std::get<ast::Dimension>(syntax_[id].node).name.text, Dimension()});
  size_t before = mistakes();
  for (DeclId id : products) {
    Context context{.file = syntax_[id].file};
    dimension_of(*std::get<ast::Dimension>(syntax_[id].node).definition, context);
  }
  if (products.empty() || mistakes() > before) return;
  const ast::Name& name = std::get<ast::Dimension>(syntax_[products[0]].node).name;
  Diagnostic cycle{Code::cycle, name.span, "the dimension `" + std::string(name.text) + "` is defined by itself", "needs its own definition"};
  for (size_t i = 1; i < products.size(); ++i) cycle.labels.push_back({std::get<ast::Dimension>(syntax_[products[i]].node).name.span, "by way of this"});
  sink_.add(std::move(cycle));
}

void Checker::declare_units() {
  unit_progress_.assign(syntax_.decls(), Progress::untouched);
  for (const auto& [name, decl] : unit_decls_) declare_unit(decl);
}

void Checker::declare_unit(DeclId decl) {
  Progress& progress = unit_progress_[decl.index];
  if (progress == Progress::done) return;
  const auto& node = std::get<ast::Unit>(syntax_[decl].node);
  if (progress == Progress::active) {
    sink_.add({Code::cycle, node.name.span, "the unit `" + std::string(node.name.text) + "` is defined by itself", "needs its own definition"});
    return;
  }
  progress = Progress::active;
  Unit unit{.name = node.name, .shown = node.shown};
  Context context{.file = syntax_[decl].file};
  if (node.dimension)
    if (auto dimension = dimension_of(*node.dimension, context)) unit.dimension = *dimension;
  if (node.definition) {
    if (auto value = measure(*node.definition)) {
      record_constant(*node.definition, *value);
      if (node.dimension && value->dimension != unit.dimension)
        sink_.add({Code::dimension_mismatch, span(*node.definition),
                   "a unit of `" + program_.describe(unit.dimension) + "` can't be defined by a value of `" + program_.describe(value->dimension) + "`",
                   "this is `" + program_.describe(value->dimension) + "`"});
      unit.dimension = value->dimension;
      unit.scale = value->value;
    } else if (mistakes() == 0) {
      sink_.add({Code::wrong_type, span(*node.definition), "a unit is defined by numbers and units only", "not a constant"});
    }
  }
  auto prefix_set = [&](const ast::Name& set_name) {
    auto set = prefix_decls_.find(set_name.text);
    if (set == prefix_decls_.end()) {
      sink_.add({Code::unknown_name, set_name.span, "there is no set of prefixes called `" + std::string(set_name.text) + "`", "not known here"});
      return;
    }
    for (const ast::Entry& entry : std::get<ast::PrefixSet>(syntax_[set->second].node).entries)
      if (auto value = measure(entry.value)) unit.prefixes.push_back({entry.label.text, value->value});
  };
  for (const ast::Name& set_name : node.prefixes) prefix_set(set_name);
  for (const ast::Name& other : node.confused_with) unit.confused_with.push_back(other.text);
  program_.units.add(std::move(unit));
  progress = Progress::done;
}

std::optional<UnitMeaning> Checker::unit(const ast::Name& name, bool report_unknown) {
  if (auto meaning = program_.units.find(name.text)) return meaning;
  // Units may be defined by units that stand further down.
  for (size_t length = 0; length <= 3 && length < name.text.size(); ++length) {
    auto decl = unit_decls_.find(name.text.substr(length));
    if (decl == unit_decls_.end() || unit_progress_[decl->second.index] == Progress::done) continue;
    declare_unit(decl->second);
    if (auto meaning = program_.units.find(name.text)) return meaning;
  }
  if (!report_unknown) return {};
  Diagnostic diagnostic{Code::unknown_unit, name.span, "there is no unit called `" + std::string(name.text) + "`", "not a unit"};
  if (auto near = suggest(name.text, program_.units.names())) {
    diagnostic.help = "did you mean " + with_confusions(*near) + "?";
    diagnostic.fixes.push_back({name.span, *near});
  } else if (unit_decls_.empty()) {
    diagnostic.help = "units are declared by a library: begin with `import std/units`";
    if (std::ranges::any_of(scopes_, &Scope::incomplete)) return {};   // an import that is missing may have them
  }
  add_unknown(name.text, std::move(diagnostic));
  return {};
}

/// The unit, and those that the library says are easily taken for it: who wrote `Gb` may mean `GB` or `Gbit`.
std::string Checker::with_confusions(const std::string& name) const {
  std::string text = "`" + name + "`";
  auto meaning = program_.units.find(name);
  if (!meaning || meaning->unit->confused_with.empty()) return text;
  auto spoken = [&](std::string_view unit) {
    auto decl = unit_decls_.find(unit);
    const ast::Unit* node = decl == unit_decls_.end() ? nullptr : &std::get<ast::Unit>(syntax_[decl->second].node);
    return node && node->spoken ? " (" + std::string(node->spoken->text) + ")" : std::string();
  };
  std::string prefix(name.substr(0, name.size() - meaning->unit->name.text.size()));
  text += spoken(meaning->unit->name.text);
  for (std::string_view other : meaning->unit->confused_with) text += " or `" + prefix + std::string(other) + "`" + spoken(other);
  return text;
}

std::optional<Checker::Measure> Checker::number_measure(const ast::Number& number, bool report_unknown) {
  auto value = parse_exact(number.digits.text);
  if (!value) {
    if (report_unknown)
      sink_.add({Code::bad_number, number.digits.span, "this number is too large or too small to be represented", "outside of 1e-400 to 1e400"});
    return {};
  }
  Measure result{*value, {}};
  for (const ast::UnitPower& factor : number.units) {
    auto meaning = unit(factor.unit, report_unknown);
    if (!meaning) return {};
    auto scale = power(meaning->scale, factor.exponent);
    auto dimension = meaning->unit->dimension.power({factor.exponent, 1});
    auto product = dimension ? result.dimension.times(*dimension) : std::nullopt;
    if (!scale || !product) {
      if (report_unknown) sink_.add({Code::bad_exponent, factor.unit.span, "this exponent is too large", "out of range"});
      return {};
    }
    result.value *= *scale;
    result.dimension = *product;
  }
  return result;
}

std::optional<Checker::Measure> Checker::measure(ExprId expr) {
  const auto& node = syntax_[expr].node;
  if (auto* number = std::get_if<ast::Number>(&node)) return number_measure(*number, false);
  if (auto* name = std::get_if<ast::NameRef>(&node)) {
    auto meaning = unit(name->name, false);
    if (!meaning) return {};
    return Measure{meaning->scale, meaning->unit->dimension};
  }
  auto* binary = std::get_if<ast::Binary>(&node);
  if (!binary) return {};
  if (binary->op == ast::BinaryOp::power) {
    auto base = measure(binary->left);
    auto exponent = measure(binary->right);
    if (!base || !exponent || !exponent->dimension.dimensionless() || exponent->value.get_den() != 1 || abs(exponent->value) > 64) return {};
    int whole = static_cast<int>(exponent->value.get_num().get_si());
    auto value = power(base->value, whole);
    auto dimension = base->dimension.power({whole, 1});
    if (!value || !dimension) return {};
    return Measure{*value, *dimension};
  }
  if (binary->op != ast::BinaryOp::multiply && binary->op != ast::BinaryOp::divide) return {};
  auto left = measure(binary->left);
  auto right = left ? measure(binary->right) : std::nullopt;
  if (!right) return {};
  bool times = binary->op == ast::BinaryOp::multiply;
  if (!times && right->value == 0) return {};
  auto dimension = times ? left->dimension.times(right->dimension) : left->dimension.over(right->dimension);
  if (!dimension) return {};
  return Measure{times ? mpq_class(left->value * right->value) : mpq_class(left->value / right->value), *dimension};
}

void Checker::record_constant(ExprId expr, const Measure& value) {
  program_.type_of[expr.index] = program_.types.quantity(value.dimension);
  set_ref(expr, ConstantRef{round_once(value.value)});
}

void Checker::check_display_unit(ExprId unit_expr, TypeId value, Span value_span) {
  std::function<bool(ExprId)> resolves = [&](ExprId id) {
    return match(
        syntax_[id].node, [&](const ast::NameRef& name) { return unit(name.name, true).has_value(); },
        [&](const ast::Number& number) { return number_measure(number, true).has_value(); },
        [&](const ast::Binary& binary) { return resolves(binary.left) && resolves(binary.right); }, [](const auto&) { return false; });
  };
  if (!resolves(unit_expr)) return;
  auto shown = measure(unit_expr);
  if (!shown || shown->value == 0) {
    sink_.add({Code::bad_unit_here, span(unit_expr), "after `in` stands a unit, such as `GiB` or `token/s`", "not a unit"});
    return;
  }
  const double scale = round_once(shown->value);
  if (scale == 0 || scale > std::numeric_limits<double>::max()) {
    sink_.add({Code::bad_exponent, span(unit_expr), "this unit is too large or too small to print in", "out of range"});
    return;
  }
  if (bad(value)) return;
  if (type(value).tag != Type::Tag::quantity || type(value).dimension != shown->dimension) {
    sink_.add({Code::bad_unit_here, span(unit_expr), "`" + program_.describe(shown->dimension) + "` is not what this value measures",
               "a unit of `" + program_.describe(shown->dimension) + "`",
               {{value_span, "this is " + quoted(value)}}});
    return;
  }
  program_.display_units[unit_expr.index] = {std::string(sources_.text(span(unit_expr))), shown->value};
}

}  // namespace llmsys
