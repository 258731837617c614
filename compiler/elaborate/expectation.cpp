// Top-level expectations: a value that must be known, compared.
#include <cmath>

#include "compiler/elaborate/evaluator.h"
#include "runtime/report/number.h"

namespace llmsys {

namespace {

/// The number, or nothing and a diagnostic that says why it is absent.
std::optional<double> present(Evaluator& evaluator, ExprId expr, const Value& value) {
  if (value.failed()) return {};
  const Graph& graph = evaluator.graph();
  Span span = (*evaluator.program().syntax)[expr].span;
  size_t code = graph.is_constant(value.reason) ? static_cast<size_t>(graph.value(value.reason)) : 0;
  if (code > 0) {
    const ReasonInfo& reason = evaluator.reasons()[code - 1];
    std::string why = evaluator.known_text(reason.pieces).value_or(reason.site);
    Diagnostic diagnostic{Code::absent_value, span, "this has no value: " + why, "absent", reason.chain};
    diagnostic.labels.push_back({reason.span, "absent because of this"});
    evaluator.sink().add(std::move(diagnostic));
    return {};
  }
  if (value.tag != Value::Tag::scalar || !graph.is_constant(value.node)) return {};
  double number = graph.value(value.node);
  if (!std::isfinite(number)) {
    evaluator.sink().add({Code::absent_value, span, "this has no value: it is not a finite number", "not finite"});
    return {};
  }
  return number;
}

/// What the two sides of a comparison are.
void label_sides(Evaluator& evaluator, ExprId expr, const Env& env, Diagnostic& diagnostic) {
  const Program& program = evaluator.program();
  auto* comparison = std::get_if<ast::Binary>(&(*program.syntax)[expr].node);
  if (!comparison) return;
  struct Side {
    ExprId expr;
    double value;
  };
  std::vector<Side> sides;
  for (ExprId side : {comparison->left, comparison->right}) {
    Value value = evaluator.eval(side, env);
    bool told = program.types[program.type(side)].tag == Type::Tag::quantity && value.tag == Value::Tag::scalar && evaluator.graph().is_constant(value.node);
    if (told) sides.push_back({side, evaluator.graph().value(value.node)});
  }
  if (sides.empty()) return;
  TypeId type = program.type(sides[0].expr);
  uint32_t plain;
  const std::vector<UnitChoice> units = evaluator.units(type, {}, plain);
  auto show = [&](double value, int digits) { return tell_value(program, {}, type, units, value, digits); };
  const int digits = telling_digits(show, sides.front().value, sides.back().value);
  for (const Side& side : sides) {
    if (std::holds_alternative<ast::Number>((*program.syntax)[side.expr].node)) continue;
    diagnostic.labels.push_back({(*program.syntax)[side.expr].span, "this is " + show(side.value, digits)});
  }
}

}  // namespace

bool check_expectation(const Program& program, const ast::Expect& expect, DiagSink& sink) {
  Graph graph;
  Evaluator evaluator(program, graph, sink);
  Env env{.self = {}, .made = {}, .locals = std::make_shared<std::vector<Value>>()};
  auto actual = present(evaluator, expect.actual, evaluator.eval(expect.actual, env));
  if (!actual) return false;
  auto report = [&](std::optional<Diagnostic> wrong) {
    if (wrong) sink.add(std::move(*wrong));
    return !wrong;
  };
  if (!expect.expected) {
    auto wrong = judge(program, {.expect = &expect}, *actual, 0, 0);
    if (wrong) label_sides(evaluator, expect.actual, env, *wrong);
    return report(std::move(wrong));
  }
  auto expected = present(evaluator, *expect.expected, evaluator.eval(*expect.expected, env));
  auto tolerance = present(evaluator, *expect.tolerance, evaluator.eval(*expect.tolerance, env));
  if (!expected || !tolerance) return false;
  ExpectColumns told{.expect = &expect};
  uint32_t plain;
  told.units = evaluator.units(program.type(expect.actual), {}, plain);
  return report(judge(program, told, *actual, *expected, *tolerance));
}

std::optional<Diagnostic> judge(const Program& program, const ExpectColumns& told, double actual, double expected, double tolerance) {
  const ast::Expect& expect = *told.expect;
  const Syntax& syntax = *program.syntax;
  if (!expect.expected) {
    if ((actual != 0) != expect.negated) return {};
    return Diagnostic{Code::expectation_failed, syntax[expect.actual].span,
                      expect.negated ? "this was expected not to hold, and does" : "this was expected to hold, and does not", expect.negated ? "true" : "false"};
  }
  double allowed = expect.relative ? tolerance * std::abs(expected) : tolerance;
  if ((std::abs(actual - expected) <= allowed) != expect.negated) return {};
  TypeId type = program.type(expect.actual);
  auto text = [&](double value, int digits) { return tell_value(program, {}, type, told.units, value, digits); };
  auto show = [&, digits = telling_digits(text, actual, expected)](double value) { return text(value, digits); };
  std::string ratio = expected != 0 ? ", ratio " + tell_value(program, {}, program.types.real(), {{}}, actual / expected) : "";
  Diagnostic diagnostic{Code::expectation_failed, syntax[expect.actual].span,
                        "found " + show(actual) + ", expected " + (expect.negated ? "anything but " : "") + show(expected) + " within " +
                            std::string(program.sources->text(syntax[*expect.tolerance].span)) + ratio,
                        "this is " + show(actual),
                        {{syntax[*expect.expected].span, "expected " + show(expected)}}};
  if (expect.source) diagnostic.notes.push_back("expected by: " + expect.source->text);
  return diagnostic;
}

}  // namespace llmsys
