// A study to a query: axes to levels, clauses to stages, one elaboration for each choice on the by-element axes, then shapes merged.
#include <algorithm>
#include <cmath>

#include "compiler/elaborate/evaluator.h"
#include "compiler/elaborate/shapes.h"

namespace llmsys {

namespace {

/// One try: every axis in `by_element` is gone through element by element; what else must be shows in Evaluator::needed.
class Study {
 public:
  Study(const Program& program, const StudyInfo& info, AxisMask by_element, uint64_t steps, DiagSink& sink)
      : program_(program), info_(info), node_(std::get<ast::Study>((*program.syntax)[info.decl].node)), by_element_(by_element), sink_(sink),
        query_(std::make_unique<Query>()), evaluator_(program, query_->graph, sink) {
    evaluator_.set_steps(steps);
  }

  bool run() {
    query_->sweep.name = node_.name.text;
    query_->sweep.title = node_.title ? node_.title->text : "";
    query_->sweep.space.axes = static_cast<uint32_t>(info_.axes.size());
    query_->sweep.axes.resize(info_.axes.size());
    axis_labels_.resize(info_.axes.size());
    query_->sweep.space.element_values.resize(info_.axes.size());
    auto root = clauses(0, 0, std::make_shared<std::vector<Value>>());
    if (!root || evaluator_.stopped() || evaluator_.needed()) return false;
    query_->sweep.space.root = *root;
    query_->sweep.space.combos = static_cast<uint32_t>(leaves_.size());
    return finish();
  }

  AxisMask needed() const { return evaluator_.needed(); }
  uint64_t steps() const { return evaluator_.steps(); }
  Elaborated take() { return {std::move(query_), std::move(expects_)}; }

 private:
  using Locals = std::shared_ptr<std::vector<Value>>;

  /// Elements of one sweep: one name, or several walked together.
  struct Elements {
    std::vector<Value> lists;
    uint64_t size = 0;
  };

  /// The clauses from `index` on, axis `axis` being next. Gives the level (or combo) they make.
  std::optional<uint32_t> clauses(size_t index, uint32_t axis, Locals locals) {
    for (; index < node_.clauses.size(); ++index) {
      const auto& clause = node_.clauses[index].node;
      if (auto* sweep = std::get_if<ast::Sweep>(&clause)) return this->sweep(*sweep, index, axis, locals);
      if (auto* let = std::get_if<ast::Let>(&clause)) {
        Value value = evaluator_.eval(let->value, env(locals));
        if (value.failed()) return {};
        locals = extended(locals, value);
      } else {
        break;
      }
    }
    return leaf(index, locals);
  }

  static Locals extended(const Locals& locals, Value value) {
    auto more = std::make_shared<std::vector<Value>>(*locals);
    more->push_back(std::move(value));
    return more;
  }
  static Env env(const Locals& locals) { return {{}, {}, locals}; }

  std::optional<uint32_t> sweep(const ast::Sweep& sweep, size_t index, uint32_t axis, const Locals& locals) {
    Elements elements;
    for (size_t i = 0; i < sweep.domains.size(); ++i) {
      Value list = evaluator_.eval(sweep.domains[i], env(locals));
      if (list.failed()) return {};
      if (list.tag != Value::Tag::list) return absent_domain(list, sweep.domains[i]);
      if (evaluator_.graph().is_constant(list.reason) && evaluator_.graph().value(list.reason) != 0) return absent_domain(list, sweep.domains[i]);
      uint64_t size = list.list->size();
      if (i > 0 && size != elements.size) {
        sink_.add({Code::empty_sweep, span(sweep.domains[i]), "lists that are walked together must have the same length: " + std::to_string(elements.size) + " and " + std::to_string(size),
                   "this one has " + std::to_string(size)});
        return {};
      }
      elements.size = size;
      elements.lists.push_back(std::move(list));
    }
    if (elements.size == 0) {
      sink_.add({Code::empty_sweep, span(sweep.domains[0]), "the sweep over `" + std::string(sweep.names[0].text) + "` has no elements", "nothing in it"});
      return {};
    }
    AxisMask bit = AxisMask{1} << axis;
    bool numeric = sweep.names.size() == 1 && !sweep.label && !(by_element_ & bit) && is_numeric(elements.lists[0], sweep.domains[0]);
    return numeric ? numeric_axis(sweep, elements, index, axis, locals) : element_axis(sweep, elements, index, axis, locals);
  }

  std::optional<uint32_t> absent_domain(const Value& value, ExprId domain) {
    const Graph& graph = evaluator_.graph();
    std::string why = "it is absent";
    size_t code = graph.is_constant(value.reason) ? static_cast<size_t>(graph.value(value.reason)) : 0;
    if (code > 0) why = evaluator_.known_text(evaluator_.reasons()[code - 1].pieces).value_or(evaluator_.reasons()[code - 1].site);
    sink_.add({Code::absent_value, span(domain), "there is nothing to sweep over: " + why, "no list here"});
    return {};
  }

  bool is_numeric(const Value& list, ExprId domain) {
    const Type& type = program_.types[program_.types[program_.type(domain)].element];
    if (type.tag != Type::Tag::quantity) return false;
    const Graph& graph = evaluator_.graph();
    if (list.list->is_range) return true;
    return std::all_of(list.list->elements.begin(), list.list->elements.end(), [&](const Value& one) {
      return one.tag == Value::Tag::scalar && graph.is_constant(one.node) && graph.is_constant(one.reason) && graph.value(one.reason) == 0;
    });
  }

  TypeId element_type(ExprId domain) const { return program_.types[program_.type(domain)].element; }

  void number_column(uint32_t axis, const ast::Name& name, ExprId domain) {
    Column& column = query_->sweep.axes[axis];
    column.title = name.text;
    column.type = Column::Type::number;
    column.units = evaluator_.units(element_type(domain), {}, column.plain_unit);
  }

  std::optional<uint32_t> numeric_axis(const ast::Sweep& sweep, const Elements& elements, size_t index, uint32_t axis, const Locals& locals) {
    number_column(axis, sweep.names[0], sweep.domains[0]);
    auto below = clauses(index + 1, axis + 1, extended(locals, evaluator_.scalar(evaluator_.graph().axis(axis))));
    if (!below) return {};
    const ListValue& list = *elements.lists[0].list;
    Domain domain{.size = elements.size, .start = list.start, .step = list.step};
    if (!list.is_range)
      for (const Value& one : list.elements) domain.values.push_back(evaluator_.graph().value(one.node));
    Space& space = query_->sweep.space;
    space.domains.push_back(std::move(domain));
    return add_level({.size = elements.size, .domain = static_cast<uint32_t>(space.domains.size() - 1), .by_element = false, .children = {*below}});
  }

  std::optional<uint32_t> element_axis(const ast::Sweep& sweep, const Elements& elements, size_t index, uint32_t axis, const Locals& locals) {
    if (elements.size > max_list) {
      sink_.add({Code::too_many, span(sweep.domains[0]), "`" + std::string(sweep.names[0].text) + "` decides more than numbers here, so each of its " + std::to_string(elements.size) + " elements needs an evaluator of its own",
                 "too many elements"});
      return {};
    }
    used_ |= AxisMask{1} << axis;
    Level level{.size = elements.size, .domain = static_cast<uint32_t>(axis_labels_[axis].size()), .by_element = true};
    for (uint64_t i = 0; i < elements.size; ++i) {
      Locals inside = locals;
      std::vector<Value> values;
      for (const Value& list : elements.lists) {
        values.push_back(list.list->is_range ? evaluator_.number(list.list->start + static_cast<double>(i) * list.list->step) : list.list->elements[i]);
        inside = extended(inside, values.back());
      }
      for (size_t n = 0; n < values.size(); ++n) label_element(sweep, n, axis + static_cast<uint32_t>(n), values[n], inside);
      // The partners of a zip are axes of one element below the first.
      auto below = clauses(index + 1, axis + static_cast<uint32_t>(sweep.names.size()), inside);
      if (!below) return {};
      uint32_t child = *below;
      for (size_t n = values.size(); n-- > 1;) {
        used_ |= AxisMask{1} << (axis + n);
        child = add_level({.size = 1, .domain = static_cast<uint32_t>(axis_labels_[axis + n].size() - 1), .by_element = true, .children = {child}});
      }
      level.children.push_back(child);
    }
    return add_level(std::move(level));
  }

  void label_element(const ast::Sweep& sweep, size_t n, uint32_t axis, const Value& value, const Locals& locals) {
    ExprId domain = sweep.domains[n];
    Column& column = query_->sweep.axes[axis];
    column.title = sweep.names[n].text;
    const Graph& graph = evaluator_.graph();
    TypeId type = element_type(domain);
    bool plain = program_.types[type].tag == Type::Tag::quantity && value.tag == Value::Tag::scalar && graph.is_constant(value.node) && !(sweep.label && n == 0);
    if (plain) {
      number_column(axis, sweep.names[n], domain);
      query_->sweep.space.element_values[axis].push_back(graph.value(value.node));
      axis_labels_[axis].emplace_back();
      return;
    }
    column.type = Column::Type::label;
    if (sweep.label && n == 0) axis_labels_[axis].push_back(evaluator_.label(evaluator_.eval(*sweep.label, env(locals)), program_.type(*sweep.label)));
    else axis_labels_[axis].push_back(evaluator_.label(value, type));
  }

  uint32_t add_level(Level level) {
    query_->sweep.space.levels.push_back(std::move(level));
    return static_cast<uint32_t>(query_->sweep.space.levels.size() - 1);
  }

  // --- the part below the last axis ------------------------------------------------------------------------------------------

  struct ColumnValue {
    Value value;
    NodeId reason;
  };

  /// What is collected for one phase while its clauses are read.
  struct PhaseRoots {
    std::vector<NodeId> columns;
    std::vector<NodeId> reasons;            // of stages and shown columns, in written order
    std::vector<std::pair<Value, NodeId>> filters;  // leading `where`s
    bool reduced = false;
  };

  std::optional<uint32_t> leaf(size_t index, Locals locals) {
    bool first = leaves_.empty();
    std::vector<std::vector<NodeId>> roots;
    Sweep& sweep = query_->sweep;
    std::vector<Phase> phases(1);
    PhaseRoots current;
    std::vector<uint32_t> shown;
    std::vector<ExpectColumns> expects;
    auto close_phase = [&] { roots.push_back(phase_roots(current)); };
    // Columns come first so that they stand in the order of `show`, whatever clause asks for them.
    for (; index < node_.clauses.size(); ++index) {
      bool good = match(
          node_.clauses[index].node, [](const ast::Sweep&) { return true; },
          [&](const ast::Let& let) {
            Value value = evaluator_.eval(let.value, env(locals));
            if (value.failed()) return false;
            locals = extended(locals, value);
            return true;
          },
          [&](const ast::Where& where) { return filter(where, locals, phases.back(), current); },
          [&](const ast::Best& best) {
            auto goal = this->goal(best.goal, locals, phases.back(), current);
            if (!goal) return false;
            phases.back().stages.push_back(Best{*goal, best.over.empty() ? all_axes() : mask(best.over)});
            current.reduced = true;
            return true;
          },
          [&](const ast::Pareto& pareto) {
            Pareto stage{.goals = {}, .per = mask(pareto.per)};
            for (const ast::Goal& one : pareto.goals) {
              auto goal = this->goal(one, locals, phases.back(), current);
              if (!goal) return false;
              stage.goals.push_back(*goal);
            }
            phases.back().stages.push_back(std::move(stage));
            current.reduced = true;
            return true;
          },
          [&](const ast::Top& top) {
            auto count = evaluator_.known(evaluator_.eval(top.count, env(locals)), top.count);
            auto goal = this->goal(top.goal, locals, phases.back(), current);
            if (!goal || !count) return false;
            phases.back().stages.push_back(Top{*count >= 0 ? static_cast<uint64_t>(std::min(*count, 1e15)) : 0, *goal});
            current.reduced = true;
            return true;
          },
          [&](const ast::Summarise& summarise) {
            if (!this->summarise(summarise, locals, phases.back(), current)) return false;
            close_phase();
            phases.emplace_back();
            current = {};
            shown.clear();
            expects.clear();
            return true;
          },
          [&](const ast::Show& show) {
            for (const ast::ShowItem& item : show.items) {
              if (shows_axis(item)) continue;
              auto column = this->show(item, locals, phases.back(), current);
              if (!column) return false;
              shown.push_back(*column);
            }
            return true;
          },
          [](const ast::Plot&) { return true; }, [&](const ast::Expect& expect) { return this->expect(expect, locals, phases.back(), current, expects); });
      if (!good || evaluator_.needed() || evaluator_.stopped()) return {};
    }
    close_phase();
    if (first) {
      sweep.phases = std::move(phases);
      sweep.shown = std::move(shown);
      expects_ = std::move(expects);
    }
    leaves_.push_back(std::move(roots));
    return static_cast<uint32_t>(leaves_.size() - 1);
  }

  std::vector<NodeId> phase_roots(const PhaseRoots& phase) {
    Graph& graph = evaluator_.graph();
    NodeId status = evaluator_.zero();
    for (size_t i = phase.reasons.size(); i-- > 0;) status = evaluator_.first_reason(phase.reasons[i], status);
    for (size_t i = phase.filters.size(); i-- > 0;) {
      const Value& keep = phase.filters[i].first;
      NodeId kept = keep.tag == Value::Tag::scalar ? graph.apply(Op::select, keep.node, status, graph.constant(status_dropped)) : status;
      status = evaluator_.first_reason(phase.filters[i].second, kept);
    }
    std::vector<NodeId> roots = {status};
    roots.insert(roots.end(), phase.columns.begin(), phase.columns.end());
    return roots;
  }

  std::optional<uint32_t> add_column(Phase& phase, PhaseRoots& roots, Column column, const Value& value, NodeId reason) {
    if (value.failed()) return {};
    phase.columns.push_back(std::move(column));
    roots.columns.push_back(value.tag == Value::Tag::scalar ? value.node : evaluator_.zero());
    roots.reasons.push_back(reason);
    return static_cast<uint32_t>(phase.columns.size() - 1);
  }

  Column column_of(ExprId expr, std::optional<ExprId> unit, std::string title) {
    Column column;
    column.title = std::move(title);
    TypeId type = program_.type(expr);
    const Type& what = program_.types[type];
    if (what.tag == Type::Tag::boolean) column.type = Column::Type::boolean;
    if (what.tag == Type::Tag::text) {
      column.type = Column::Type::label;
      text_columns_ = true;
    }
    if (what.tag == Type::Tag::enumeration) {
      column.type = Column::Type::label;
      std::vector<std::string> cases;
      for (const auto& one : program_[what.enumeration].cases) cases.emplace_back(one.name.text);
      column.labels = std::make_shared<std::vector<std::string>>(std::move(cases));
    }
    if (what.tag == Type::Tag::quantity) column.units = evaluator_.units(type, unit, column.plain_unit);
    return column;
  }

  std::optional<Goal> goal(const ast::Goal& goal, const Locals& locals, Phase& phase, PhaseRoots& roots) {
    Value value = evaluator_.eval(goal.value, env(locals));
    if (value.failed()) return {};
    std::string text(program_.sources->text(span(goal.value)));
    NodeId reason = evaluator_.shown_reason(value, program_.type(goal.value), text, span(goal.value));
    auto column = add_column(phase, roots, column_of(goal.value, {}, text), value, reason);
    return column ? std::optional(Goal{goal.maximise, *column}) : std::nullopt;
  }

  bool filter(const ast::Where& where, const Locals& locals, Phase& phase, PhaseRoots& roots) {
    Value value = evaluator_.eval(where.condition, env(locals));
    if (value.failed()) return false;
    if (!roots.reduced) {
      roots.filters.push_back({value, value.reason});
      return true;
    }
    auto column = add_column(phase, roots, column_of(where.condition, {}, "where"), value, value.reason);
    if (!column) return false;
    phase.stages.push_back(Filter{*column});
    return true;
  }

  bool summarise(const ast::Summarise& node, Locals& locals, Phase& phase, PhaseRoots& roots) {
    Summarise end{.summaries = {}, .over = mask(node.over)};
    for (const ast::Summary& summary : node.summaries) {
      std::string_view name = summary.function.text;
      Summary one{.function = Summary::Function::count};
      if (name == "mean") one.function = Summary::Function::mean;
      if (name == "sum") one.function = Summary::Function::sum;
      if (name == "min") one.function = Summary::Function::min;
      if (name == "max") one.function = Summary::Function::max;
      if (name == "quantile") one.function = Summary::Function::quantile;
      if (!summary.arguments.empty()) {
        ExprId expr = summary.arguments[0];
        Value value = evaluator_.eval(expr, env(locals));
        if (value.failed()) return false;
        NodeId reason = evaluator_.shown_reason(value, program_.type(expr), summary.name.text, span(expr));
        auto column = add_column(phase, roots, column_of(expr, {}, std::string(summary.name.text)), value, reason);
        if (!column) return false;
        one.column = *column;
      }
      if (summary.arguments.size() > 1) {
        auto parameter = evaluator_.known(evaluator_.eval(summary.arguments[1], env(locals)), summary.arguments[1]);
        if (!parameter) return false;
        if (!(*parameter >= 0 && *parameter <= 1)) {
          sink_.add({Code::wrong_arguments, span(summary.arguments[1]), "a quantile is between 0 and 1", "out of range"});
          return false;
        }
        one.parameter = *parameter;
      }
      end.summaries.push_back(one);
    }
    for (uint32_t i = 0; i < end.summaries.size(); ++i) locals = extended(locals, evaluator_.scalar(evaluator_.graph().slot(i)));
    phase.end.push_back(std::move(end));
    return true;
  }

  /// An axis has its column already; showing it can only say how.
  bool shows_axis(const ast::ShowItem& item) {
    auto* name = std::get_if<ast::NameRef>(&(*program_.syntax)[item.value].node);
    if (!name || !std::holds_alternative<LocalRef>(program_.ref(item.value))) return false;
    for (size_t axis = 0; axis < info_.axes.size(); ++axis) {
      if (info_.axes[axis].text != name->name.text) continue;
      Column& column = query_->sweep.axes[axis];
      if (item.unit) column.units = evaluator_.units(program_.type(item.value), item.unit, column.plain_unit);
      if (item.title) column.title = plain_title(*item.title).value_or(column.title);
      return true;
    }
    return false;
  }

  std::optional<std::string> plain_title(ExprId title) {
    auto* text = std::get_if<ast::Text>(&(*program_.syntax)[title].node);
    if (!text) return {};
    std::vector<TextPiece> pieces = evaluator_.pieces(*text, {});
    return evaluator_.known_text(pieces);
  }

  std::optional<uint32_t> show(const ast::ShowItem& item, const Locals& locals, Phase& phase, PhaseRoots& roots) {
    Value value = evaluator_.eval(item.value, env(locals));
    if (value.failed()) return {};
    std::string title(program_.sources->text(span(item.value)));
    if (item.title) title = plain_title(*item.title).value_or(title);
    NodeId reason = evaluator_.shown_reason(value, program_.type(item.value), title, span(item.value));
    return add_column(phase, roots, column_of(item.value, item.unit, std::move(title)), value, reason);
  }

  bool expect(const ast::Expect& expect, const Locals& locals, Phase& phase, PhaseRoots& roots, std::vector<ExpectColumns>& out) {
    // An absent value makes the row infeasible, and an expectation that no row reaches does not hold.
    ExpectColumns columns{.expect = &expect};
    auto compared = [&](ExprId expr) -> std::optional<uint32_t> {
      Value value = evaluator_.eval(expr, env(locals));
      return add_column(phase, roots, column_of(expr, {}, "expect"), value, evaluator_.shown_reason(value, program_.type(expr), "expect", span(expr)));
    };
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
    out.push_back(std::move(columns));
    return true;
  }

  AxisMask mask(const std::vector<ast::Name>& names) const {
    AxisMask result = 0;
    for (const ast::Name& name : names)
      for (size_t i = 0; i < info_.axes.size(); ++i)
        if (info_.axes[i].text == name.text) result |= AxisMask{1} << i;
    return with_partners(result);
  }
  AxisMask all_axes() const { return info_.axes.size() >= 64 ? ~AxisMask{0} : (AxisMask{1} << info_.axes.size()) - 1; }

  /// Axes that are walked together fold together.
  AxisMask with_partners(AxisMask axes) const {
    uint32_t axis = 0;
    for (const ast::Clause& clause : node_.clauses)
      if (auto* sweep = std::get_if<ast::Sweep>(&clause.node)) {
        AxisMask group = 0;
        for (size_t n = 0; n < sweep->names.size(); ++n) group |= AxisMask{1} << axis++;
        if (axes & group) axes |= group;
      }
    return axes;
  }

  bool finish();

  Span span(ExprId id) const { return (*program_.syntax)[id].span; }

  const Program& program_;
  const StudyInfo& info_;
  const ast::Study& node_;
  AxisMask by_element_;
  AxisMask used_ = 0;             // axes that were gone through by element
  DiagSink& sink_;
  std::unique_ptr<Query> query_;
  Evaluator evaluator_;
  std::vector<std::vector<std::string>> axis_labels_;
  std::vector<std::vector<std::vector<NodeId>>> leaves_;
  std::vector<ExpectColumns> expects_;
  bool text_columns_ = false;
};

/// Values of nodes at one row, for telling reasons: no engine, one scalar at a time.
class RowValues {
 public:
  RowValues(const Graph& graph, const Place& place) : graph_(graph), place_(place) {}
  double operator()(NodeId root) {
    for (NodeId id : live(graph_, {root})) {
      if (known_.contains(id.index)) continue;
      const Node& node = graph_[id];
      auto at = [&](uint32_t i) { return i < operands(node.op) ? known_.at(node.operand[i].index) : 0.0; };
      double value = 0;
      switch (node.op) {
        case Op::constant: value = node.value; break;
        case Op::axis: value = place_.value[node.number]; break;
        case Op::table: value = graph_.tables()[node.number][place_.combo]; break;
        case Op::slot: value = std::numeric_limits<double>::quiet_NaN(); break;
        default: value = apply(node.op, at(0), at(1), at(2));
      }
      known_[id.index] = value;
    }
    return known_.at(root.index);
  }

 private:
  const Graph& graph_;
  const Place& place_;
  std::unordered_map<uint32_t, double> known_;
};

/// Levels were added from below; their users want parents before children.
void parents_first(Space& space) {
  if (space.axes == 0) return;
  auto moved = [&](uint32_t level) { return static_cast<uint32_t>(space.levels.size() - 1 - level); };
  std::function<void(uint32_t, uint32_t)> walk = [&](uint32_t level, uint32_t axis) {
    if (axis + 1 == space.axes) return;
    for (uint32_t& child : space.levels[level].children) {
      walk(child, axis + 1);
      child = moved(child);
    }
  };
  walk(space.root, 0);
  space.root = moved(space.root);
  std::reverse(space.levels.begin(), space.levels.end());
}

bool Study::finish() {
  Sweep& sweep = query_->sweep;
  Space& space = sweep.space;
  // Combos below one level of the last axis are siblings.
  std::vector<uint32_t> siblings(leaves_.size(), 0);
  uint32_t last = space.axes == 0 ? 0 : space.axes - 1;
  std::function<void(uint32_t, uint32_t)> walk = [&](uint32_t level, uint32_t axis) {
    if (axis == last)
      for (uint32_t combo : space.levels[level].children) siblings[combo] = level;
    else
      for (uint32_t child : space.levels[level].children) walk(child, axis + 1);
  };
  if (space.axes > 0) walk(space.root, 0);
  parents_first(space);
  count_rows(space);

  Merged merged = merge_shapes(query_->graph, leaves_, used_, last, siblings);
  if (merged.shapes.size() > max_shapes) {
    std::string axes;
    for (size_t i = 0; i < info_.axes.size(); ++i)
      if (used_ >> i & 1) axes += (axes.empty() ? "`" : ", `") + std::string(info_.axes[i].text) + "`";
    sink_.add({Code::too_many, node_.name.span, "the study has " + std::to_string(merged.shapes.size()) + " different shapes; at most " + std::to_string(max_shapes) + " are compiled",
               "made by the axes " + axes});
    return false;
  }
  query_->shapes = std::move(merged.shapes);
  sweep.shape_of_combo = std::move(merged.shape_of_combo);
  for (size_t axis = 0; axis < axis_labels_.size(); ++axis)
    if (sweep.axes[axis].type == Column::Type::label) sweep.axes[axis].labels = std::make_shared<std::vector<std::string>>(std::move(axis_labels_[axis]));
  auto texts = std::make_shared<std::vector<std::string>>(evaluator_.texts());
  for (Phase& phase : sweep.phases)
    for (Column& column : phase.columns)
      if (column.type == Column::Type::label && !column.labels) column.labels = texts;
  auto reasons = std::make_shared<std::vector<ReasonInfo>>(evaluator_.reasons());
  for (const ReasonInfo& reason : *reasons) sweep.reasons.push_back({reason.site});
  sweep.tell = [program = &program_, query = query_.get(), reasons, texts](uint32_t reason, uint64_t row) {
    Place place;
    locate(query->sweep.space, row, place);
    RowValues values(query->graph, place);
    return tell(*program, *texts, (*reasons)[reason].pieces, [&](NodeId node) { return values(node); });
  };
  return true;
}

}  // namespace

Elaborated elaborate(const Program& program, uint32_t study, DiagSink& sink) {
  AxisMask by_element = 0;
  uint64_t steps = 0;
  for (;;) {
    size_t before = sink.errors();
    Study attempt(program, program.studies[study], by_element, steps, sink);
    if (attempt.run()) return attempt.take();
    steps = attempt.steps();
    AxisMask more = attempt.needed() & ~by_element;
    if (sink.errors() > before || more == 0) return {};
    by_element |= more;
  }
}

}  // namespace llmsys
