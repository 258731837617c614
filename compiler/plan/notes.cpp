#include "compiler/plan/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace llmsys {
namespace {

// --- axes

bool same_elements(const Space& space, const Level& x, const Level& y) {
  if (x.size != y.size || x.by_element != y.by_element) return false;
  if (x.by_element || x.domain == y.domain) return x.domain == y.domain;
  const Domain &a = space.domains[x.domain], &b = space.domains[y.domain];
  return a.start == b.start && a.step == b.step && a.doubles == b.doubles && a.values == b.values;
}

/// Whether two levels of an axis have the same rows below.
bool same_rows(const Space& space, uint32_t a, uint32_t b, uint32_t axis) {
  if (axis == space.axes || a == b) return true;   // below the last axis are combos
  const Level &x = space.levels[a], &y = space.levels[b];
  if (!same_elements(space, x, y) || x.children.size() != y.children.size()) return false;
  for (size_t i = 0; i < x.children.size(); ++i) {
    if (!same_rows(space, x.children[i], y.children[i], axis + 1)) return false;
  }
  return true;
}

/// Whether the elements of later axes, or which shape a row has, differ among elements of this one.
bool decides_shape(const Query& query, uint32_t axis) {
  const Space& space = query.sweep.space;
  const std::vector<uint32_t> axis_of = axis_of_levels(space);
  for (size_t i = 0; i < axis_of.size(); ++i) {
    if (axis_of[i] != axis) continue;
    const Level& level = space.levels[i];
    if (level.by_element && query.shapes.size() > 1) return true;
    for (uint32_t child : level.children) {
      if (!same_rows(space, level.children[0], child, axis + 1)) return true;
    }
  }
  return false;
}

void note_axes(const Query& query, std::vector<std::string>& lines) {
  AxisMask read = 0;
  for (const Shape& shape : query.shapes) {
    for (const std::vector<NodeId>& roots : shape.roots) {
      for (NodeId root : roots) read |= query.graph[root].axes;
    }
  }
  const Space& space = query.sweep.space;
  const std::vector<uint64_t> size = axis_sizes(space);
  for (uint32_t axis = 0; axis < space.axes; ++axis) {
    if ((read >> axis & 1) != 0 || size[axis] < 2 || decides_shape(query, axis)) continue;
    lines.push_back(fmt::format("note: nothing depends on the axis `{}`: each of its {} elements gives the same", query.sweep.axes[axis].title, size[axis]));
  }
}

// --- columns

/// Of a shape in the last phase: a constant of the graph, which is the same for all its rows.
bool is_same_everywhere(const Query& query, uint32_t column) {
  const auto root = [&](const Shape& shape) { return shape.roots.back()[1 + column]; };
  const auto is_that = [&](const Shape& shape) { return query.graph.is_constant(root(shape)) && root(shape) == root(query.shapes[0]); };
  return std::all_of(query.shapes.begin(), query.shapes.end(), is_that);
}

void note_columns(const Query& query, std::vector<std::string>& lines) {
  const std::vector<uint64_t> size = axis_sizes(query.sweep.space);
  if (std::none_of(size.begin(), size.end(), [](uint64_t n) { return n > 1; })) return;   // a single row
  for (uint32_t column : query.sweep.shown) {
    if (is_same_everywhere(query, column)) lines.push_back(fmt::format("note: the column `{}` is the same in every row", query.sweep.phases.back().columns[column].title));
  }
}

// --- groupings

/// Operations whose operands may be grouped at will, but for the last bits; `inverse` undoes `op`, if there is one.
struct Family {
  Op op;
  Op inverse;
  double neutral;   // costs nothing; NaN: there is none
};

const Family* family_of(Op op) {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  static constexpr Family families[] = {
    {Op::add, Op::subtract, 0}, {Op::multiply, Op::divide, 1}, {Op::minimum, Op::minimum, none}, {Op::maximum, Op::maximum, none}};
  const auto has = [=](const Family& family) { return family.op == op || family.inverse == op; };
  const auto* found = std::find_if(std::begin(families), std::end(families), has);
  return found == std::end(families) ? nullptr : found;
}

struct Term {
  NodeId node;
  bool inverse;
  bool varies;   // within the inner loop
};

/// Looks for groupings in the inner loop of one shape.
class Groupings {
 public:
  Groupings(const Query& query, const Plan& plan, const std::vector<NodeId>& roots)
      : query_(query), number_(numbers(query, plan)), is_inside_(query.graph.size()), is_part_(query.graph.size()), uses_(query.graph.size()) {
    for (NodeId id : plan.inside) is_inside_[id.index] = true;
    for (NodeId root : roots) uses_[root.index] += 2;   // its value is wanted as it is
    for (NodeId id : plan.inside) {
      for (uint32_t i = 0; i < operands(graph()[id].op); ++i) ++uses_[graph()[id].operand[i].index];
    }
    for (NodeId id : plan.inside) {
      const Family* family = family_of(graph()[id].op);
      for (uint32_t i = 0; family != nullptr && i < 2; ++i) {
        if (continues(graph()[id].operand[i], *family)) is_part_[graph()[id].operand[i].index] = true;
      }
    }
  }

  /// Nothing if the expression that ends in this node is grouped as well as it can be, or is only a part of a longer one.
  std::string note(NodeId id) const {
    const Family* family = family_of(graph()[id].op);
    if (family == nullptr || is_part_[id.index]) return {};
    std::vector<Term> terms;
    uint32_t operations = 0;
    flatten(id, *family, false, terms, operations);
    const auto varying = static_cast<uint32_t>(std::count_if(terms.begin(), terms.end(), [](const Term& term) { return term.varies; }));
    const uint32_t needed = varying - 1 + (varying < terms.size() ? 1 : 0);
    if (operations <= needed) return {};
    return fmt::format("note: `{}` (%{}) takes {} operations in each row, `{}` would take {}; its last bits may differ", written(id, *family), number_[id.index],
                       operations, regrouped(terms, *family), needed);
  }

 private:
  const Graph& graph() const { return query_.graph; }

  /// Whether the node is a step of a longer expression, and nothing else wants it.
  bool continues(NodeId id, const Family& family) const { return is_inside_[id.index] && uses_[id.index] == 1 && family_of(graph()[id].op) == &family; }

  bool is_neutral(NodeId id, const Family& family) const { return graph().is_constant(id) && graph().value(id) == family.neutral; }

  void flatten(NodeId id, const Family& family, bool inverse, std::vector<Term>& terms, uint32_t& operations) const {
    const Node& node = graph()[id];
    for (uint32_t i = 0; i < 2; ++i) {
      const NodeId operand = node.operand[i];
      const bool inverted = inverse != (i == 1 && node.op == family.inverse && family.op != family.inverse);
      if (is_neutral(operand, family)) continue;
      if (continues(operand, family)) flatten(operand, family, inverted, terms, operations);
      else terms.push_back({operand, inverted, varies_within_run(query_, operand)});
    }
    operations += is_neutral(node.operand[0], family) || is_neutral(node.operand[1], family) ? 0 : 1;
  }

  std::string name(NodeId id) const {
    const Node& node = graph()[id];
    if (node.op == Op::constant) return fmt::format("{}", node.value);
    if (node.op == Op::axis && node.number < query_.sweep.axes.size()) return query_.sweep.axes[node.number].title;
    return fmt::format("%{}", number_[id.index]);
  }

  /// As it stands, from left to right.
  std::string written(NodeId id, const Family& family) const {
    const Node& node = graph()[id];
    const auto part = [&](NodeId operand, bool bracketed) {
      if (!continues(operand, family)) return name(operand);
      const std::string text = written(operand, family);
      return bracketed ? "(" + text + ")" : text;
    };
    if (family.op == family.inverse) return fmt::format("{}({}, {})", text(family.op), part(node.operand[0], false), part(node.operand[1], false));
    return fmt::format("{} {} {}", part(node.operand[0], false), text(node.op), part(node.operand[1], true));
  }

  /// Joined by the family's operation, those that are inverse behind the others. All that is inverse: joined by the operation itself.
  std::string joined(const std::vector<Term>& terms, const Family& family) const {
    std::string out;
    const bool all_inverse = std::all_of(terms.begin(), terms.end(), [](const Term& term) { return term.inverse; });
    for (bool inverse : {false, true}) {
      for (const Term& term : terms) {
        if (term.inverse != inverse) continue;
        if (!out.empty()) out += fmt::format(" {} ", text(inverse && !all_inverse ? family.inverse : family.op));
        out += name(term.node);
      }
    }
    return terms.size() > 1 ? "(" + out + ")" : out;
  }

  /// What does not vary first, in brackets; then one operation for each term that varies.
  std::string regrouped(const std::vector<Term>& terms, const Family& family) const {
    std::vector<Term> fixed, varying;
    for (const Term& term : terms) (term.varies ? varying : fixed).push_back(term);
    if (family.op == family.inverse) {
      std::string out;
      for (const Term& term : fixed) out += (out.empty() ? "" : ", ") + name(term.node);
      out = fmt::format("{}({})", text(family.op), out);
      for (const Term& term : varying) out = fmt::format("{}({}, {})", text(family.op), out, name(term.node));
      return out;
    }
    std::stable_sort(varying.begin(), varying.end(), [](const Term& a, const Term& b) { return !a.inverse && b.inverse; });
    const bool fixed_divides = std::all_of(fixed.begin(), fixed.end(), [](const Term& term) { return term.inverse; });
    std::string out = fixed_divides ? "" : joined(fixed, family);
    for (const Term& term : varying) out += (out.empty() ? "" : fmt::format(" {} ", text(term.inverse ? family.inverse : family.op))) + name(term.node);
    return fixed_divides ? fmt::format("{} {} {}", out, text(family.inverse), joined(fixed, family)) : out;
  }

  const Query& query_;
  std::vector<uint32_t> number_;
  std::vector<bool> is_inside_, is_part_;
  std::vector<uint32_t> uses_;
};

void note_groupings(const Query& query, const std::vector<Plan>& plans, std::vector<std::string>& lines) {
  std::set<NodeId> seen;   // shapes share nodes
  for (uint32_t shape = 0; shape < plans.size(); ++shape) {
    const Groupings groupings(query, plans[shape], query.shapes[shape].roots[0]);
    for (NodeId id : plans[shape].inside) {
      const std::string line = groupings.note(id);
      if (!line.empty() && seen.insert(id).second) lines.push_back(line + (plans.size() > 1 ? fmt::format(" (shape {})", shape) : ""));
    }
  }
}

}  // namespace

std::vector<std::string> notes(const Query& query, const std::vector<Plan>& plans) {
  std::vector<std::string> lines;
  note_axes(query, lines);
  note_columns(query, lines);
  note_groupings(query, plans, lines);
  return lines;
}

}  // namespace llmsys
