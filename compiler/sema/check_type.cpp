// Type expressions, and which value fits where.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {

std::optional<Dimension> Checker::named_dimension(const ast::NamedType& named, const Context& context) const {
  if (named.name.parts.size() != 1) return {};
  std::string_view name = named.name.parts[0].text;
  for (const auto& [variable, base] : context.dimensions)
    if (variable == name) return Dimension::of(base);
  if (name == "Real" || name == "Count") return Dimension();
  for (const NamedDimension& known : program_.dimensions)
    if (known.name == name) return known.dimension;
  return {};
}

std::optional<Dimension> Checker::dimension_of(TypeExprId id, Context& context) {
  const ast::TypeExpr& node = syntax_[id];
  auto out_of_range = [&]() -> std::optional<Dimension> {
    sink_.add({Code::bad_exponent, node.span, "this exponent is too large", "out of range"});
    return {};
  };
  return match(
      node.node,
      [&](const ast::NamedType& named) -> std::optional<Dimension> {
        if (auto dimension = named_dimension(named, context)) return dimension;
        std::string_view name = named.name.parts.back().text;
        if (auto what = find_type(named.name, context.file)) {
          sink_.add({Code::unknown_type, named.name.span, "`" + std::string(name) + (std::holds_alternative<KindId>(*what) ? "` is a kind, not a dimension" : "` is an enum, not a dimension"), "not a dimension"});
          return {};
        }
        if (is_broken(context.file, name)) return {};
        std::vector<std::string> candidates = {"Real", "Count", "Bool", "Text"};
        if (!enough()) {
          for (const NamedDimension& known : program_.dimensions) candidates.emplace_back(known.name);
          for (const KindInfo& kind : program_.kinds) candidates.emplace_back(kind.name.text);
          for (const EnumInfo& known : program_.enums) candidates.emplace_back(known.name.text);
        }
        Diagnostic diagnostic{Code::unknown_type, named.name.span, "there is no type called `" + std::string(sources_.text(named.name.span)) + "` here", "not known here"};
        if (auto near = suggest(name, candidates)) {
          diagnostic.help = "did you mean `" + *near + "`?";
          diagnostic.fixes.push_back({named.name.span, *near});
        }
        add_unknown(name, std::move(diagnostic));
        return {};
      },
      [](const ast::UnitType&) -> std::optional<Dimension> { return Dimension(); },
      [&](const ast::ProductType& product) -> std::optional<Dimension> {
        auto left = dimension_of(product.left, context);
        auto right = dimension_of(product.right, context);
        if (!left || !right) return {};
        auto result = product.divide ? left->over(*right) : left->times(*right);
        return result ? result : out_of_range();
      },
      [&](const ast::PowerType& power) -> std::optional<Dimension> {
        auto base = dimension_of(power.base, context);
        if (!base) return {};
        auto exponent = make_rational(power.numerator, power.denominator);
        auto result = exponent ? base->power(*exponent) : std::nullopt;
        return result ? result : out_of_range();
      },
      [&](const auto&) -> std::optional<Dimension> {
        sink_.add({Code::unknown_type, node.span, "a dimension is made of dimensions only", "not a dimension"});
        return {};
      });
}

void Checker::unknown_kind(const ast::QualifiedName& name, const Context& context) {
  if (is_broken(context.file, name.parts[0].text)) return;
  std::string written(sources_.text(name.span));
  Diagnostic diagnostic{Code::unknown_type, name.span, "there is no kind called `" + written + "` here", "not a kind"};
  std::set<FileId> seen;
  std::string_view last = name.parts.back().text;
  std::vector<std::string> candidates;
  if (!enough())
    for (const KindInfo& kind : program_.kinds) candidates.emplace_back(kind.name.text);
  if (name.parts.size() == 1 && find_value(context.file, last, seen)) {
    diagnostic.message = "`" + written + "` is a value, not a kind";
    diagnostic.help = "a value is amended: `let Name = " + written + " { ... }`";
  } else if (name.parts.size() == 1 && named_dimension({name}, context)) {
    diagnostic.message = "`" + written + "` is a dimension, not a kind";
  } else if (auto near = suggest(last, candidates)) {
    diagnostic.help = "did you mean `" + *near + "`?";
    diagnostic.fixes.push_back({name.parts.back().span, *near});
  }
  add_unknown(last, std::move(diagnostic));
}

void Checker::unknown_enum(const ast::QualifiedName& name) {
  std::vector<std::string> candidates;
  for (const EnumInfo& known : program_.enums) candidates.emplace_back(known.name.text);
  Diagnostic diagnostic{Code::unknown_type, name.span, "there is no enum called `" + std::string(sources_.text(name.span)) + "` here", "not an enum"};
  if (auto near = suggest(name.parts.back().text, candidates)) diagnostic.help = "did you mean `" + *near + "`?";
  add_unknown(name.parts.back().text, std::move(diagnostic));
}

Checker::SlotType Checker::slot_type(TypeExprId id, Context& context) {
  const ast::TypeExpr& node = syntax_[id];
  if (auto* optional = std::get_if<ast::OptionalType>(&node.node)) return {slot_type(optional->type, context).type, true};
  if (auto* list = std::get_if<ast::ListType>(&node.node)) {
    TypeId element = slot_type(list->element, context).type;
    return {bad(element) ? error() : program_.types.list(element)};
  }
  if (auto* per = std::get_if<ast::PerType>(&node.node)) {
    SlotType element = slot_type(per->element, context);
    auto key = find_type(per->key, context.file);
    auto* key_enum = key ? std::get_if<EnumId>(&*key) : nullptr;
    if (!key_enum) {
      if (!is_broken(context.file, per->key.parts.back().text)) unknown_enum(per->key);
      return {error()};
    }
    if (bad(element.type)) return {error()};
    // `T? per E`: the table is always there, its entries need not be.
    return {program_.types.intern({.tag = Type::Tag::per, .count = element.optional, .enumeration = *key_enum, .element = element.type})};
  }
  if (auto* named = std::get_if<ast::NamedType>(&node.node)) {
    std::string_view name = named->name.parts.back().text;
    if (named->name.parts.size() == 1 && !named_dimension(*named, context)) {
      if (name == "Bool") return {program_.types.boolean()};
      if (name == "Text") return {program_.types.text()};
    }
    if (named->name.parts.size() == 1 && name == "Count") return {program_.types.intern({.tag = Type::Tag::quantity, .count = true})};
    if (named->name.parts.size() > 1 || !named_dimension(*named, context)) {
      if (auto what = find_type(named->name, context.file)) {
        if (auto* kind = std::get_if<KindId>(&*what)) return {program_.types.record(*kind)};
        return {program_.types.enumeration(std::get<EnumId>(*what))};
      }
    }
  }
  auto dimension = dimension_of(id, context);
  return {dimension ? program_.types.quantity(*dimension) : error()};
}

TypeId Checker::declared(TypeId id) {
  Type plain = type(id);
  plain.refined.clear();
  if (plain.tag == Type::Tag::quantity) plain.count = false;
  return program_.types.intern(std::move(plain));
}

bool Checker::fits(TypeId value_id, TypeId slot_id) const {
  if (value_id == slot_id || bad(value_id) || bad(slot_id)) return true;
  const Type& value = type(value_id);
  const Type& slot = type(slot_id);
  if (value.tag == Type::Tag::nothing) return true;
  if (value.tag != slot.tag) return false;
  switch (slot.tag) {
    case Type::Tag::quantity: return value.dimension == slot.dimension;
    case Type::Tag::enumeration: return value.enumeration == slot.enumeration;
    case Type::Tag::record: return program_.derives(value.kind, slot.kind) || program_[value.kind].poisoned;
    case Type::Tag::per: return value.enumeration == slot.enumeration && fits(value.element, slot.element);
    case Type::Tag::list: return fits(value.element, slot.element);
    case Type::Tag::choice: return value.dimension == slot.dimension;
    default: return true;
  }
}

TypeId Checker::common_type(TypeId a, TypeId b) {
  if (bad(a) || bad(b)) return error();
  if (a == b || type(b).tag == Type::Tag::nothing) return a;
  if (type(a).tag == Type::Tag::nothing) return b;
  if (type(a).tag == Type::Tag::record && type(b).tag == Type::Tag::record) {
    for (std::optional<KindId> kind = type(a).kind; kind; kind = program_[*kind].parent)
      if (program_.derives(type(b).kind, *kind)) return program_.types.record(*kind);
  }
  if (type(a).tag == Type::Tag::list && type(b).tag == Type::Tag::list) {
    TypeId element = common_type(type(a).element, type(b).element);
    if (!bad(element)) return program_.types.list(element);
  }
  TypeId plain_a = declared(a), plain_b = declared(b);
  return plain_a == plain_b ? plain_a : error();
}

TypeId Checker::refine(TypeId record, std::span<const uint32_t> path, TypeId value) {
  if (bad(record) || type(record).tag != Type::Tag::record || type(value).tag != Type::Tag::record) return record;
  uint32_t slot = path[0];
  Type result = type(record);
  auto place = std::find_if(result.refined.begin(), result.refined.end(), [&](const auto& entry) { return entry.first == slot; });
  TypeId current = place != result.refined.end() ? place->second : program_[result.kind].fields[slot].type;
  TypeId narrower = path.size() == 1 ? value : refine(current, path.subspan(1), value);
  if (place != result.refined.end()) place->second = narrower;
  else result.refined.insert(std::upper_bound(result.refined.begin(), result.refined.end(), std::pair(slot, narrower)), {slot, narrower});
  return program_.types.intern(std::move(result));
}

/// Two values of one construct that must be of one type and are not: if a type is expected of both, the one that does not fit is to blame.
void Checker::disagree(ExprId first, TypeId first_type, ExprId second, TypeId second_type, std::optional<TypeId> expected, const std::string& what) {
  if (expected && !bad(*expected) && !fits(first_type, *expected) && fits(second_type, *expected)) {
    expect_type(first, first_type, *expected, span(second), "this is " + quoted(second_type));
    return;
  }
  expect_type(second, second_type, declared(first_type), span(first), what + " is " + quoted(first_type));
}

bool Checker::expect_type(ExprId expr, TypeId actual, TypeId wanted, Span because, const std::string& because_text) {
  if (fits(actual, wanted)) return true;
  const Type& have = type(actual);
  const Type& want = type(wanted);
  Diagnostic diagnostic{Code::wrong_type, span(expr), "expected " + quoted(wanted) + ", found " + quoted(actual), "this is " + quoted(actual)};
  if (have.tag == Type::Tag::quantity && want.tag == Type::Tag::quantity) {
    diagnostic.code = Code::dimension_mismatch;
    diagnostic.help = turned_round(expr, want.dimension);
    if (!diagnostic.help) diagnostic.help = missing_factor(have.dimension, want.dimension);
  } else if (have.tag == Type::Tag::record && want.tag == Type::Tag::record) {
    diagnostic.code = Code::wrong_kind;
  } else if (auto* text = std::get_if<ast::Text>(&syntax_[expr].node); text && text->pieces.size() == 1 && !text->pieces[0].value) {
    diagnostic.help = "without quotes it is more than a text: `" + text->pieces[0].text + "`";
  } else if (want.tag == Type::Tag::list && fits(actual, want.element)) {
    diagnostic.help = "a list of one is written `[" + std::string(sources_.text(span(expr))) + "]`";
  } else if (have.tag == Type::Tag::list && fits(have.element, wanted)) {
    diagnostic.help = "one element of a list is written `list[0]`";
  }
  if (because.end > because.begin) diagnostic.labels.push_back({because, because_text});
  sink_.add(std::move(diagnostic));
  return false;
}

}  // namespace llmsys
