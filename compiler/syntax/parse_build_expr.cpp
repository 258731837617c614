// Expressions and units. Operands are read before their node is added, left ones first, so ids rise from leaves to roots.
#include "compiler/syntax/parse_build.h"

namespace llmsys {

namespace {

using P = LlmSysParser;

ast::BinaryOp operation(size_t token) {
  using ast::BinaryOp;
  switch (token) {
    case P::PLUS: return BinaryOp::add;
    case P::MINUS: return BinaryOp::subtract;
    case P::STAR: return BinaryOp::multiply;
    case P::SLASH: return BinaryOp::divide;
    case P::CARET: return BinaryOp::power;
    case P::MOD: return BinaryOp::modulo;
    case P::DIV: return BinaryOp::quotient;
    case P::LESS: return BinaryOp::less;
    case P::LESS_EQUAL: return BinaryOp::less_equal;
    case P::GREATER: return BinaryOp::greater;
    case P::GREATER_EQUAL: return BinaryOp::greater_equal;
    case P::EQUAL: return BinaryOp::equal;
    case P::NOT_EQUAL: return BinaryOp::not_equal;
    case P::AND: return BinaryOp::and_;
    case P::OR: return BinaryOp::or_;
    case P::OTHERWISE: return BinaryOp::otherwise;
    default: assert(token == P::CONCAT && "every operator of the grammar is here"); return BinaryOp::concat;
  }
}

ast::ChoiceOp choice(size_t token) {
  return token == P::LARGEST ? ast::ChoiceOp::largest : token == P::SMALLEST ? ast::ChoiceOp::smallest : ast::ChoiceOp::sort;
}

}  // namespace

// --- what several constructs need --------------------------------------------------------------------------------------------

antlrcpp::Any Builder::binary(const antlr4::ParserRuleContext* context, ExprId left, const Token* op, ExprId right) {
  return add(context, ast::Binary{operation(op->getType()), left, right, span(op)});
}

std::vector<ExprId> Builder::exprs(const std::vector<P::ExprContext*>& contexts) {
  std::vector<ExprId> result;
  for (P::ExprContext* each : contexts) result.push_back(expr(each));
  return result;
}

/// Of a list or a call: a comprehension is one element.
std::vector<ExprId> Builder::elements(P::ElementsContext* context) {
  if (!context) return {};
  if (context->comprehension()) return {comprehension(context)};
  return exprs(context->expr());
}

ExprId Builder::comprehension(P::ElementsContext* context) {
  P::ComprehensionContext* loop = context->comprehension();
  ast::Comprehension result{.body = expr(context->expr(0))};
  if (auto* pair = dynamic_cast<P::IndexedVariableContext*>(loop->variables())) {
    result.index = name(pair->name(0));
    result.element = name(pair->name(1));
  } else {
    result.element = name(loop->variables()->getStart());
  }
  result.list = expr(loop->expr(0));
  result.condition = expr_if(loop->expr(1));
  return syntax_.add(ast::Expr{std::move(result), span(context)});
}

std::vector<ast::Assign> Builder::assigns(P::BraceContext* context) {
  std::vector<ast::Assign> result;
  for (P::AssignContext* each : context->assign()) result.push_back(assign(each));
  return result;
}

ast::Assign Builder::assign(P::AssignContext* context) {
  ast::Assign result{.value = expr(context->expr()), .source = source(context->source()), .span = span(context)};
  for (P::NameContext* part : context->name()) result.path.push_back(name(part));
  return result;
}

ast::Number Builder::number(P::MeasureContext* context) {
  ast::Number result{.digits = name(context->getStart())};
  bool negative = false;
  for (size_t i = 1; i < context->children.size(); ++i) {
    const Token* token = static_cast<Terminal*>(context->children[i])->getSymbol();
    if (token->getType() == P::UNIT) result.units.push_back({name(token)});
    if (token->getType() == P::NUMBER) result.units.back().exponent = whole(token, negative);
    negative = token->getType() == P::MINUS;
  }
  return result;
}

ast::MatchArm Builder::arm(P::ArmContext* context) {
  ast::MatchArm result{.value = expr(context->expr()), .span = span(context)};
  for (P::PatternContext* pattern : context->pattern()) {
    if (auto* text_pattern = dynamic_cast<P::TextPatternContext*>(pattern)) result.texts.push_back(plain(text_pattern->STRING()));
    if (auto* case_pattern = dynamic_cast<P::CasePatternContext*>(pattern)) result.cases.push_back(name(case_pattern->name()));
  }
  for (P::PatternContext* pattern : context->pattern()) {
    if (!dynamic_cast<P::ElsePatternContext*>(pattern) || context->pattern().size() == 1) continue;
    complain(Code::unexpected_token, span(pattern), "`else` stands with other cases", "it covers every case that is left, so it stands alone");
    result.cases.clear();
    result.texts.clear();
  }
  return result;
}

// --- deciding and comparing --------------------------------------------------------------------------------------------------

antlrcpp::Any Builder::visitConcat(P::ConcatContext* context) {
  const ExprId left = expr(context->expr(0));
  return binary(context, left, context->CONCAT()->getSymbol(), expr(context->expr(1)));
}

antlrcpp::Any Builder::visitComparison(P::ComparisonContext* context) {
  if (dynamic_cast<P::ComparisonContext*>(context->expr(0))) {
    complain(Code::unexpected_token, span(context->op), "comparisons can't be chained", "write `a < b and b < c`");
    return add(context, ast::Bad{});
  }
  const ExprId left = expr(context->expr(0));
  return binary(context, left, context->op, expr(context->expr(1)));
}

antlrcpp::Any Builder::visitNegation(P::NegationContext* context) { return add(context, ast::Unary{ast::UnaryOp::not_, expr(context->expr())}); }

antlrcpp::Any Builder::visitConjunction(P::ConjunctionContext* context) {
  const ExprId left = expr(context->expr(0));
  return binary(context, left, context->AND()->getSymbol(), expr(context->expr(1)));
}

antlrcpp::Any Builder::visitDisjunction(P::DisjunctionContext* context) {
  const ExprId left = expr(context->expr(0));
  return binary(context, left, context->OR()->getSymbol(), expr(context->expr(1)));
}

antlrcpp::Any Builder::visitOtherwise(P::OtherwiseContext* context) {
  const ExprId left = expr(context->expr(0));
  return binary(context, left, context->OTHERWISE()->getSymbol(), expr(context->expr(1)));
}

antlrcpp::Any Builder::visitSpanExpr(P::SpanExprContext* context) {
  P::SpanContext* range = context->span();
  const ExprId first = arith(range->arith(0));
  if (!range->RANGE()) return first;
  ast::Range result{.first = first, .last = arith(range->arith(1)), .geometric = range->STAR() != nullptr};
  if (range->BY()) result.step = arith(range->arith(2));
  return add(context, result);
}

// --- computing ---------------------------------------------------------------------------------------------------------------

antlrcpp::Any Builder::visitFieldOf(P::FieldOfContext* context) {
  return add(context, ast::Field{arith(context->arith()), name(context->name())});
}

antlrcpp::Any Builder::visitIndex(P::IndexContext* context) {
  const ExprId base = arith(context->arith());
  return add(context, ast::Index{base, expr(context->expr())});
}

antlrcpp::Any Builder::visitCall(P::CallContext* context) {
  const ExprId callee = arith(context->arith());
  return add(context, ast::Call{callee, elements(context->elements())});
}

antlrcpp::Any Builder::visitAmend(P::AmendContext* context) {
  const ExprId base = arith(context->arith());
  return add(context, ast::Amend{base, assigns(context->brace()), span(context->brace())});
}

antlrcpp::Any Builder::visitPower(P::PowerContext* context) {
  const ExprId left = arith(context->arith(0));
  return binary(context, left, context->CARET()->getSymbol(), arith(context->arith(1)));
}

antlrcpp::Any Builder::visitMinus(P::MinusContext* context) { return add(context, ast::Unary{ast::UnaryOp::minus, arith(context->arith())}); }

antlrcpp::Any Builder::visitProduct(P::ProductContext* context) {
  const ExprId left = arith(context->arith(0));
  return binary(context, left, context->op, arith(context->arith(1)));
}

antlrcpp::Any Builder::visitSum(P::SumContext* context) {
  const ExprId left = arith(context->arith(0));
  return binary(context, left, context->op, arith(context->arith(1)));
}

antlrcpp::Any Builder::visitGroup(P::GroupContext* context) { return expr(context->expr()); }

/// `[e for x in xs]` is the comprehension itself, `[a, b]` a list.
antlrcpp::Any Builder::visitList(P::ListContext* context) {
  if (context->elements() && context->elements()->comprehension()) return comprehension(context->elements());
  return add(context, ast::List{elements(context->elements())});
}

antlrcpp::Any Builder::visitConditional(P::ConditionalContext* context) {
  const ExprId condition = expr(context->expr(0));
  const ExprId yes = expr(context->expr(1));
  return add(context, ast::If{condition, yes, expr(context->expr(2))});
}

antlrcpp::Any Builder::visitMatching(P::MatchingContext* context) {
  ast::Match result{.subject = expr(context->expr())};
  for (P::ArmContext* each : context->arm()) result.arms.push_back(arm(each));
  return add(context, std::move(result));
}

antlrcpp::Any Builder::visitLabelledChoice(P::LabelledChoiceContext* context) {
  ast::LabelledChoice result{.op = choice(context->op->getType())};
  if (result.op == ast::ChoiceOp::sort) complain(Code::unexpected_token, span(context->LBRACE()->getSymbol()), "`sort` needs a list", "only `largest` and `smallest` take labels");
  for (P::EntryContext* each : context->entry()) result.entries.push_back(entry(each->name()->getStart(), each->expr()));
  return add(context, std::move(result));
}

antlrcpp::Any Builder::visitListChoice(P::ListChoiceContext* context) {
  const ExprId list = arith(context->arith());
  return add(context, ast::ListChoice{choice(context->op->getType()), list, expr_if(context->expr())});
}

// --- leaves ------------------------------------------------------------------------------------------------------------------

antlrcpp::Any Builder::visitAbsent(P::AbsentContext* context) { return add(context, ast::Absent{text_expr(context->STRING())}); }

antlrcpp::Any Builder::visitData(P::DataContext* context) {
  ast::Data result{.format = name(context->format), .path = plain(context->STRING()), .type = type(context->type())};
  if (context->ignored()) result.ignore = plains(context->ignored()->STRING());
  return add(context, std::move(result));
}

antlrcpp::Any Builder::visitSelfField(P::SelfFieldContext* context) { return add(context, ast::SelfField{name(context->name())}); }
antlrcpp::Any Builder::visitNumber(P::NumberContext* context) { return add(context, number(context->measure())); }
antlrcpp::Any Builder::visitText(P::TextContext* context) { return text_expr(context->STRING()); }
antlrcpp::Any Builder::visitYes(P::YesContext* context) { return add(context, ast::Bool{true}); }
antlrcpp::Any Builder::visitNo(P::NoContext* context) { return add(context, ast::Bool{false}); }
antlrcpp::Any Builder::visitReference(P::ReferenceContext* context) { return add(context, ast::NameRef{name(context->name())}); }

// --- units: the same nodes, of names and numbers only ------------------------------------------------------------------------

antlrcpp::Any Builder::visitPowerUnit(P::PowerUnitContext* context) {
  const ExprId base = unit(context->unit());
  const Token* digits = context->NUMBER()->getSymbol();
  whole(digits, false);
  ExprId exponent = syntax_.add(ast::Expr{ast::Number{.digits = name(digits)}, span(digits)});
  if (context->MINUS()) exponent = syntax_.add(ast::Expr{ast::Unary{ast::UnaryOp::minus, exponent}, join(span(context->MINUS()->getSymbol()), span(digits))});
  return binary(context, base, context->CARET()->getSymbol(), exponent);
}

antlrcpp::Any Builder::visitProductUnit(P::ProductUnitContext* context) {
  const ExprId left = unit(context->unit(0));
  return binary(context, left, context->op, unit(context->unit(1)));
}

antlrcpp::Any Builder::visitGroupUnit(P::GroupUnitContext* context) { return unit(context->unit()); }
antlrcpp::Any Builder::visitMeasureUnit(P::MeasureUnitContext* context) { return add(context, number(context->measure())); }
antlrcpp::Any Builder::visitNameUnit(P::NameUnitContext* context) { return add(context, ast::NameRef{name(context->name())}); }
antlrcpp::Any Builder::visitSignUnit(P::SignUnitContext* context) { return add(context, ast::NameRef{name(context->getStart())}); }

}  // namespace llmsys
