// `sensitivity of e to [path, ...]`: columns for each path, of `e` with that path replaced.
#include <limits>

#include "compiler/elaborate/study_rows.h"

namespace llmsys {

namespace {

constexpr int most_tried = 16;   // whole numbers on either side, until one is feasible

/// The last names of the paths, and of those that end alike as many more as tell them apart.
std::vector<std::string> short_names(const std::vector<std::string_view>& paths) {
  const auto ending = [](std::string_view path, int names) {
    size_t begin = path.size();
    for (; names > 0 && begin != std::string_view::npos && begin > 0; --names) begin = path.rfind('.', begin - 1);
    return begin == std::string_view::npos || begin == 0 ? path : path.substr(begin + 1);
  };
  std::vector<std::string> result;
  for (std::string_view path : paths) {
    int names = 1;
    const auto same = [&](std::string_view other) { return other != path && ending(other, names) == ending(path, names); };
    while (ending(path, names) != path && std::any_of(paths.begin(), paths.end(), same)) ++names;
    result.emplace_back(ending(path, names));
  }
  return result;
}

}  // namespace

bool StudyRows::clause(const ast::Sensitivity& node) {
  const Value of = eval(node.of);
  if (of.failed()) return false;
  const std::string_view text = program_.sources->text(span(node.of));
  const NodeId reason = evaluator_.finite_reason(of, program_.type(node.of), text, span(node.of));
  current_.reasons.push_back(reason);
  const auto sensitivities = std::count_if(node_.clauses.begin(), node_.clauses.end(), [](const ast::Clause& one) { return std::holds_alternative<ast::Sensitivity>(one.node); });
  const std::string ending = sensitivities > 1 ? " (" + std::string(text) + ")" : "";
  std::vector<std::string_view> paths;
  for (ExprId path : node.paths) paths.push_back(program_.sources->text(span(path)));
  const std::vector<std::string> names = short_names(paths);
  for (size_t i = 0; i < paths.size(); ++i) {
    const Changed what{node.of, &program_.paths.at(node.paths[i].index), node.paths[i]};
    const Value at = eval(what.where);
    if (at.failed() || !sensitivity_to(what, at, names[i], ending)) return false;
  }
  return true;
}

bool StudyRows::sensitivity_to(const Changed& what, const Value& at, const std::string& name, const std::string& ending) {
  Graph& graph = evaluator_.graph();
  const StandIn stand_in = llmsys::stand_in(graph, at.tag == Value::Tag::scalar ? at.node : evaluator_.zero());
  evaluator_.decide_by(stand_in);
  const Value grown = changed(what, evaluator_.scalar(stand_in.leaf));
  evaluator_.decide_by({});
  if (grown.failed()) return false;
  if (program_.types[program_.type(what.where)].count || reaches(graph, grown.reason, stand_in, Op::is_count)) return neighbours(what, at, name, ending);

  NodeId below = evaluator_.zero(), above = evaluator_.zero();
  if (grown.tag == Value::Tag::scalar) {
    const Sides sides = llmsys::elasticity(graph, grown.node, stand_in);
    below = sides.below;
    above = sides.above;
  }
  Column elasticity{.title = "elasticity to " + name + ending};
  show_if_there(elasticity, above, at.reason);
  if (above != below) {
    elasticity.title = "elasticity to " + name + " from below" + ending;
    elasticity.from_below = true;
    show_if_there(elasticity, below, at.reason);
  }
  const Value more = changed(what, evaluator_.apply(Op::multiply, at, evaluator_.number(1.1)));
  if (more.failed()) return false;
  show_if_there(column_of(what.of, {}, "+10 % " + name + " gives" + ending), more.node, more.reason);
  return true;
}

/// Of a whole number: the next ones above and below it that are feasible, and what they give.
bool StudyRows::neighbours(const Changed& what, const Value& at, const std::string& name, const std::string& ending) {
  Graph& graph = evaluator_.graph();
  for (const bool up : {true, false}) {
    const NodeId nothing = graph.constant(std::numeric_limits<double>::quiet_NaN());
    struct Tried {
      NodeId there, number, value;
    };
    std::vector<Tried> tried;
    for (int step = 1; step <= most_tried; ++step) {
      const Value number = evaluator_.apply(up ? Op::add : Op::subtract, at, evaluator_.number(step));
      if (number.tag == Value::Tag::absent) break;
      if (!up && graph.is_constant(number.node) && graph.value(number.node) < 0) break;
      const Value value = changed(what, number);
      if (value.failed()) return false;
      const NodeId reason = evaluator_.first_reason(at.reason, reason_to_show(what, value));
      const NodeId there = graph.apply(Op::both, graph.apply(Op::equal, reason, evaluator_.zero()), graph.apply(Op::less_equal, evaluator_.zero(), number.node));
      tried.push_back({there, number.node, value.tag == Value::Tag::scalar ? value.node : nothing});
      if (graph.is_constant(there) && graph.value(there) != 0) break;
    }
    NodeId number = nothing, value = nothing;
    for (size_t i = tried.size(); i-- > 0;) {
      number = graph.apply(Op::select, tried[i].there, tried[i].number, number);
      value = graph.apply(Op::select, tried[i].there, tried[i].value, value);
    }
    const std::string title = up ? "next " + name : name + " before";
    show_if_there(column_of(what.where, {}, title + ending), number, evaluator_.zero());
    show_if_there(column_of(what.of, {}, title + " gives" + ending), value, evaluator_.zero());
  }
  return true;
}

Value StudyRows::changed(const Changed& what, const Value& value) {
  if (const auto* local = std::get_if<LocalRef>(&what.path->root)) {
    const Value first = evaluator_.with((*locals_)[local->slot], what.path->fields, value, what.where);
    return evaluator_.eval(what.of, env_of(replayed(local->slot, &first)));
  }
  const DeclId decl = std::get<GlobalRef>(what.path->root).decl;
  const Value root = evaluator_.with(evaluator_.global(decl), what.path->fields, value, what.where);
  return evaluator_.where_global_is(decl, root, [&] { return evaluator_.eval(what.of, env_of(replayed(0, nullptr))); });
}

/// The names of the study, from one on computed anew with what that one has become. Numbers that are swept stay.
Locals StudyRows::replayed(size_t from, const Value* first) {
  auto now = std::make_shared<std::vector<Value>>(locals_->begin(), locals_->begin() + static_cast<std::ptrdiff_t>(from));
  if (first != nullptr) now->push_back(*first);
  size_t slot = 0, axis = 0;
  const auto next = [&](const auto& value) {
    if (slot++ >= now->size()) now->push_back(value());
  };
  for (const ast::Clause& clause : node_.clauses) {
    if (slot >= locals_->size()) break;
    if (const auto* let = std::get_if<ast::Let>(&clause.node)) next([&] { return evaluator_.eval(let->value, env_of(now)); });
    if (std::holds_alternative<ast::Solve>(clause.node)) next([&, kept = slot] { return (*locals_)[kept]; }), ++axis;
    const auto* sweep = std::get_if<ast::Sweep>(&clause.node);
    for (size_t n = 0; sweep != nullptr && n < sweep->names.size(); ++n, ++axis)
      next([&, kept = slot] {
        const Value& value = (*locals_)[kept];
        if (value.tag == Value::Tag::scalar || value.tag == Value::Tag::absent) return value;
        const Value list = evaluator_.eval(sweep->domains[n], env_of(now));
        return list.tag == Value::Tag::list && known_.elements[axis] < list.list->elements.size() ? list.list->elements[known_.elements[axis]] : value;
      });
  }
  return now;
}

NodeId StudyRows::reason_to_show(const Changed& what, const Value& value) {
  return evaluator_.finite_reason(value, program_.type(what.of), program_.sources->text(span(what.of)), span(what.of));
}

/// A column that may lack values does not make its row infeasible.
void StudyRows::show_if_there(Column column, NodeId value, NodeId reason) {
  Graph& graph = evaluator_.graph();
  const NodeId there = graph.apply(Op::equal, reason, evaluator_.zero());
  const NodeId shown_value = graph.apply(Op::select, there, value, graph.constant(std::numeric_limits<double>::quiet_NaN()));
  column.may_lack = true;
  if (const auto added = add_column(std::move(column), evaluator_.scalar(shown_value), evaluator_.zero())) shown.push_back(*added);
}

}  // namespace llmsys
