#include "compiler/elaborate/study_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace llmsys {

StudyRows::StudyRows(const Program& program, const StudyInfo& info, Evaluator& evaluator, std::vector<Column>& axes, Axes known, DiagSink& sink)
    : program_(program), info_(info), node_(std::get<ast::Study>((*program.syntax)[info.decl].node)), evaluator_(evaluator), axes_(axes), known_(known), sink_(sink) {}

bool StudyRows::read(size_t first_clause, Locals locals) {
  locals_ = std::move(locals);
  if (!solve_all()) return false;
  for (size_t i = first_clause; i < node_.clauses.size(); ++i) {
    bool good = match(node_.clauses[i].node, [&](const auto& node) { return clause(node); });
    if (!good || evaluator_.needed() || evaluator_.stopped()) return false;
  }
  close_phase();
  return true;
}

NodeId StudyRows::first_of(size_t begin, size_t end) {
  NodeId status = evaluator_.zero();
  for (size_t i = end; i-- > begin;) status = evaluator_.first_reason(current_.reasons[i], status);
  return status;
}

void StudyRows::close_phase() {
  Graph& graph = evaluator_.graph();
  NodeId status = first_of(current_.of_solve, current_.reasons.size());
  for (size_t i = current_.filters.size(); i-- > 0;) {
    const auto& [keep, reason] = current_.filters[i];
    NodeId kept = keep.tag == Value::Tag::scalar ? graph.apply(Op::select, keep.node, status, graph.constant(status_dropped)) : status;
    status = evaluator_.first_reason(reason, kept);
  }
  if (current_.of_solve > 0) {
    const auto& solve = std::get<Solve>(phases.back().stages[0]);
    const NodeId solved = first_of(0, current_.of_solve);
    const NodeId held = graph.apply(Op::select, current_.columns[solve.holds], evaluator_.zero(), graph.constant(status_dropped));
    current_.columns[solve.decides] = evaluator_.first_reason(solved, held);
    current_.columns[solve.afterwards] = std::exchange(status, solved);
  }
  roots.push_back({status});
  roots.back().insert(roots.back().end(), current_.columns.begin(), current_.columns.end());
  current_ = {};
}

// --- clauses ---------------------------------------------------------------------------------------------------------------------

bool StudyRows::clause(const ast::Let& let) {
  Value value = eval(let.value);
  if (value.failed()) return false;
  locals_ = extended(locals_, value);
  return true;
}

bool StudyRows::clause(const ast::Where& where) {
  Value value = eval(where.condition);
  if (value.failed()) return false;
  if (!current_.reduced) {
    current_.filters.push_back({value, value.reason});
    return true;
  }
  auto column = add_column(column_of(where.condition, {}, "where"), value, value.reason);
  if (!column) return false;
  phases.back().stages.push_back(Filter{*column});
  return true;
}

bool StudyRows::clause(const ast::Best& best) {
  auto by = goal(best.goal);
  if (!by) return false;
  AxisMask all = info_.axes.size() >= max_axes ? ~AxisMask{0} : (AxisMask{1} << info_.axes.size()) - 1;
  phases.back().stages.push_back(Best{*by, best.over.empty() ? all : mask(best.over) | unknowns_});
  return current_.reduced = true;
}

bool StudyRows::clause(const ast::Pareto& pareto) {
  Pareto stage{.goals = {}, .per = mask(pareto.per)};
  for (const ast::Goal& one : pareto.goals) {
    auto by = goal(one);
    if (!by) return false;
    stage.goals.push_back(*by);
  }
  phases.back().stages.push_back(std::move(stage));
  return current_.reduced = true;
}

bool StudyRows::clause(const ast::Top& top) {
  auto count = evaluator_.known(eval(top.count), top.count);
  auto by = goal(top.goal);
  if (!by || !count) return false;
  if (!(*count >= 1) || *count != std::floor(*count)) {
    Diagnostic diagnostic{Code::wrong_type, span(top.count), "`top` keeps a whole number of rows, 1 at least", "this is " + tell_value(program_, {}, program_.types.real(), {{}}, *count)};
    sink_.add(std::move(diagnostic));
    return false;
  }
  phases.back().stages.push_back(Top{*count >= 0 ? static_cast<uint64_t>(std::min(*count, 1e15)) : 0, *by});
  return current_.reduced = true;
}

bool StudyRows::clause(const ast::Summarise& node) {
  Summarise end{.summaries = {}, .over = mask(node.over) | unknowns_};
  for (const ast::Summary& one : node.summaries) {
    auto folded = summary(one);
    if (!folded) return false;
    end.summaries.push_back(*folded);
  }
  for (uint32_t i = 0; i < end.summaries.size(); ++i) locals_ = extended(locals_, evaluator_.scalar(evaluator_.graph().slot(i)));
  phases.back().end.push_back(std::move(end));
  close_phase();
  phases.emplace_back();
  return true;
}

bool StudyRows::clause(const ast::Show& node) {
  for (const ast::ShowItem& item : node.items) {
    if (shows_axis(item)) continue;
    auto column = show(item);
    if (!column) return false;
    shown.push_back(*column);
  }
  return true;
}

bool StudyRows::clause(const ast::Plot& plot) {
  Picture picture;
  auto first = mark(plot);
  if (!first) return false;
  picture.marks.push_back(std::move(*first));
  for (const ast::Plot& overlay : plot.overlays) {
    auto more = mark(overlay);
    if (!more) return false;
    picture.marks.push_back(std::move(*more));
  }
  pictures.push_back(std::move(picture));
  return true;
}

bool StudyRows::clause(const ast::Expect& expect) {
  // An absent value makes the row infeasible, and an expectation that no row reaches does not hold.
  ExpectColumns columns{.expect = &expect};
  auto actual = compared(expect.actual);
  if (!actual) return false;
  columns.actual = *actual;
  if (expect.expected) {
    auto expected = compared(*expect.expected), tolerance = compared(*expect.tolerance);
    if (!expected || !tolerance) return false;
    columns.expected = *expected;
    columns.tolerance = *tolerance;
  }
  uint32_t plain;
  columns.units = evaluator_.units(program_.type(expect.actual), {}, plain);
  expects.push_back(std::move(columns));
  return true;
}

// --- pictures -------------------------------------------------------------------------------------------------------------------

std::optional<Mark> StudyRows::mark(const ast::Plot& mark) {
  Mark result{std::string(mark.shape.text), {}};
  for (const ast::PlotArgument& one : mark.arguments) {
    auto given = argument(one);
    if (!given) return {};
    result.arguments.push_back(std::move(*given));
  }
  const auto numbers = [&](std::string_view name) {
    auto found = std::ranges::find(result.arguments, name, &Mark::Argument::name);
    return found == result.arguments.end() ? 0 : found->numbers.size();
  };
  if (mark.shape.text == "points" && numbers("x") != numbers("y")) {
    sink_.add({Code::wrong_arguments, mark.shape.span, "`points` needs as many numbers in `x` as in `y`", "lists of different length"});
    return {};
  }
  return result;
}

std::optional<Mark::Argument> StudyRows::argument(const ast::PlotArgument& argument) {
  Mark::Argument result{std::string(argument.name.text), {}, {}, {}};
  const auto* list = std::get_if<ast::List>(&(*program_.syntax)[argument.value].node);
  for (ExprId one : list ? list->elements : std::vector{argument.value})
    if (auto column = info_.plotted.find(one.index); column != info_.plotted.end()) result.columns.push_back(column->second);
  if (result.columns.empty() && std::holds_alternative<ast::Text>((*program_.syntax)[argument.value].node)) result.text = plain_title(argument.value).value_or("");
  if (!result.columns.empty() || !result.text.empty()) return result;
  Value value = eval(argument.value);
  if (value.failed()) return {};
  const bool several = value.tag == Value::Tag::list;
  for (uint64_t i = 0; i < (several ? value.list->size() : 1); ++i) {
    auto number = evaluator_.known(several ? evaluator_.element(value, i).value() : value, argument.value);
    if (!number || !std::isfinite(*number)) {
      sink_.add({Code::absent_value, span(argument.value), "a number in a picture has no value", "not there"});
      return {};
    }
    result.numbers.push_back(*number);
  }
  return result;
}

// --- columns ---------------------------------------------------------------------------------------------------------------------

std::optional<uint32_t> StudyRows::add_column(Column column, const Value& value, NodeId reason) {
  if (value.failed()) return {};
  phases.back().columns.push_back(std::move(column));
  current_.columns.push_back(value.tag == Value::Tag::scalar ? value.node : evaluator_.zero());
  current_.reasons.push_back(reason);
  return static_cast<uint32_t>(phases.back().columns.size() - 1);
}

Column StudyRows::column_of(ExprId expr, std::optional<ExprId> unit, std::string title) const {
  Column column;
  column.title = std::move(title);
  TypeId type = program_.type(expr);
  const Type& what = program_.types[type];
  if (what.tag == Type::Tag::boolean) column.type = Column::Type::boolean;
  if (what.tag == Type::Tag::text) column.type = Column::Type::label;   // its labels are all texts, known in the end
  if (what.tag == Type::Tag::enumeration) {
    column.type = Column::Type::label;
    std::vector<std::string> cases;
    for (const auto& one : program_[what.enumeration].cases) cases.emplace_back(one.name.text);
    column.labels = std::make_shared<std::vector<std::string>>(std::move(cases));
  }
  if (what.tag == Type::Tag::quantity) column.units = evaluator_.units(type, unit, column.plain_unit);
  return column;
}

std::optional<uint32_t> StudyRows::compared(ExprId expr) {
  Value value = eval(expr);
  return add_column(column_of(expr, {}, "expect"), value, evaluator_.finite_reason(value, program_.type(expr), "expect", span(expr)));
}

std::optional<Goal> StudyRows::goal(const ast::Goal& goal) {
  Value value = eval(goal.value);
  if (value.failed()) return {};
  std::string text(program_.sources->text(span(goal.value)));
  NodeId reason = evaluator_.finite_reason(value, program_.type(goal.value), text, span(goal.value));
  auto column = add_column(column_of(goal.value, {}, text), value, reason);
  return column ? std::optional(Goal{goal.maximise, *column}) : std::nullopt;
}

std::optional<Summary> StudyRows::summary(const ast::Summary& summary) {
  Summary result{.function = Summary::Function::count};
  std::string_view name = summary.function.text;
  if (name == "mean") result.function = Summary::Function::mean;
  if (name == "sum") result.function = Summary::Function::sum;
  if (name == "min") result.function = Summary::Function::min;
  if (name == "max") result.function = Summary::Function::max;
  if (name == "quantile") result.function = Summary::Function::quantile;
  if (!summary.arguments.empty()) {
    ExprId expr = summary.arguments[0];
    Value value = eval(expr);
    if (value.failed()) return {};
    NodeId reason = evaluator_.finite_reason(value, program_.type(expr), summary.name.text, span(expr));
    auto column = add_column(column_of(expr, {}, std::string(summary.name.text)), value, reason);
    if (!column) return {};
    result.column = *column;
  }
  if (summary.arguments.size() > 1) {
    auto parameter = evaluator_.known(eval(summary.arguments[1]), summary.arguments[1]);
    if (!parameter) return {};
    if (!(*parameter >= 0 && *parameter <= 1)) {
      sink_.add({Code::wrong_arguments, span(summary.arguments[1]), "a quantile is between 0 and 1", "out of range"});
      return {};
    }
    result.parameter = *parameter;
  }
  return result;
}

/// An axis has its column already; showing it can only say how.
bool StudyRows::shows_axis(const ast::ShowItem& item) {
  auto* name = std::get_if<ast::NameRef>(&(*program_.syntax)[item.value].node);
  if (!name || !std::holds_alternative<LocalRef>(program_.ref(item.value))) return false;
  for (size_t axis = 0; axis < info_.axes.size(); ++axis) {
    if (info_.axes[axis].text != name->name.text) continue;
    Column& column = axes_[axis];
    if (item.unit) column.units = evaluator_.units(program_.type(item.value), item.unit, column.plain_unit);
    if (item.title) column.title = plain_title(*item.title).value_or(column.title);
    return true;
  }
  return false;
}

std::optional<std::string> StudyRows::plain_title(ExprId title) {
  auto* text = std::get_if<ast::Text>(&(*program_.syntax)[title].node);
  return text ? evaluator_.known_text(evaluator_.pieces(*text, env_of(locals_))) : std::nullopt;
}

std::optional<uint32_t> StudyRows::show(const ast::ShowItem& item) {
  Value value = eval(item.value);
  if (value.failed()) return {};
  std::string title(program_.sources->text(span(item.value)));
  if (item.title) title = plain_title(*item.title).value_or(title);
  NodeId reason = evaluator_.finite_reason(value, program_.type(item.value), title, span(item.value));
  return add_column(column_of(item.value, item.unit, std::move(title)), value, reason);
}

// --- axes ------------------------------------------------------------------------------------------------------------------------

AxisMask StudyRows::mask(const std::vector<ast::Name>& names) const {
  AxisMask result = 0;
  for (const ast::Name& name : names)
    for (size_t i = 0; i < info_.axes.size(); ++i)
      if (info_.axes[i].text == name.text) result |= AxisMask{1} << i;
  return with_partners(result);
}

/// Axes that are walked together fold together.
AxisMask StudyRows::with_partners(AxisMask axes) const {
  uint32_t axis = 0;
  for (const ast::Clause& clause : node_.clauses) {
    if (std::holds_alternative<ast::Solve>(clause.node)) ++axis;
    if (auto* sweep = std::get_if<ast::Sweep>(&clause.node)) {
      AxisMask group = 0;
      for (size_t n = 0; n < sweep->names.size(); ++n) group |= AxisMask{1} << axis++;
      if (axes & group) axes |= group;
    }
  }
  return axes;
}

}  // namespace llmsys
