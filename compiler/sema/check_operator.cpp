// Operators: dimensions of sums, products and powers, comparisons, and what a literal with units means.
#include "compiler/dimension/number.h"
#include "compiler/sema/checker.h"

namespace llmsys {

using ast::BinaryOp;

TypeId Checker::check_unary(const ast::Unary& node, Context& context) {
  TypeId operand = check_expr(node.operand, context);
  if (node.op == ast::UnaryOp::not_) return need(node.operand, operand, Type::Tag::boolean, "the operand of `not`");
  operand = need(node.operand, operand, Type::Tag::quantity, "the operand of `-`");
  return bad(operand) ? operand : declared(operand);
}

TypeId Checker::check_binary(ExprId id, const ast::Binary& node, Context& context, std::optional<TypeId> expected) {
  switch (node.op) {
    case BinaryOp::and_:
    case BinaryOp::or_: {
      std::string what = node.op == BinaryOp::and_ ? "an operand of `and`" : "an operand of `or`";
      need(node.left, check_expr(node.left, context), Type::Tag::boolean, what);
      need(node.right, check_expr(node.right, context), Type::Tag::boolean, what);
      return program_.types.boolean();
    }
    case BinaryOp::less:
    case BinaryOp::less_equal:
    case BinaryOp::greater:
    case BinaryOp::greater_equal: return check_comparison(node, context);
    case BinaryOp::equal:
    case BinaryOp::not_equal: return check_equality(node, context);
    case BinaryOp::otherwise: {
      TypeId left = check_expr(node.left, context, expected);
      TypeId right = check_expr(node.right, context, expected ? expected : std::optional(left));
      if (bad(left) || bad(right)) return error();
      TypeId result = common_type(left, right);
      if (bad(result)) disagree(node.left, left, node.right, right, expected, "the left side");
      return result;
    }
    case BinaryOp::concat: {
      TypeId left = need(node.left, check_expr(node.left, context, expected), Type::Tag::list, "the left side of `++`");
      TypeId right = need(node.right, check_expr(node.right, context, expected), Type::Tag::list, "the right side of `++`");
      if (bad(left) || bad(right)) return error();
      TypeId result = common_type(left, right);
      if (bad(result)) expect_type(node.right, right, left, span(node.left), "the left side is " + quoted(left));
      return result;
    }
    default: break;
  }
  TypeId left = check_expr(node.left, context);
  TypeId right = check_expr(node.right, context);
  if (bad(left) || bad(right)) return error();
  lint_reading(node);
  // A literal and the units that follow it are one number: exact, and rounded once.
  if (auto literal = literals_.find(node.left.index); literal != literals_.end() && units_only_.contains(node.right.index)) {
    if (auto whole = combine(node, literal->second)) {
      literals_[id.index] = *whole;
      record_constant(id, *whole);
      return program_.type_of[id.index];
    }
  }
  bool product = node.op == BinaryOp::multiply || node.op == BinaryOp::divide;
  bool right_is_unit = units_only_.contains(node.right.index) || (node.op == BinaryOp::power && literal_exponent(node.right));
  if (units_only_.contains(node.left.index) && right_is_unit && (product || node.op == BinaryOp::power)) {
    if (auto whole = measure(id)) {
      units_only_.insert(id.index);
      record_constant(id, *whole);
      return program_.type_of[id.index];
    }
  }
  if (product && (type(left).tag == Type::Tag::list) != (type(right).tag == Type::Tag::list)) return check_scaled_list(id, node, left, right);
  return check_arithmetic(node, left, right);
}

/// `[4, 8, 16] * 1 Ki token`: each element times the value; of literals, each is one number, rounded once.
TypeId Checker::check_scaled_list(ExprId id, const ast::Binary& node, TypeId left, TypeId right) {
  bool list_first = type(left).tag == Type::Tag::list;
  if (!list_first && node.op == BinaryOp::divide) return check_arithmetic(node, left, right);
  TypeId element = type(list_first ? left : right).element;
  TypeId result = check_arithmetic(node, list_first ? element : left, list_first ? right : element);
  if (bad(result)) return error();
  auto* list = std::get_if<ast::List>(&syntax_[list_first ? node.left : node.right].node);
  auto scale = literals_.find((list_first ? node.right : node.left).index);
  if (list && scale != literals_.end() && scale->second.value != 0) {
    std::vector<double> values;
    for (ExprId one : list->elements)
      if (auto literal = literals_.find(one.index); literal != literals_.end()) {
        const mpq_class& a = literal->second.value;
        const mpq_class& b = scale->second.value;
        values.push_back(round_once(node.op == BinaryOp::multiply ? mpq_class(a * b) : mpq_class(a / b)));
      }
    if (values.size() == list->elements.size()) program_.literal_lists[id.index] = std::move(values);
  }
  return program_.types.list(result);
}

std::optional<Checker::Measure> Checker::combine(const ast::Binary& node, const Measure& left) {
  if (node.op != BinaryOp::multiply && node.op != BinaryOp::divide) return {};
  auto right = measure(node.right);
  if (!right || right->value == 0) return {};
  bool times = node.op == BinaryOp::multiply;
  auto dimension = times ? left.dimension.times(right->dimension) : left.dimension.over(right->dimension);
  if (!dimension) return {};
  return Measure{times ? mpq_class(left.value * right->value) : mpq_class(left.value / right->value), *dimension};
}

TypeId Checker::check_arithmetic(const ast::Binary& node, TypeId left_id, TypeId right_id) {
  std::string op(sources_.text(node.op_span));
  left_id = need(node.left, left_id, Type::Tag::quantity, "the left side of `" + op + "`");
  if (bad(left_id)) return error();
  right_id = need(node.right, right_id, Type::Tag::quantity, "the right side of `" + op + "`");
  if (bad(right_id)) return error();
  // Copies: interning moves nothing, but `declared` below may add types.
  Dimension left = type(left_id).dimension, right = type(right_id).dimension;
  bool left_nothing = type(left_id).tag == Type::Tag::nothing, right_nothing = type(right_id).tag == Type::Tag::nothing;
  auto made = [&](const std::optional<Dimension>& dimension) {
    if (dimension) return program_.types.quantity(*dimension);
    sink_.add({Code::bad_exponent, node.op_span, "the dimension of this result is out of range", "exponents get too large"});
    return error();
  };
  switch (node.op) {
    case BinaryOp::add:
    case BinaryOp::subtract:
    case BinaryOp::modulo:
    case BinaryOp::quotient:
      if (left_nothing) return right_id;
      if (!right_nothing && left != right) {
        std::string verb = node.op == BinaryOp::add ? "add" : node.op == BinaryOp::subtract ? "subtract" : "divide with `" + op + "`";
        dimension_mismatch(verb, node, left, right);
        return error();
      }
      return made(node.op == BinaryOp::quotient ? Dimension() : left);
    case BinaryOp::multiply: return made(left.times(right));
    case BinaryOp::divide: return made(left.over(right));
    case BinaryOp::power: return check_power(node, left_id, right_id);
    default: return error();
  }
}

TypeId Checker::check_power(const ast::Binary& node, TypeId left_id, TypeId right_id) {
  Dimension left = type(left_id).dimension;
  if (!type(right_id).dimension.dimensionless()) {
    Diagnostic diagnostic{Code::bad_exponent, span(node.right), "an exponent is a plain number, found " + quoted(right_id), "this is " + quoted(right_id)};
    if (std::holds_alternative<ast::Number>(syntax_[node.right].node)) diagnostic.help = "a unit binds to the number before it; to multiply the power by a unit, write `(x ^ n) * 1 unit`";
    sink_.add(std::move(diagnostic));
    return error();
  }
  if (left.dimensionless()) return program_.types.real();
  auto exponent = literal_exponent(node.right);
  if (!exponent && !std::holds_alternative<ast::Number>(syntax_[node.right].node)) {
    sink_.add({Code::bad_exponent, span(node.right), "the exponent of " + quoted(left_id) + " must be a literal number, so that the dimension is known", "not a literal",
               {{span(node.left), "this is " + quoted(left_id)}}});
    return error();
  }
  auto dimension = exponent ? left.power(*exponent) : std::nullopt;
  if (dimension) return program_.types.quantity(*dimension);
  sink_.add({Code::bad_exponent, span(node.right), "this exponent is too large", "out of range"});
  return error();
}

std::optional<Rational> Checker::literal_exponent(ExprId id) {
  const auto& node = syntax_[id].node;
  if (auto* unary = std::get_if<ast::Unary>(&node); unary && unary->op == ast::UnaryOp::minus) {
    auto inner = literal_exponent(unary->operand);
    return inner ? std::optional(Rational{-inner->numerator, inner->denominator}) : std::nullopt;
  }
  bool literal = std::holds_alternative<ast::Number>(node);
  if (auto* binary = std::get_if<ast::Binary>(&node))
    literal = binary->op == BinaryOp::divide && literal_exponent(binary->left) && literal_exponent(binary->right);
  auto value = literal ? measure(id) : std::nullopt;
  if (!value || !value->value.get_num().fits_sint_p() || !value->value.get_den().fits_sint_p()) return {};
  return make_rational(value->value.get_num().get_si(), value->value.get_den().get_si());
}

TypeId Checker::check_comparison(const ast::Binary& node, Context& context) {
  std::string op(sources_.text(node.op_span));
  TypeId left = need(node.left, check_expr(node.left, context), Type::Tag::quantity, "the left side of `" + op + "`");
  TypeId right = check_expr(node.right, context);
  if (!bad(left)) right = need(node.right, right, Type::Tag::quantity, "the right side of `" + op + "`");
  if (!bad(left) && !bad(right) && type(left).tag == type(right).tag && type(left).dimension != type(right).dimension)
    dimension_mismatch("compare", node, type(left).dimension, type(right).dimension);
  return program_.types.boolean();
}

TypeId Checker::check_equality(const ast::Binary& node, Context& context) {
  // A bare case name takes its enum from the other side, whichever side that is.
  auto* left_name = std::get_if<ast::NameRef>(&syntax_[node.left].node);
  bool right_first = left_name && !look_up(context, left_name->name.text) && !unit(left_name->name, false);
  TypeId first = check_expr(right_first ? node.right : node.left, context);
  TypeId second = check_expr(right_first ? node.left : node.right, context, first);
  TypeId left = right_first ? second : first, right = right_first ? first : second;
  if (bad(left) || bad(right)) return program_.types.boolean();
  if (!fits(left, declared(right)) && !fits(right, declared(left))) {
    if (type(left).tag == Type::Tag::quantity && type(right).tag == Type::Tag::quantity) dimension_mismatch("compare", node, type(left).dimension, type(right).dimension);
    else expect_type(node.right, right, declared(left), span(node.left), "this is " + quoted(left));
    return program_.types.boolean();
  }
  const Type& what = type(left);
  if (what.tag == Type::Tag::quantity && !what.dimension.dimensionless()) {
    sink_.add({Code::equality_of_quantities, node.op_span, "`" + std::string(sources_.text(node.op_span)) + "` on quantities: measured values are hardly ever the same to the last bit", "compares " + quoted(left),
               {}, {}, "use `<=` or `>=`, or `expect a ~ b within tolerance`"});
  } else if (what.tag != Type::Tag::quantity && what.tag != Type::Tag::boolean && what.tag != Type::Tag::text && what.tag != Type::Tag::enumeration && what.tag != Type::Tag::nothing) {
    sink_.add({Code::wrong_type, node.op_span, "`" + std::string(sources_.text(node.op_span)) + "` compares counts, Bool, Text and enums, found " + quoted(left), "can't compare these"});
  }
  return program_.types.boolean();
}

void Checker::lint_reading(const ast::Binary& node) {
  auto* right = std::get_if<ast::Number>(&syntax_[node.right].node);
  auto* left = std::get_if<ast::Number>(&syntax_[node.left].node);
  bool power = node.op == BinaryOp::power;
  if (!right || right->units.empty() || !left || !left->units.empty() || (node.op != BinaryOp::divide && !power)) return;
  // With parentheses it has been said already; an exponent with a dimension is an error anyway.
  if (sources_.text(Span{node.op_span.source, node.op_span.end, right->digits.span.begin}).find('(') != std::string_view::npos) return;
  if (power && !type(program_.type(node.right)).dimension.dimensionless()) return;
  Span whole = join(span(node.left), span(node.right));
  std::string a(left->digits.text), b(right->digits.text);
  if (!power && b == "1") return;   // `8 / 1 token`: nobody divides by 1
  std::string rest(sources_.text(Span{whole.source, right->digits.span.end, whole.end}));
  std::string op = power ? " ^ " : "/";
  std::string read = a + op + "(" + b + rest + ")", other = "(" + a + op + b + ") * 1" + rest;
  sink_.add({Code::unit_reading, whole, "this reads as `" + read + "`", "a unit binds to the number before it", {}, {},
             "write `" + read + "` or `" + other + "` to say which is meant"});
}

}  // namespace llmsys
