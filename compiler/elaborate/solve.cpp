// `solve x from a to b smallest so that c`: an axis, and of its rows the first that holds.
#include <bit>

#include "compiler/elaborate/study_rows.h"

namespace llmsys {

/// The last one first: those before it see what is solved below them.
bool StudyRows::solve_all() {
  struct Unknown {
    const ast::Solve* solve;
    uint32_t axis, slot;
  };
  std::vector<Unknown> unknowns;
  uint32_t axis = 0, slot = 0;
  for (const ast::Clause& clause : node_.clauses) {
    if (const auto* sweep = std::get_if<ast::Sweep>(&clause.node)) {
      axis += static_cast<uint32_t>(sweep->names.size());
      slot += static_cast<uint32_t>(sweep->names.size());
    }
    if (const auto* solve = std::get_if<ast::Solve>(&clause.node)) unknowns.push_back({solve, axis++, slot++});
    if (std::holds_alternative<ast::Let>(clause.node)) ++slot;
  }
  for (size_t i = unknowns.size(); i-- > 0;) {
    const auto& [node, number, at] = unknowns[i];
    if (!known_.scans[number].empty() && i + 1 < unknowns.size()) {
      sink_.add({Code::bad_placement, node->name.span, "`" + std::string(node->name.text) + "` takes any value, and another unknown is solved for each of them", "needs steps", {{unknowns[i + 1].solve->name.span, "solved for each"}}, {},
                 "give it steps: `from a to b by s`, or make it the last unknown"});
      return false;
    }
    unknowns_ |= AxisMask{1} << number;
    if (!solve(*node, unknowns_, (*locals_)[at])) return false;
  }
  current_.of_solve = current_.reasons.size();
  current_.reduced = current_.reduced || !unknowns.empty();
  return true;
}

bool StudyRows::solve(const ast::Solve& node, AxisMask over, const Value& unknown) {
  Graph& graph = evaluator_.graph();
  const Value holds = eval(node.condition);
  std::vector<Comparison> compared;
  if (holds.failed() || !compare(node.condition, compared)) return false;
  Value merit = evaluator_.number(0);
  for (size_t i = 0; i < compared.size(); ++i) merit = i == 0 ? compared[i].merit : evaluator_.apply(Op::minimum, merit, compared[i].merit);
  const std::string& scan = known_.scans[static_cast<size_t>(std::countr_zero(over))];
  const auto why = no_solution(node, unknown, compared, scan.empty() ? "no solution" : "no solution found (" + scan + ")");
  const auto proven = no_solution(node, unknown, compared, "no solution");
  if (!why || !proven) return false;
  Solve stage{.goal = {node.largest, 0}, .holds = 0, .merit = 0, .no_solution = 0, .decides = 0, .afterwards = 0, .proof = {}, .over = over};
  const auto add = [&](const char* title, const Value& value, NodeId reason) { return add_column({.title = title}, value, reason).value_or(0); };
  stage.goal.column = add("unknown", unknown, evaluator_.zero());
  stage.holds = add("holds", holds, holds.reason);
  stage.merit = add("merit", merit, evaluator_.zero());
  stage.no_solution = add("no solution", evaluator_.scalar(*why), evaluator_.zero());
  stage.decides = add("decides", evaluator_.scalar(evaluator_.zero()), evaluator_.zero());
  stage.afterwards = add("afterwards", evaluator_.scalar(evaluator_.zero()), evaluator_.zero());
  if (!scan.empty()) {
    const auto answer = add_column({.title = std::string(node.name.text) + " is", .type = Column::Type::label}, evaluator_.text_value(scan), evaluator_.zero());
    stage.proof = {*answer, graph.value(evaluator_.text_value("proven").node), add("proven", evaluator_.scalar(*proven), evaluator_.zero()), graph.value(*why)};
    shown.push_back(*answer);
  }
  phases.back().stages.push_back(stage);
  return true;
}

/// What is compared in the condition, each with how far it is from holding: as a share of the right side, if there are several.
bool StudyRows::compare(ExprId condition, std::vector<Comparison>& found) {
  const auto* node = std::get_if<ast::Binary>(&(*program_.syntax)[condition].node);
  if (node == nullptr) return true;
  if (node->op == ast::BinaryOp::and_) return compare(node->left, found) && compare(node->right, found);
  const bool less = node->op == ast::BinaryOp::less || node->op == ast::BinaryOp::less_equal;
  const bool greater = node->op == ast::BinaryOp::greater || node->op == ast::BinaryOp::greater_equal;
  if ((!less && !greater) || program_.types[program_.type(node->left)].tag != Type::Tag::quantity) return true;
  const Value left = eval(node->left), right = eval(node->right);
  if (left.failed() || right.failed()) return false;
  const Value over = less ? evaluator_.apply(Op::subtract, right, left) : evaluator_.apply(Op::subtract, left, right);
  const Graph& graph = evaluator_.graph();
  const bool by_nothing = graph.is_constant(right.node) && graph.value(right.node) == 0;
  const Value share = by_nothing ? over : evaluator_.apply(Op::divide, over, evaluator_.apply(Op::absolute, right));
  found.push_back({node->left, left, evaluator_.apply(Op::minimum, evaluator_.number(0), share)});
  return true;
}

/// `no solution: the best is e = 3 s at x = 4, limited by ...`: a text that the study shows says by what.
std::optional<NodeId> StudyRows::no_solution(const ast::Solve& solve, const Value& unknown, const std::vector<Comparison>& compared, const std::string& what) {
  std::vector<TextPiece> pieces = {{.text = what + (compared.empty() ? "" : ": the best is ")}};
  std::string site = pieces[0].text;
  uint32_t plain;
  const auto tell = [&](const std::string& before, std::string_view written, const Value& value, TypeId type) {
    if (value.tag != Value::Tag::scalar) return;
    pieces.push_back({.text = before});
    pieces.push_back({.node = value.node, .type = type, .units = evaluator_.units(type, {}, plain)});
    site.append(before).append("{").append(written).append("}");
  };
  for (size_t i = 0; i < compared.size(); ++i) {
    const std::string_view name = program_.sources->text(span(compared[i].left));
    tell((i == 0 ? "" : ", ") + std::string(name) + " = ", name, compared[i].value, program_.type(compared[i].left));
  }
  if (!compared.empty()) tell(" at " + std::string(solve.name.text) + " = ", solve.name.text, unknown, program_.type(solve.first));
  for (const ast::Clause& clause : node_.clauses) {
    const auto* show = std::get_if<ast::Show>(&clause.node);
    for (size_t i = 0; show != nullptr && !compared.empty() && i < show->items.size(); ++i) {
      const ast::ShowItem& item = show->items[i];
      if (program_.types[program_.type(item.value)].tag != Type::Tag::text) continue;
      const Value value = eval(item.value);
      if (value.failed()) return {};
      const std::string_view written = program_.sources->text(span(item.value));
      const std::string title = item.title ? plain_title(*item.title).value_or(std::string(written)) : std::string(written);
      tell(", " + title + " ", written, value, program_.type(item.value));
    }
  }
  const NodeId reason = evaluator_.reason(site, std::move(pieces), solve.name.span);
  no_solutions[static_cast<uint32_t>(evaluator_.graph().value(reason)) - 1] = what;
  return reason;
}

}  // namespace llmsys
