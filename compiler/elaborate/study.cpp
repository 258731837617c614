// A study to a query: axes to levels, what stands below them elaborated once for each choice on the by-element axes, then shapes merged.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "compiler/elaborate/evaluator.h"
#include "compiler/elaborate/shapes.h"
#include "compiler/elaborate/study_rows.h"
#include "runtime/report/number.h"

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
    query_->sweep.text = program_.sources->text((*program_.syntax)[info_.decl].span);
    query_->sweep.title = node_.title ? node_.title->text : "";
    query_->sweep.space.axes = static_cast<uint32_t>(info_.axes.size());
    query_->sweep.axes.resize(info_.axes.size());
    axis_labels_.resize(info_.axes.size());
    elements_.resize(info_.axes.size());
    scans_.resize(info_.axes.size());
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
  /// Elements of one sweep: one name, or several walked together.
  struct Elements {
    std::vector<Value> lists;
    uint64_t size = 0;
  };

  /// The names of one clause that makes axes.
  struct Swept {
    std::vector<ast::Name> names;
    std::vector<TypeId> types;
    Span span;
    std::optional<ExprId> label;
  };

  /// The clauses from `index` on, axis `axis` being next. Gives the level (or combo) they make.
  std::optional<uint32_t> clauses(size_t index, uint32_t axis, Locals locals) {
    for (; index < node_.clauses.size(); ++index) {
      const auto& clause = node_.clauses[index].node;
      if (auto* sweep = std::get_if<ast::Sweep>(&clause)) return this->sweep(*sweep, index, axis, locals);
      if (auto* solve = std::get_if<ast::Solve>(&clause)) return this->solve(*solve, index, axis, locals);
      if (auto* let = std::get_if<ast::Let>(&clause)) {
        Value value = evaluator_.eval(let->value, env_of(locals));
        if (value.failed()) return {};
        locals = extended(locals, value);
      } else {
        break;
      }
    }
    return leaf(index, locals);
  }

  std::optional<uint32_t> sweep(const ast::Sweep& sweep, size_t index, uint32_t axis, const Locals& locals) {
    Elements elements;
    for (size_t i = 0; i < sweep.domains.size(); ++i) {
      Value list = evaluator_.eval(sweep.domains[i], env_of(locals));
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
    Swept swept{sweep.names, {}, span(sweep.domains[0]), sweep.label};
    for (ExprId domain : sweep.domains) swept.types.push_back(element_type(domain));
    if (!numeric) return element_axis(swept, elements, index, axis, locals);
    const ListValue& list = *elements.lists[0].list;
    Domain domain{.size = elements.size, .start = list.start, .step = list.step};
    if (!list.is_range)
      for (const Value& one : list.elements) domain.values.push_back(evaluator_.graph().value(one.node));
    return numeric_axis(swept, std::move(domain), index, axis, locals);
  }

  /// An unknown is an axis: of what it may be.
  std::optional<uint32_t> solve(const ast::Solve& solve, size_t index, uint32_t axis, const Locals& locals) {
    const Swept swept{{solve.name}, {program_.type(solve.first)}, join(span(solve.first), span(solve.last)), {}};
    auto domain = unknown(solve, axis, locals);
    if (!domain) return {};
    if ((by_element_ >> axis & 1) == 0) return numeric_axis(swept, std::move(*domain), index, axis, locals);
    if (domain->is_fine) {
      sink_.add({Code::too_many, solve.name.span, "`" + std::string(solve.name.text) + "` decides more than numbers here, so each of its values needs an evaluator of its own", "too many values", {}, {},
                 "give it steps: `from a to b by s`"});
      return {};
    }
    Elements elements{.lists = {}, .size = domain->size};
    ListValue list{.elements = {}, .is_range = domain->values.empty(), .start = domain->start, .step = domain->step, .count = domain->size};
    for (double value : domain->values) list.elements.push_back(evaluator_.number(value));
    elements.lists.push_back({.tag = Value::Tag::list, .reason = evaluator_.zero(), .list = std::make_shared<const ListValue>(std::move(list))});
    return element_axis(swept, elements, index, axis, locals);
  }

  std::optional<Domain> unknown(const ast::Solve& solve, uint32_t axis, const Locals& locals);
  std::optional<double> bound(ExprId expr, const Locals& locals);

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
    return std::all_of(list.list->elements.begin(), list.list->elements.end(), [&](const Value& one) { return is_number(one, graph); });
  }

  TypeId element_type(ExprId domain) const { return program_.types[program_.type(domain)].element; }

  void number_column(uint32_t axis, const ast::Name& name, TypeId type) {
    Column& column = query_->sweep.axes[axis];
    column.title = name.text;
    column.type = Column::Type::number;
    column.units = evaluator_.units(type, {}, column.plain_unit);
  }

  std::optional<uint32_t> numeric_axis(const Swept& sweep, Domain domain, size_t index, uint32_t axis, const Locals& locals) {
    number_column(axis, sweep.names[0], sweep.types[0]);
    auto below = clauses(index + 1, axis + 1, extended(locals, evaluator_.scalar(evaluator_.graph().axis(axis))));
    if (!below) return {};
    const uint64_t size = domain.size;
    Space& space = query_->sweep.space;
    space.domains.push_back(std::move(domain));
    return add_level({.size = size, .domain = static_cast<uint32_t>(space.domains.size() - 1), .by_element = false, .children = {*below}});
  }

  std::optional<uint32_t> element_axis(const Swept& sweep, const Elements& elements, size_t index, uint32_t axis, const Locals& locals) {
    if (elements.size > max_list) {
      sink_.add({Code::too_many, sweep.span, "`" + std::string(sweep.names[0].text) + "` decides more than numbers here, so each of its " + std::to_string(elements.size) + " elements needs an evaluator of its own",
                 "too many elements"});
      return {};
    }
    used_ |= AxisMask{1} << axis;
    Level level{.size = elements.size, .domain = static_cast<uint32_t>(axis_labels_[axis].size()), .by_element = true};
    for (uint64_t i = 0; i < elements.size; ++i) {
      Locals inside = locals;
      std::vector<Value> values;
      for (size_t n = 0; n < elements.lists.size(); ++n) elements_[axis + n] = i;
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

  /// Known, finite and there.
  static bool is_number(const Value& value, const Graph& graph) {
    return value.tag == Value::Tag::scalar && graph.is_constant(value.node) && std::isfinite(graph.value(value.node)) && graph.is_constant(value.reason) &&
           graph.value(value.reason) == 0;
  }

  void label_element(const Swept& sweep, size_t n, uint32_t axis, const Value& value, const Locals& locals) {
    Column& column = query_->sweep.axes[axis];
    column.title = sweep.names[n].text;
    const Graph& graph = evaluator_.graph();
    TypeId type = sweep.types[n];
    bool labelled = sweep.label && n == 0;
    bool plain = !labelled && program_.types[type].tag == Type::Tag::quantity && is_number(value, graph);
    if (plain && axis_labels_[axis].empty()) number_column(axis, sweep.names[n], type);
    if (!plain) column.type = Column::Type::label;   // one such element makes labels of all
    query_->sweep.space.element_values[axis].push_back(plain ? graph.value(value.node) : 0);
    if (labelled) axis_labels_[axis].push_back(evaluator_.label(evaluator_.eval(*sweep.label, env_of(locals)), program_.type(*sweep.label)));
    else axis_labels_[axis].push_back(evaluator_.label(value, type));
  }

  uint32_t add_level(Level level) {
    query_->sweep.space.levels.push_back(std::move(level));
    return static_cast<uint32_t>(query_->sweep.space.levels.size() - 1);
  }

  std::optional<uint32_t> leaf(size_t index, const Locals& locals) {
    StudyRows rows(program_, info_, evaluator_, query_->sweep.axes, {elements_, scans_}, sink_);
    if (!rows.read(index, locals)) return {};
    if (leaves_.empty()) {
      query_->sweep.phases = std::move(rows.phases);
      query_->sweep.shown = std::move(rows.shown);
      query_->sweep.pictures = std::move(rows.pictures);
      expects_ = std::move(rows.expects);
    }
    no_solutions_.insert(rows.no_solutions.begin(), rows.no_solutions.end());
    leaves_.push_back(std::move(rows.roots));
    return static_cast<uint32_t>(leaves_.size() - 1);
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
  std::vector<uint64_t> elements_;   // by axis: the one that is being gone through
  std::vector<std::string> scans_;   // by axis: how an unknown is gone through if not value by value
  std::map<uint32_t, std::string> no_solutions_;   // reasons, and how they begin
  std::vector<std::vector<std::string>> axis_labels_;
  std::vector<std::vector<std::vector<NodeId>>> leaves_;
  std::vector<ExpectColumns> expects_;
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

/// Summaries of what is one node, whatever the shape, read one column: the first. The others go if they end the phase, so that no column changes its number.
void share_columns(Query& query) {
  for (size_t phase = 0; phase + 1 < query.sweep.phases.size(); ++phase) {
    std::vector<Column>& columns = query.sweep.phases[phase].columns;
    std::vector<bool> has_gone(columns.size());
    for (Summary& summary : query.sweep.phases[phase].end[0].summaries) {
      if (summary.function == Summary::Function::count) continue;
      const uint32_t own = summary.column;
      const auto same = [&](uint32_t other, const Shape& shape) { return shape.roots[phase][1 + other] == shape.roots[phase][1 + own]; };
      const auto always_same = [&](uint32_t other) { return std::all_of(query.shapes.begin(), query.shapes.end(), [&](const Shape& shape) { return same(other, shape); }); };
      for (summary.column = 0; !always_same(summary.column);) ++summary.column;
      has_gone[own] = summary.column != own;
    }
    while (!columns.empty() && has_gone[columns.size() - 1]) {
      columns.pop_back();
      for (Shape& shape : query.shapes) shape.roots[phase].pop_back();
    }
  }
}

/// What a status of the first phase is for a row.
std::optional<uint32_t> reason_of_root(const Query& query, uint64_t row, uint32_t root) {
  Place place;
  locate(query.sweep.space, row, place);
  const double status = RowValues(query.graph, place)(query.shapes[query.sweep.shape_of_combo[place.combo]].roots[0][root]);
  return status > 0 ? std::optional(static_cast<uint32_t>(status) - 1) : std::nullopt;
}
/// Why a row can't be an answer, if it can't.
std::optional<uint32_t> reason_at(const Query& query, uint64_t row) { return reason_of_root(query, row, 0); }

/// Whether two rows differ in the last axis only.
bool is_beside(const Query& query, uint64_t row, uint64_t beside) {
  if (beside >= query.sweep.space.rows()) return false;
  Place here, there;
  locate(query.sweep.space, row, here);
  locate(query.sweep.space, beside, there);
  return std::equal(here.index.begin(), here.index.end() - 1, there.index.begin());
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
  share_columns(*query_);
  for (size_t axis = 0; axis < axis_labels_.size(); ++axis) {
    if (sweep.axes[axis].type != Column::Type::label) continue;
    sweep.axes[axis].labels = std::make_shared<std::vector<std::string>>(std::move(axis_labels_[axis]));
    sweep.space.element_values[axis].clear();
  }
  auto texts = std::make_shared<std::vector<std::string>>(evaluator_.texts());
  for (Phase& phase : sweep.phases)
    for (Column& column : phase.columns)
      if (column.type == Column::Type::label && !column.labels) column.labels = texts;
  auto reasons = std::make_shared<std::vector<ReasonInfo>>(evaluator_.reasons());
  for (const ReasonInfo& reason : *reasons) sweep.reasons.push_back({reason.site});
  const auto text = [program = &program_, query = query_.get(), reasons, texts](uint32_t reason, uint64_t row) {
    Place place;
    locate(query->sweep.space, row, place);
    RowValues values(query->graph, place);
    return tell(*program, *texts, (*reasons)[reason].pieces, [&](NodeId node) { return values(node); });
  };
  sweep.tell = text;
  if (first_solve(sweep) == nullptr) return true;
  sweep.tell = [text, query = query_.get(), no_solutions = no_solutions_](uint32_t reason, uint64_t row) {
    const auto place = no_solutions.find(reason);
    const auto why = reason_at(*query, row);
    if (place == no_solutions.end()) return (why ? "no solution: " : "") + text(reason, row);   // or what is shown of a solution is absent
    if (why) return no_solutions.at(reason_of_root(*query, row, 1 + first_solve(query->sweep)->no_solution).value()) + ": " + text(*why, row);
    std::string told = text(reason, row);
    for (const uint64_t beside : {row + 1, row - 1}) {   // what keeps it from being better
      const auto beyond = is_beside(*query, row, beside) ? reason_at(*query, beside) : std::nullopt;
      if (beyond) return told + "; beyond it " + text(*beyond, beside);
    }
    return told;
  };
  return true;
}

std::optional<double> Study::bound(ExprId expr, const Locals& locals) {
  const Value value = evaluator_.eval(expr, env_of(locals));
  const auto number = evaluator_.known(value, expr);
  if (number && std::isfinite(*number)) return number;
  if (!value.failed() && !evaluator_.needed() && !evaluator_.stopped()) sink_.add({Code::absent_value, span(expr), "the unknown has no bound here: the value is absent, or not finite", "no number"});
  return {};
}

std::optional<Domain> Study::unknown(const ast::Solve& solve, uint32_t axis, const Locals& locals) {
  constexpr double most_steps = 1e9;
  constexpr uint64_t fine_steps = uint64_t{1} << 40, doubles_apart = uint64_t{1} << 16;
  const auto first = bound(solve.first, locals), last = first ? bound(solve.last, locals) : std::nullopt;
  if (!last) return {};
  const Span here = join(span(solve.first), span(solve.last));
  uint32_t plain;
  const auto units = evaluator_.units(program_.type(solve.first), {}, plain);
  if (!(*first <= *last)) {
    sink_.add({Code::empty_sweep, here, "`" + std::string(solve.name.text) + "` goes from " + with_unit(*first, units) + " to " + with_unit(*last, units) + ", where nothing is", "nothing between them", {}, {}, "the smaller one comes first"});
    return {};
  }
  const Type& type = program_.types[program_.type(solve.first)];
  if (!solve.step && !type.dimension.dimensionless() && *first < *last) {   // any quantity between them
    if (*first <= 0) {
      const double step = (*last - *first) / static_cast<double>(fine_steps);
      scans_[axis] = "not proven: " + std::to_string(steps_tried) + " steps of " + with_unit((*last - *first) / (steps_tried - 1), units, 2);
      return Domain{.size = fine_steps + 1, .start = *first, .step = step, .is_fine = true};
    }
    const uint64_t between = std::bit_cast<uint64_t>(*last) - std::bit_cast<uint64_t>(*first);
    const double share = (std::log2(*last) - std::log2(*first)) / (steps_tried - 1);
    scans_[axis] = "not proven: " + std::to_string(steps_tried) + " steps of " + readable(100 * (std::exp2(share) - 1), 2) + " %";
    return Domain{.size = between / doubles_apart + 2, .start = *first, .doubles = doubles_apart, .last = *last, .is_fine = true};
  }
  const auto step = solve.step ? bound(*solve.step, locals) : std::optional(1.0);
  if (!step) return {};
  if (solve.geometric ? !(*step > 1 && *first > 0) : !(*step > 0)) {
    sink_.add({Code::empty_sweep, span(*solve.step), solve.geometric ? "steps by `*` start above 0 and multiply by more than 1" : "the step of an unknown is above 0", "gets nowhere"});
    return {};
  }
  const double count = solve.geometric ? std::log(*last / *first) / std::log(*step) : (*last - *first) / *step;
  if (!(count <= (solve.geometric ? double{max_list} : most_steps))) {
    sink_.add({Code::too_many, here, "`" + std::string(solve.name.text) + "` has more than 10^9 values", "too many", {}, {}, "take larger steps"});
    return {};
  }
  Domain domain{.size = static_cast<uint64_t>(std::floor(count + 1e-9)) + 1, .start = *first, .step = *step};
  if (solve.geometric) {
    for (double value = *first; value <= *last * (1 + 1e-12); value *= *step) domain.values.push_back(value);
    domain.size = domain.values.size();
  }
  return domain;
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
