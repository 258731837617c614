// The clauses of studies.
#include "compiler/syntax/parse_build.h"

#include <fmt/format.h>

namespace llmsys {

ast::Clause Builder::clause(P::ClauseContext* context) { return {std::move(visit(context).as<ClauseNode>()), span(context)}; }

ast::Goal Builder::goal(P::GoalContext* context) { return {context->MAX() != nullptr, expr(context->expr())}; }

ast::ShowItem Builder::shown(P::ShownContext* context) {
  ast::ShowItem result{.value = expr(context->expr())};
  if (context->unit()) result.unit = unit(context->unit());
  if (context->STRING()) result.title = text_expr(context->STRING());
  return result;
}

ast::Summary Builder::summary(P::SummaryContext* context) {
  return {name(context->name(0)), name(context->name(1)), exprs(context->expr())};
}

antlrcpp::Any Builder::visitSweepClause(P::SweepClauseContext* context) {
  ast::Sweep sweep{.names = {name(context->name())}, .domains = {expr(context->expr(0))}};
  sweep.label = expr_if(context->label);
  return clause_node(std::move(sweep));
}

antlrcpp::Any Builder::visitZipClause(P::ZipClauseContext* context) {
  ast::Sweep sweep{.names = names(context->names())};
  for (P::ExprContext* each : context->expr())
    if (each != context->label) sweep.domains.push_back(expr(each));
  sweep.label = expr_if(context->label);
  if (sweep.names.size() != sweep.domains.size())
    complain(Code::unexpected_token, span(context->ZIP()->getSymbol()), "`zip` needs one list for each name",
             fmt::format("{} names, {} lists", sweep.names.size(), sweep.domains.size()));
  sweep.domains.resize(sweep.names.size(), sweep.domains.front());
  return clause_node(std::move(sweep));
}

antlrcpp::Any Builder::visitSolveClause(P::SolveClauseContext* context) {
  ast::Solve solve{.name = name(context->name()), .first = arith(context->first), .last = arith(context->last), .condition = {}};
  if (context->step) solve.step = arith(context->step);
  solve.geometric = context->STAR() != nullptr;
  solve.largest = context->LARGEST() != nullptr;
  solve.condition = expr(context->expr());
  return clause_node(std::move(solve));
}

antlrcpp::Any Builder::visitLetClause(P::LetClauseContext* context) { return clause_node(let(context->binding())); }
antlrcpp::Any Builder::visitWhereClause(P::WhereClauseContext* context) { return clause_node(ast::Where{expr(context->expr())}); }

antlrcpp::Any Builder::visitBestClause(P::BestClauseContext* context) {
  return clause_node(ast::Best{goal(context->goal()), names(context->names())});
}

antlrcpp::Any Builder::visitParetoClause(P::ParetoClauseContext* context) {
  ast::Pareto pareto{.per = names(context->names())};
  for (P::GoalContext* each : context->goal()) pareto.goals.push_back(goal(each));
  return clause_node(std::move(pareto));
}

antlrcpp::Any Builder::visitTopClause(P::TopClauseContext* context) {
  const ExprId count = expr(context->expr());
  return clause_node(ast::Top{count, goal(context->goal())});
}

antlrcpp::Any Builder::visitSummariseClause(P::SummariseClauseContext* context) {
  ast::Summarise summarise{.over = names(context->names())};
  for (P::SummaryContext* each : context->summary()) summarise.summaries.push_back(summary(each));
  return clause_node(std::move(summarise));
}

antlrcpp::Any Builder::visitShowClause(P::ShowClauseContext* context) {
  ast::Show show;
  for (P::ShownContext* each : context->shown()) show.items.push_back(shown(each));
  return clause_node(std::move(show));
}

antlrcpp::Any Builder::visitPlotClause(P::PlotClauseContext* context) {
  ast::Plot plot = mark(context->mark(0));
  for (size_t i = 1; i < context->mark().size(); ++i) plot.overlays.push_back(mark(context->mark(i)));
  return clause_node(std::move(plot));
}

ast::Plot Builder::mark(P::MarkContext* context) {
  ast::Plot mark{.shape = name(context->name())};
  for (P::PlotArgumentContext* each : context->plotArgument()) mark.arguments.push_back({name(each->name()), expr(each->expr())});
  return mark;
}

ast::Sensitivity Builder::sensitivity(P::SensitivityContext* context) {
  ast::Sensitivity result{.of = expr(context->expr(0)), .paths = {}};
  for (size_t i = 1; i < context->expr().size(); ++i) result.paths.push_back(expr(context->expr(i)));
  return result;
}

antlrcpp::Any Builder::visitSensitivityClause(P::SensitivityClauseContext* context) { return clause_node(sensitivity(context->sensitivity())); }

antlrcpp::Any Builder::visitExpectClause(P::ExpectClauseContext* context) { return clause_node(expect(context->expectation())); }

}  // namespace llmsys
