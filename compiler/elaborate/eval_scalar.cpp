// Numbers with presence: every operation is strict but those that choose.
#include <cmath>

#include "compiler/elaborate/evaluator.h"

namespace llmsys {

Evaluator::Evaluator(const Program& program, Graph& graph, DiagSink& sink, Trace* trace)
    : program_(program), syntax_(*program.syntax), graph_(graph), sink_(sink), trace_(trace), zero_(graph.constant(0)) {}

Value Evaluator::apply(Op op, const Value& a, const Value& b) {
  if (a.failed() || b.failed()) return {};
  NodeId reason = first_reason(a.reason, b.reason);
  if (a.tag == Value::Tag::absent || b.tag == Value::Tag::absent) return absent(reason);
  Value result = scalar(operands(op) == 1 ? graph_.apply(op, a.node) : graph_.apply(op, a.node, b.node));
  result.reason = reason;
  return result;
}

Value Evaluator::divide(Op op, const Value& a, const Value& b, ExprId where) {
  Value result = apply(op, a, b);
  if (result.tag != Value::Tag::scalar) return result;
  if (graph_.is_constant(b.node) && graph_.value(b.node) != 0) return result;
  Span span = syntax_[where].span;
  std::string site = "`" + std::string(program_.sources->text(span)) + "` divides by zero";
  NodeId is_zero = graph_.apply(Op::equal, b.node, zero_);
  result.reason = first_reason(result.reason, graph_.apply(Op::select, is_zero, reason(site, {{.text = site}}, span), zero_));
  return result;
}

Value Evaluator::select(const Value& condition, const Value& yes, const Value& no) {
  if (condition.failed() || yes.failed() || no.failed()) return {};
  if (condition.tag == Value::Tag::absent) return condition;
  NodeId reason = first_reason(condition.reason, graph_.apply(Op::select, condition.node, yes.reason, no.reason));
  if (yes.tag == Value::Tag::absent && no.tag == Value::Tag::absent) return absent(reason);
  NodeId yes_node = yes.tag == Value::Tag::absent ? zero_ : yes.node;
  NodeId no_node = no.tag == Value::Tag::absent ? zero_ : no.node;
  Value result = scalar(graph_.apply(Op::select, condition.node, yes_node, no_node));
  result.reason = reason;
  return result;
}

// The left side is looked at first; where it decides, the right one is masked.
Value Evaluator::both(const Value& a, const Value& b) { return select(a, b, number(0)); }
Value Evaluator::either(const Value& a, const Value& b) { return select(a, number(1), b); }

Value Evaluator::otherwise(const Value& a, const Value& b, ExprId where) {
  if (a.failed() || b.failed()) return {};
  bool decided = graph_.is_constant(a.reason);
  if (decided) return graph_.value(a.reason) == 0 ? a : b;
  if (a.tag != Value::Tag::scalar || b.tag == Value::Tag::object || b.tag == Value::Tag::list) {
    const auto reason = known(scalar(a.reason), where);
    return reason ? *reason == 0 ? a : b : Value{};
  }
  Value present = scalar(graph_.apply(Op::equal, a.reason, zero_));
  Value plain = a;
  plain.reason = zero_;
  return select(present, plain, b);
}

Value Evaluator::guarded(NodeId reason, Value value) {
  if (!value.failed()) value.reason = first_reason(reason, value.reason);
  return value;
}

NodeId Evaluator::reason(std::string site, std::vector<TextPiece> pieces, Span span) {
  std::vector<uint32_t> nodes;
  for (const TextPiece& piece : pieces) nodes.push_back(piece.node ? piece.node->index : 0);
  auto [place, is_new] = reason_ids_.try_emplace({span, site, std::move(nodes)}, static_cast<uint32_t>(reasons_.size()));
  if (is_new) {
    ReasonInfo info{std::move(site), std::move(pieces), span, {}};
    size_t first = stack_.size() > 6 ? stack_.size() - 6 : 0;
    for (size_t i = first; i < stack_.size(); ++i)
      if (stack_[i].span != span) info.chain.push_back({stack_[i].span, "needed by `" + std::string(stack_[i].name) + "`"});
    reasons_.push_back(std::move(info));
  }
  return graph_.constant(place->second + 1.0);
}

NodeId Evaluator::reason_of(const ast::Text& text, const Env& env, Span span) {
  std::string site;
  for (const ast::Piece& piece : text.pieces) {
    if (!piece.value) {
      site += piece.text;
      continue;
    }
    Span whole = syntax_[*piece.value].span;
    if (piece.unit) whole = join(whole, syntax_[*piece.unit].span);
    site += "{" + std::string(program_.sources->text(whole)) + "}";
  }
  return reason(site, pieces(text, env), span);
}

Value Evaluator::check_slot(Value value, TypeId slot_id, std::string_view name, Span span) {
  const Type& type = program_.types[slot_id];
  if (value.tag == Value::Tag::list && type.tag == Type::Tag::list && program_.types[type.element].count) return check_counts(std::move(value), type.element, name, span);
  if (value.tag != Value::Tag::scalar || type.tag != Type::Tag::quantity || !type.count) return value;
  NodeId is_count = graph_.apply(Op::is_count, value.node);
  if (graph_.is_constant(is_count) && graph_.value(is_count) != 0) return value;
  std::vector<TextPiece> pieces = {{.text = "`" + std::string(name) + "` must be a whole number from 0 to 2^53, found "}, {.node = value.node, .type = slot_id, .units = {{}}}};
  NodeId why = reason("`" + std::string(name) + "` must be a whole number from 0 to 2^53", std::move(pieces), span);
  value.reason = first_reason(value.reason, graph_.apply(Op::select, is_count, zero_, why));
  return value;
}

Value Evaluator::check_counts(Value value, TypeId element_type, std::string_view name, Span span) {
  const ListValue& list_value = *value.list;
  auto whole = [](double x) { return x >= 0 && x <= 9007199254740992.0 && x == std::floor(x); };
  if (list_value.is_range && whole(list_value.start) && whole(list_value.step)) return value;
  if (list_value.size() > max_list || !fuel(list_value.size(), span)) return value;
  std::vector<Value> elements;
  for (uint64_t i = 0; i < list_value.size(); ++i) elements.push_back(check_slot(*element(value, i), element_type, name, span));
  return guarded(value.reason, list(std::move(elements)));
}

NodeId Evaluator::finite_reason(const Value& value, TypeId type, std::string_view what, Span span) {
  if (value.tag != Value::Tag::scalar || program_.types[type].tag != Type::Tag::quantity) return value.reason;
  NodeId finite = graph_.apply(Op::is_finite, value.node);
  if (graph_.is_constant(finite) && graph_.value(finite) != 0) return value.reason;
  std::string site = "`" + std::string(what) + "` is not a finite number";
  return first_reason(value.reason, graph_.apply(Op::select, finite, zero_, reason(site, {{.text = site}}, span)));
}

std::optional<double> Evaluator::known(const Value& value, ExprId where) {
  if (value.tag != Value::Tag::scalar) return {};
  if (graph_.is_constant(value.node) && graph_.is_constant(value.reason)) {
    if (graph_.value(value.reason) != 0) return {};
    return graph_.value(value.node);
  }
  if (stand_in_) {
    const NodeId node = replaced(graph_, value.node, *stand_in_), reason = replaced(graph_, value.reason, *stand_in_);
    if (graph_.is_constant(node) && graph_.is_constant(reason)) return graph_.value(reason) == 0 ? std::optional(graph_.value(node)) : std::nullopt;
  }
  AxisMask axes = graph_[value.node].axes | graph_[value.reason].axes;
  if (axes == 0 && !stopped_) {
    sink_.add({Code::bad_placement, syntax_[where].span, "a result of `summarise` can't decide this: it is not known before the sweep has run", "must be known beforehand"});
    stopped_ = true;
  }
  needed_ |= axes;
  return {};
}

}  // namespace llmsys
