#include "compiler/explain/derive.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <set>

#include "compiler/elaborate/evaluator.h"
#include "compiler/explain/row_locals.h"
#include "compiler/explain/values.h"
#include "compiler/explain/written.h"
#include "compiler/sema/dimension_variables.h"

namespace llmsys {

namespace {

using Parts = std::vector<Derivation>;

constexpr size_t most_elements = 12;    // of a list: beyond it, only the weightiest are told one by one

/// What a part is in the formula above it.
struct Mark {
  std::optional<double> share = {};
  bool scales = true;
  Derivation::Choice choice = Derivation::Choice::none;
};

/// Where the value of a path comes from.
struct Definition {
  std::optional<StepId> step;      // of what is named
  std::optional<StepId> formula;   // an expression; none of what is swept, read from data, or an element
  Known known = nullptr;           // around the formula
};

bool is_reduction(Builtin which) {
  switch (which) {
    case Builtin::sum:
    case Builtin::product:
    case Builtin::mean:
    case Builtin::min:
    case Builtin::max:
    case Builtin::count:
    case Builtin::any:
    case Builtin::all: return true;
    default: return false;
  }
}

class Deriver {
 public:
  Deriver(const Program& program, const Trace& trace, Evaluator& evaluator, const DeriveOptions& options)
      : program_(program), syntax_(*program.syntax), trace_(trace), evaluator_(evaluator), options_(options), values_(program, evaluator, options) {
    find_labels();
  }

  Derivation operator()(StepId step) {
    Derivation result = derive(step, on_one_line(program_, expr_id(step)), &none_, options_.depth, {});
    const Value& value = trace_[step].value;
    if (values_.is_number(value) && !std::isfinite(values_.number(value))) {   // as a report has it
      result.reason = "`" + result.name + "` is not a finite number";
      result.value = "absent";
    }
    return result;
  }

  std::vector<std::string> summaries;   // as they are written

 private:
  // --- steps -----------------------------------------------------------------------------------------------------------------

  ExprId expr_id(StepId step) const { return ExprId{trace_[step].of}; }
  const ast::Expr& expr(StepId step) const { return syntax_[expr_id(step)]; }
  Span span(StepId step) const { return expr(step).span; }
  std::vector<StepId> steps_of(StepId inside, ExprId id) const {
    std::vector<StepId> found;
    for (StepId step : trace_[inside].inside)
      if (trace_[step].what == Step::What::expression && trace_[step].of == id.index) found.push_back(step);
    return found;
  }

  bool is_literal(ExprId id) const {
    const Ref& ref = program_.ref(id);
    if (std::holds_alternative<ConstantRef>(ref) || std::holds_alternative<CaseRef>(ref) || std::holds_alternative<KindRef>(ref) || std::holds_alternative<EnumRef>(ref)) return true;
    if (program_.literal_lists.contains(id.index)) return true;
    return match(
        syntax_[id].node, [](const ast::Number&) { return true; }, [](const ast::Bool&) { return true; },
        [](const ast::Text& text) { return std::ranges::none_of(text.pieces, [](const ast::Piece& piece) { return piece.value.has_value(); }); },
        [&](const ast::Unary& node) { return is_literal(node.operand); },
        [&](const ast::List& list) { return std::ranges::all_of(list.elements, [&](ExprId one) { return is_literal(one); }); }, [](const auto&) { return false; });
  }

  /// Something with a name, or a call: its value is told below the formula that it stands in.
  bool is_path(ExprId id) const {
    return match(
        syntax_[id].node, [](const ast::NameRef&) { return true; }, [](const ast::SelfField&) { return true; }, [](const ast::Index&) { return true; },
        [&](const ast::Field& field) { return !std::holds_alternative<ast::LabelledChoice>(syntax_[field.base].node) && !std::holds_alternative<ast::ListChoice>(syntax_[field.base].node); },
        [&](const ast::Call& call) { return !std::holds_alternative<BuiltinRef>(program_.ref(call.callee)); }, [](const auto&) { return false; });
  }

  /// `sum(x for ...)`: the comprehension.
  const ast::Comprehension* reduced(ExprId id) const {
    const auto* call = std::get_if<ast::Call>(&syntax_[id].node);
    const auto* built_in = call ? std::get_if<BuiltinRef>(&program_.ref(call->callee)) : nullptr;
    if (!built_in || !is_reduction(built_in->builtin) || call->arguments.size() != 1) return nullptr;
    return std::get_if<ast::Comprehension>(&syntax_[call->arguments[0]].node);
  }

  Definition define(StepId step, Known known) {
    const auto* field = std::get_if<ast::Field>(&expr(step).node);
    if (field && std::holds_alternative<ChoicePart>(program_.ref(expr_id(step)))) {
      auto base = step_of(trace_, step, field->base);
      return base ? define(*base, known) : Definition{};
    }
    Definition result{.step = {}, .formula = {}, .known = &none_};
    for (StepId inside : trace_[step].inside)
      if (const Step::What what = trace_[inside].what; what != Step::What::expression && what != Step::What::guard && what != Step::What::requirement) result.step = inside;
    if (result.step) {
      const Step& named = trace_[*result.step];
      for (StepId inside : named.inside)
        if (trace_[inside].what == Step::What::expression && !result.formula) result.formula = inside;
      if (named.what == Step::What::call) result.known = enter_call(step, named, known);
      return result;
    }
    const bool is_local = std::holds_alternative<LocalRef>(program_.ref(expr_id(step)));
    if (!is_local || trace_[step].inside.empty()) return result;
    result.step = result.formula = trace_[step].inside.back();
    if (auto place = known_of_.find(result.step->index); place != known_of_.end()) result.known = place->second;
    return result;
  }

  /// What the dimension variables of the function are in this call; its arguments stand outside of it.
  Known enter_call(StepId step, const Step& called, Known outside) {
    const FunctionInfo& function = program_[FunctionId{called.of}];
    const auto* call = std::get_if<ast::Call>(&expr(step).node);
    if (!call) return &none_;
    KnownDimensions known;
    for (size_t i = 0; i < call->arguments.size(); ++i) {
      for (StepId argument : steps_of(step, call->arguments[i])) known_of_[argument.index] = outside;
      const Type &param = program_.types[function.params[i]], &given = program_.types[program_.type(call->arguments[i])];
      if (param.tag == Type::Tag::quantity && given.tag == Type::Tag::quantity) infer(param.dimension, substitute(given.dimension, *outside), known);
    }
    if (function.dimensions.empty()) return &none_;
    return &contexts_.emplace_back(std::move(known));
  }

  // --- what is known of a name -----------------------------------------------------------------------------------------------

  /// Fields that stand as entries of a choice by another name than their own, by kind and slot.
  void find_labels() {
    for (uint32_t kind = 0; kind < program_.kinds.size(); ++kind)
      for (const Binding& binding : program_.kinds[kind].bindings) {
        const auto* field = std::get_if<ast::Field>(&syntax_[binding.value].node);
        const auto* choice = std::get_if<ast::LabelledChoice>(&syntax_[field ? field->base : binding.value].node);
        for (size_t i = 0; choice && i < choice->entries.size(); ++i)
          if (const auto* own = std::get_if<OwnField>(&program_.ref(choice->entries[i].value))) labels_[{kind, own->slot}] = choice->entries[i].label.text;
      }
  }

  void describe(Derivation& to, StepId step) const {
    const Step& named = trace_[step];
    const auto set_source = [&](const std::optional<ast::PlainText>& source) {
      if (source) to.source = source->text;
    };
    switch (named.what) {
      case Step::What::global: {
        const ast::Decl& decl = syntax_[DeclId{named.of}];
        to.doc = decl.doc;
        if (const auto* let = std::get_if<ast::Let>(&decl.node)) set_source(let->source);
        break;
      }
      case Step::What::field: {
        const Type& type = program_.types[evaluator_.object(ObjectId{named.owner}).type];
        if (named.source) to.source = named.source->text;
        if (type.tag != Type::Tag::record) break;
        if (const ast::FieldDecl* decl = program_[type.kind].fields[named.of].decl) to.doc = decl->doc;
        for (std::optional<KindId> kind = type.kind; kind && to.label.empty(); kind = program_[*kind].parent)
          if (auto place = labels_.find({kind->index, named.of}); place != labels_.end()) to.label = place->second;
        break;
      }
      case Step::What::entry:
        if (const ast::FieldDecl* decl = program_[EnumId{named.owner}].fields[named.of].decl) to.doc = decl->doc;
        if (named.source) to.source = named.source->text;
        to.note = program_[EnumId{named.owner}].cases[named.index].name.text;
        break;
      case Step::What::call: to.doc = program_[FunctionId{named.of}].ast->doc; break;
      case Step::What::swept: to.note = "swept"; break;
      case Step::What::summary: to.note = summaries[named.of]; break;
      default: break;
    }
  }

  /// `rate[t]`: which one that is.
  void note_index(Derivation& to, StepId step) const {
    const auto* index = std::get_if<ast::Index>(&expr(step).node);
    if (!index || is_literal(index->index)) return;
    auto at = step_of(trace_, step, index->index);
    if (at && values_.is_number(trace_[*at].value)) to.note = values_.told(trace_[*at].value, program_.type(index->index), &none_);
  }

  // --- the tree --------------------------------------------------------------------------------------------------------------

  bool is_folded(const Derivation& node, uint32_t depth) const {
    if (depth == 0) return true;
    if (options_.all || !node.reason.empty()) return false;
    return node.choice == Derivation::Choice::beaten || (node.share && *node.share < options_.least_share);
  }

  Derivation derive(StepId step, std::string name, Known known, uint32_t depth, Mark mark) {
    Derivation node{.name = std::move(name), .share = mark.share, .scales = mark.scales, .choice = mark.choice};
    const Value& value = trace_[step].value;
    values_.set_value(node, value, program_.type(expr_id(step)), known);
    StepId formula = step;
    if (is_path(expr_id(step))) {
      note_index(node, step);
      if (auto broken = values_.code(value) != 0 ? broken_requirement(step, values_.code(value), depth) : std::nullopt) {
        node.parts.push_back(std::move(*broken));
        return node;
      }
      const Definition definition = define(step, known);
      if (definition.step) describe(node, *definition.step);
      if (!definition.formula) return node;
      formula = *definition.formula;
      known = definition.known;
      // An argument that is called as the parameter is: the same again.
      if (is_path(expr_id(formula)) && !is_literal(expr_id(formula)) && on_one_line(program_, expr_id(formula)) == node.name) return derive(formula, std::move(node.name), known, depth, mark);
      set_place(node, formula);
      if (is_literal(expr_id(formula))) {
        set_formula(node, formula);
        return node;
      }
      node.above = done_.contains(definition.step->index);
      node.folded = !node.above && is_folded(node, depth);
      if (node.above || node.folded) return node;
      done_.insert(definition.step->index);
      set_formula(node, formula);
    } else {
      set_place(node, formula);
      node.folded = !is_literal(expr_id(step)) && is_folded(node, depth);
      if (node.folded) return node;
      set_formula(node, formula);
      if (node.formula == node.name) node.formula.clear();
    }
    node.parts = parts_of(formula, known, depth - 1);
    return node;
  }

  void set_formula(Derivation& node, StepId formula) const {
    node.formula = written(program_, trace_, formula);
    if (node.formula == node.value) node.formula.clear();
  }

  void set_place(Derivation& node, StepId formula) const {
    const Span where = span(formula);
    node.file = program_.sources->name(where.source);
    node.line = program_.sources->position(where.source, where.begin).line;
  }

  /// The requirement that makes a value absent which is read from outside, with its two sides.
  std::optional<Derivation> broken_requirement(StepId step, uint32_t reason, uint32_t depth) {
    for (StepId inside : trace_[step].inside) {
      if (trace_[inside].what == Step::What::expression && is_path(expr_id(inside))) {
        if (auto found = broken_requirement(inside, reason, depth)) return found;
        continue;
      }
      if (trace_[inside].what != Step::What::guard || values_.code(trace_[inside].value) != reason) continue;
      for (StepId required : trace_[inside].inside)
        if (trace_[required].what == Step::What::requirement && values_.code(trace_[required].value) == reason) return requirement(required, depth);
    }
    return {};
  }

  Derivation requirement(StepId required, uint32_t depth) {
    Derivation node{.name = "require"};
    for (StepId condition : trace_[required].inside) {
      if (trace_[condition].what != Step::What::expression || trace_[condition].of != trace_[required].of) continue;
      set_place(node, condition);
      values_.set_value(node, trace_[condition].value, program_.types.boolean(), &none_);
      node.formula = written(program_, trace_, condition);
      node.folded = !done_.insert(required.index).second;
      if (!node.folded) node.parts = parts_of(condition, &none_, std::max(depth, 1u) - 1);
      break;
    }
    return node;
  }

  Parts parts_of(StepId formula, Known known, uint32_t depth) {
    Parts parts;
    if (const auto* comprehension = reduced(expr_id(formula))) {
      const auto& call = std::get<ast::Call>(expr(formula).node);
      if (auto list = step_of(trace_, formula, call.arguments[0])) elements(*list, *comprehension, std::get<BuiltinRef>(program_.ref(call.callee)).builtin, known, depth, parts);
    } else if (const auto* list = std::get_if<ast::Comprehension>(&expr(formula).node)) {
      elements(formula, *list, {}, known, depth, parts);
    } else {
      collect(formula, known, depth, {}, parts);
    }
    return parts;
  }

  void add(Derivation part, Parts& parts) {
    for (Derivation& other : parts)
      if (other.name == part.name) {
        if (other.share && part.share) *other.share += *part.share;   // the same, twice a term
        return;
      }
    parts.push_back(std::move(part));
  }

  static bool is_told(const Value& value) { return value.tag == Value::Tag::scalar || value.tag == Value::Tag::absent || value.tag == Value::Tag::list || value.tag == Value::Tag::choice; }

  void add_path(StepId step, Known known, uint32_t depth, Mark mark, Parts& parts) {
    const Value& value = trace_[step].value;
    if (!is_told(value) || (value.tag == Value::Tag::list && value.list->size() > 0 && !value.list->is_range && !is_told(value.list->elements[0]))) return;
    add(derive(step, on_one_line(program_, expr_id(step)), known, depth, mark), parts);
  }

  /// The parts of a formula, from left to right.
  void collect(StepId step, Known known, uint32_t depth, Mark mark, Parts& parts) {
    const ExprId id = expr_id(step);
    if (is_literal(id)) return;
    if (is_path(id)) return add_path(step, known, depth, mark, parts);
    if (reduced(id) || std::holds_alternative<ast::Comprehension>(expr(step).node)) return add(derive(step, on_one_line(program_, expr_id(step)), known, depth, mark), parts);
    const auto inside = [&](ExprId expr, Mark with) {
      if (auto below = step_of(trace_, step, expr)) collect(*below, known, depth, with, parts);
    };
    const Mark unscaled{.scales = false};
    match(
        expr(step).node, [&](const ast::Binary& node) { collect_binary(step, node, known, depth, mark, parts); },
        [&](const ast::If& node) {
          inside(node.condition, unscaled);
          inside(node.yes, mark);
          inside(node.no, mark);
        },
        [&](const ast::Match& node) {
          inside(node.subject, unscaled);
          for (const ast::MatchArm& arm : node.arms) inside(arm.value, mark);
        },
        [&](const ast::Call& node) {
          const Builtin which = std::get<BuiltinRef>(program_.ref(node.callee)).builtin;
          const bool is_choice = (which == Builtin::max || which == Builtin::min) && node.arguments.size() > 1;
          if (is_choice) return choose(step, node.arguments, which == Builtin::max, known, depth, mark, parts);
          for (ExprId argument : node.arguments) inside(argument, unscaled);
        },
        [&](const ast::LabelledChoice& node) {
          std::vector<ExprId> entries;
          for (const ast::Entry& entry : node.entries) entries.push_back(entry.value);
          choose(step, entries, node.op == ast::ChoiceOp::largest, known, depth, mark, parts);
        },
        [&](const ast::ListChoice& node) {
          if (node.key) keys(step, node, known, depth, parts);
          else inside(node.list, unscaled);
        },
        [&](const ast::Unary& node) { inside(node.operand, mark); },
        [&](const auto&) {
          for (StepId below : trace_[step].inside)
            if (trace_[below].what == Step::What::expression && !std::holds_alternative<ast::Amend>(expr(step).node)) collect(below, known, depth, unscaled, parts);
        });
  }

  void collect_binary(StepId step, const ast::Binary& node, Known known, uint32_t depth, Mark mark, Parts& parts) {
    if (node.op == ast::BinaryOp::add && trace_[step].value.tag == Value::Tag::scalar) {
      std::vector<StepId> terms;
      flatten(step, terms);
      const bool all_there = std::ranges::all_of(terms, [&](StepId one) { return values_.is_number(trace_[one].value) && values_.number(trace_[one].value) >= 0; });
      const double total = all_there ? values_.number(trace_[step].value) : 0;
      for (StepId one : terms) {
        Mark of_term{.scales = mark.scales};
        if (total > 0 && std::isfinite(total)) of_term.share = values_.number(trace_[one].value) / total * mark.share.value_or(1);
        term(one, known, depth, of_term, parts);
      }
      return;
    }
    Mark left = mark, right{.scales = false};
    if (node.op == ast::BinaryOp::multiply) right.scales = left.scales = mark.scales;
    else if (node.op != ast::BinaryOp::divide && node.op != ast::BinaryOp::otherwise) left.scales = false;
    if (node.op == ast::BinaryOp::otherwise) right.scales = mark.scales;
    left.share = right.share = {};
    left.choice = right.choice = Derivation::Choice::none;
    if (auto below = step_of(trace_, step, node.left)) collect(*below, known, depth, left, parts);
    if (auto below = step_of(trace_, step, node.right)) collect(*below, known, depth, right, parts);
  }

  void flatten(StepId step, std::vector<StepId>& terms) const {
    const auto* node = std::get_if<ast::Binary>(&expr(step).node);
    const bool is_sum = node && node->op == ast::BinaryOp::add && !is_literal(expr_id(step));
    if (!is_sum) return terms.push_back(step);
    for (ExprId side : {node->left, node->right})
      if (auto below = step_of(trace_, step, side)) flatten(*below, terms);
  }

  /// A term of a sum, or a side of a choice: a part of its own, unless it is a choice itself.
  void term(StepId step, Known known, uint32_t depth, Mark mark, Parts& parts) {
    const ExprId id = expr_id(step);
    const bool is_choice = match(
        syntax_[id].node, [](const ast::If&) { return true; }, [](const ast::Match&) { return true; },
        [&](const ast::Call& call) {
          const auto* which = std::get_if<BuiltinRef>(&program_.ref(call.callee));
          return which && (which->builtin == Builtin::max || which->builtin == Builtin::min) && call.arguments.size() > 1;
        },
        [](const auto&) { return false; });
    if (is_literal(id)) return;
    if (is_choice || is_path(id)) return collect(step, known, depth, mark, parts);
    add(derive(step, written(program_, trace_, step), known, depth, mark), parts);
  }

  void choose(StepId step, const std::vector<ExprId>& sides, bool largest, Known known, uint32_t depth, Mark mark, Parts& parts) {
    std::vector<StepId> steps;
    for (ExprId side : sides)
      if (auto below = step_of(trace_, step, side)) steps.push_back(*below);
    const std::optional<size_t> best = best_of(steps, largest);
    for (size_t i = 0; i < steps.size(); ++i) {
      Mark side = choice_of(i, best, largest);
      side.scales = mark.scales;
      if (i == best) side.share = mark.share;
      term(steps[i], known, depth, side, parts);
    }
  }

  /// The first among equal ones.
  std::optional<size_t> best_of(const std::vector<StepId>& steps, bool largest) const {
    std::optional<size_t> best;
    for (size_t i = 0; i < steps.size(); ++i) {
      const Value& value = trace_[steps[i]].value;
      if (!values_.is_number(value)) continue;
      if (!best || (largest ? values_.number(trace_[steps[*best]].value) < values_.number(value) : values_.number(value) < values_.number(trace_[steps[*best]].value))) best = i;
    }
    return best;
  }

  static Mark choice_of(size_t i, std::optional<size_t> best, bool largest) {
    if (i != best) return {.choice = Derivation::Choice::beaten};
    return {.choice = largest ? Derivation::Choice::largest : Derivation::Choice::smallest};
  }

  // --- lists -----------------------------------------------------------------------------------------------------------------

  void elements(StepId list, const ast::Comprehension& node, std::optional<Builtin> reduced_by, Known known, uint32_t depth, Parts& parts) {
    const std::vector<StepId> bodies = steps_of(list, node.body);
    if (!bodies.empty() && !is_told(trace_[bodies[0]].value)) return;
    std::vector<Mark> marks(bodies.size());
    double total = 0;
    bool has_shares = reduced_by == Builtin::sum;
    for (StepId one : bodies) {
      has_shares = has_shares && values_.is_number(trace_[one].value) && values_.number(trace_[one].value) >= 0;
      if (has_shares) total += values_.number(trace_[one].value);
    }
    const bool is_choice = reduced_by == Builtin::max || reduced_by == Builtin::min;
    const std::optional<size_t> best = is_choice ? best_of(bodies, reduced_by == Builtin::max) : std::nullopt;
    for (size_t i = 0; i < bodies.size(); ++i) {
      if (is_choice) marks[i] = choice_of(i, best, reduced_by == Builtin::max);
      if (has_shares && total > 0 && std::isfinite(total)) marks[i].share = values_.number(trace_[bodies[i]].value) / total;
    }
    add_elements(bodies, marks, reduced_by, known, depth, parts);
  }

  void add_elements(const std::vector<StepId>& steps, const std::vector<Mark>& marks, std::optional<Builtin> reduced_by, Known known, uint32_t depth, Parts& parts) {
    std::vector<size_t> order(steps.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    size_t shown = order.size();
    if (!options_.all && shown > most_elements) {
      shown = most_elements - 4;
      const auto weight = [&](size_t i) { return marks[i].share.value_or(marks[i].choice == Derivation::Choice::largest || marks[i].choice == Derivation::Choice::smallest ? 1 : 0); };
      std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return weight(a) > weight(b); });
      std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown));
    }
    for (size_t at = 0; at < shown; ++at) {
      const size_t i = order[at];
      parts.push_back(derive_element(steps[i], "[" + std::to_string(i) + "]", known, depth, marks[i]));
    }
    if (shown < order.size()) parts.push_back(others(steps, {order.begin() + static_cast<std::ptrdiff_t>(shown), order.end()}, marks, reduced_by, known));
  }

  /// Its formula is told although the one above has it, since a choice in it may fall otherwise for each element.
  Derivation derive_element(StepId step, std::string name, Known known, uint32_t depth, Mark mark) {
    Derivation node{.name = std::move(name), .share = mark.share, .choice = mark.choice};
    values_.set_value(node, trace_[step].value, program_.type(expr_id(step)), known);
    set_place(node, step);
    node.folded = !is_literal(expr_id(step)) && is_folded(node, depth);
    if (node.folded) return node;
    set_formula(node, step);
    node.parts = parts_of(step, known, depth - 1);
    return node;
  }

  /// What is left, reduced in the same way.
  Derivation others(const std::vector<StepId>& steps, const std::vector<size_t>& left, const std::vector<Mark>& marks, std::optional<Builtin> reduced_by, Known known) {
    Derivation node{.name = "[" + std::to_string(left.size()) + " others]", .value = "..."};
    double all = reduced_by == Builtin::product ? 1 : 0;
    bool is_first = true;
    for (size_t i : left) {
      const Value& value = trace_[steps[i]].value;
      if (!reduced_by || !values_.is_number(value)) {
        if (reduced_by == Builtin::min || reduced_by == Builtin::max) continue;
        return node;
      }
      const double one = values_.number(value);
      switch (*reduced_by) {
        case Builtin::product: all *= one; break;
        case Builtin::max: all = is_first ? one : std::max(all, one); break;
        case Builtin::min: all = is_first ? one : std::min(all, one); break;
        case Builtin::any: all = all != 0 || one != 0; break;
        case Builtin::all: all = (is_first || all != 0) && one != 0; break;
        default: all += one;
      }
      is_first = false;
    }
    if (is_first) return node;
    const bool is_count = reduced_by == Builtin::count;
    values_.set_value(node, evaluator_.number(all), is_count ? program_.types.real() : program_.type(expr_id(steps[0])), known);
    for (size_t i : left)
      if (marks[i].share) node.share = node.share.value_or(0) + *marks[i].share;
    return node;
  }

  void keys(StepId step, const ast::ListChoice& node, Known known, uint32_t depth, Parts& parts) {
    const std::vector<StepId> steps = steps_of(step, *node.key);
    const bool largest = node.op == ast::ChoiceOp::largest;
    std::vector<Mark> marks(steps.size());
    const std::optional<size_t> best = best_of(steps, largest);
    for (size_t i = 0; i < steps.size() && node.op != ast::ChoiceOp::sort; ++i) marks[i] = choice_of(i, best, largest);
    add_elements(steps, marks, largest ? Builtin::max : Builtin::min, known, depth, parts);
  }

  const Program& program_;
  const Syntax& syntax_;
  const Trace& trace_;
  Evaluator& evaluator_;
  const DeriveOptions& options_;
  const Values values_;
  const KnownDimensions none_;
  std::deque<KnownDimensions> contexts_;
  std::unordered_map<uint32_t, Known> known_of_;                          // by step of an argument
  std::set<uint32_t> done_;                                               // steps that were taken apart
  std::map<std::pair<uint32_t, uint32_t>, std::string_view> labels_;
};

/// One expression in a fresh trace position; nothing if it failed.
std::optional<StepId> traced(Trace& trace, Evaluator& evaluator, ExprId expr, const Env& env) {
  const StepId step{static_cast<uint32_t>(trace.size())};
  return evaluator.eval(expr, env).failed() ? std::nullopt : std::optional(step);
}

/// False, and a diagnostic, if it is not one value or a list of such.
bool can_be_explained(const Program& program, ExprId expr, DiagSink& sink) {
  const Type* type = &program.types[program.type(expr)];
  if (type->tag == Type::Tag::list) type = &program.types[type->element];
  if (type->tag != Type::Tag::record && type->tag != Type::Tag::per) return true;
  const std::string what = program.describe(program.type(expr));
  Diagnostic diagnostic{Code::wrong_type, (*program.syntax)[expr].span, "one value is explained, found the whole of `" + what + "`", "this is `" + what + "`", {}, {}, "ask for one of its fields"};
  sink.add(std::move(diagnostic));
  return false;
}

}  // namespace

std::optional<Explanation> explain_expression(const Program& program, ExprId expr, const DeriveOptions& options, DiagSink& sink) {
  if (!can_be_explained(program, expr, sink)) return {};
  Graph graph;
  Trace trace;
  Evaluator evaluator(program, graph, sink, &trace);
  auto step = traced(trace, evaluator, expr, {.self = {}, .made = {}, .locals = std::make_shared<std::vector<Value>>()});
  if (!step) return {};
  evaluator.stop_tracing();   // what the words for values still evaluate is no part of it
  return Explanation{.values = {Deriver(program, trace, evaluator, options)(*step)}};
}

std::optional<Explanation> explain_row(const Program& program, const StudyRow& row, std::optional<ExprId> expr, const DeriveOptions& options, DiagSink& sink) {
  if (expr && !can_be_explained(program, *expr, sink)) return {};
  const auto& study = std::get<ast::Study>((*program.syntax)[program.studies[row.study].decl].node);
  Graph graph;
  Trace trace;
  Evaluator evaluator(program, graph, sink, &trace);
  RowLocals locals(program, trace, evaluator, row);
  if (!locals.read()) return {};
  const Env env = locals.env();
  const bool finds_reason = !expr && !row.reason.empty();
  std::vector<StepId> steps;
  for (ExprId one : expr ? std::vector<ExprId>{*expr} : finds_reason ? asked_of_rows(study) : shown_by(study)) {
    auto step = traced(trace, evaluator, one, env);
    if (!step) return {};
    const Value& value = trace[*step].value;
    const bool is_there = value.tag == Value::Tag::scalar && graph.value(value.reason) == 0 && std::isfinite(graph.value(value.node));
    if (finds_reason && is_there) continue;
    steps.push_back(*step);
    if (finds_reason) break;
  }
  evaluator.stop_tracing();
  Deriver derive(program, trace, evaluator, options);
  derive.summaries = std::move(locals.summaries);
  Explanation result{.study = std::string(study.name.text), .swept = std::move(locals.swept)};
  for (StepId step : steps) result.values.push_back(derive(step));
  return result;
}

}  // namespace llmsys
