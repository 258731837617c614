// Expressions to Values, one function for each construct.
#include <algorithm>
#include <cmath>

#include "compiler/elaborate/evaluator.h"

namespace llmsys {

bool Evaluator::fuel(uint64_t steps, Span span) {
  steps_ += steps;
  // Nodes count as well: one step may make many, and they stay in memory.
  if (steps_ + graph_.size() <= elaboration_fuel || stopped_) return !stopped_;
  stopped_ = true;
  Diagnostic diagnostic{Code::out_of_fuel, stack_.empty() ? span : stack_.back().span, "elaboration took more than " + std::to_string(elaboration_fuel) + " steps", "still busy with this"};
  if (!stack_.empty()) diagnostic.label = "still busy with `" + std::string(stack_.back().name) + "`";
  diagnostic.help = "use a range as an axis, a count instead of a long list, or fewer elements";
  sink_.add(std::move(diagnostic));
  return false;
}

Value Evaluator::too_deep(Span span) {
  if (!stopped_) sink_.add({Code::out_of_fuel, span, "this value needs more than 10000 others, each inside of the one before", "nested too deeply"});
  stopped_ = true;
  return {};
}

Value Evaluator::eval(ExprId id, const Env& env) {
  const ast::Expr& expr = syntax_[id];
  if (!fuel(1, expr.span)) return {};
  if (depth_ > 40'000) return too_deep(expr.span);
  ++depth_;
  Traced traced(trace_, [&] { return Step{.of = id.index}; });
  Value result = match(
      expr.node, [&](const ast::Number&) { return eval_name(id, env); }, [&](const ast::Bool& node) { return number(node.value ? 1 : 0); },
      [&](const ast::Text& node) { return eval_text(id, node, env); },
      [&](const ast::NameRef&) { return eval_name(id, env); },
      [&](const ast::SelfField&) {
        // In `by .cost` the dot is of the element.
        return std::holds_alternative<MadeField>(program_.ref(id)) ? eval_name(id, env) : member(id, (*env.locals)[program_.element_locals.at(id.index)], env);
      },
      [&](const ast::Field& node) { return eval_field(id, node, env); }, [&](const ast::Index& node) { return eval_index(node, env); },
      [&](const ast::Call& node) { return eval_call(id, node, env); },
      [&](const ast::Amend& node) {
        auto braces = program_.braces.find(id.index);
        return amend(eval(node.base, env), braces->second, env, expr.span, "");
      },
      [&](const ast::Unary& node) {
        Value operand = eval(node.operand, env);
        return apply(node.op == ast::UnaryOp::minus ? Op::negate : Op::invert, operand);
      },
      [&](const ast::Binary& node) { return eval_binary(id, node, env); }, [&](const ast::If& node) { return eval_if(node, env); },
      [&](const ast::Match& node) { return eval_match(node, env); },
      [&](const ast::List& node) {
        std::vector<Value> elements;
        for (ExprId element : node.elements) {
          elements.push_back(eval(element, env));
          if (elements.back().failed()) return Value{};
        }
        return list(std::move(elements));
      },
      [&](const ast::Range& node) { return eval_range(id, node, env); }, [&](const ast::Comprehension& node) { return eval_comprehension(node, env); },
      [&](const ast::LabelledChoice& node) { return eval_labelled_choice(id, node, env); },
      [&](const ast::ListChoice& node) { return eval_list_choice(id, node, env); },
      [&](const ast::Absent& node) {
        const auto* text = std::get_if<ast::Text>(&syntax_[node.reason].node);
        return text ? absent(reason_of(*text, env, expr.span)) : Value{};
      },
      [&](const ast::Data&) { return eval_data(id); }, [&](const ast::Bad&) { return Value{}; });
  --depth_;
  return traced.leave(std::move(result));
}

Value Evaluator::eval_name(ExprId id, const Env& env) {
  return match(
      program_.ref(id), [&](const LocalRef& local) {
        if (trace_ != nullptr) trace_->see_local(env.locals, local.slot);
        return (*env.locals)[local.slot];
      },
      [&](const OwnField& field) { return slot(*env.self, field.slot); },
      [&](const MadeField& field) { return slot(*env.made, field.slot); }, [&](const GlobalRef& ref) { return global(ref.decl); },
      [&](const KindRef&) { return make(program_.type(id), "", syntax_[id].span); },
      [&](const EnumRef& ref) {
        std::vector<Value> cases;
        for (size_t i = 0; i < program_[ref.enumeration].cases.size(); ++i) cases.push_back(number(static_cast<double>(i)));
        return list(std::move(cases));
      },
      [&](const CaseRef& one) { return number(one.index); }, [&](const ConstantRef& constant) { return number(constant.value); },
      [](const auto&) { return Value{}; });
}

Value Evaluator::eval_field(ExprId id, const ast::Field& node, const Env& env) {
  const Ref& ref = program_.ref(id);
  bool named = std::holds_alternative<GlobalRef>(ref) || std::holds_alternative<KindRef>(ref) || std::holds_alternative<EnumRef>(ref) || std::holds_alternative<CaseRef>(ref);
  return named ? eval_name(id, env) : member(id, eval(node.base, env), env);
}

Value Evaluator::member(ExprId id, const Value& base, const Env&) {
  if (base.failed() || base.tag == Value::Tag::absent) return base;
  return match(
      program_.ref(id),
      [&](const MemberField& field) {
        if (base.tag != Value::Tag::object) return Value{};
        NodeId why = first_reason(base.reason, guard(base.object));
        return guarded(why, slot(base.object, field.slot));
      },
      [&](const CaseField& field) {
        ExprId base_expr = std::get<ast::Field>(syntax_[id].node).base;
        EnumId key = program_.types[program_.type(base_expr)].enumeration;
        return choose_by(base, base_expr, program_[key].cases.size(), [&](size_t i) { return case_field(key, static_cast<uint32_t>(i), field.slot).value_or(Value{}); });
      },
      [&](const ChoicePart& part) {
        if (!base.choice) return Value{};
        return guarded(base.reason, part == ChoicePart::label ? base.choice->label : part == ChoicePart::value ? base.choice->value : base.choice->item);
      },
      [](const auto&) { return Value{}; });
}

Value Evaluator::no_element(const Value& index, ExprId where, size_t count) {
  std::vector<TextPiece> text = {{.text = "there is no element "}, {.node = index.node, .type = program_.types.real(), .units = {{}}}, {.text = " in a list of " + std::to_string(count)}};
  return absent(reason("there is no element at this index", std::move(text), syntax_[where].span));
}

Value Evaluator::choose_by(const Value& index, ExprId where, size_t count, const std::function<Value(size_t)>& branch) {
  if (index.tag != Value::Tag::scalar) return index;
  if (graph_.is_constant(index.node)) {
    double at = graph_.value(index.node);
    bool inside = at >= 0 && at < static_cast<double>(count) && at == std::floor(at);
    return guarded(index.reason, inside ? branch(static_cast<size_t>(at)) : no_element(index, where, count));
  }
  if (!fuel(4 * count, syntax_[where].span)) return {};
  // Not known here: a chain of selects if the branches are plain numbers, else an axis must become by-element.
  std::optional<Value> result;
  bool is_case = program_.types[program_.type(where)].tag == Type::Tag::enumeration;   // then it is one of them
  if (!is_case) result = no_element(index, where, count);
  for (size_t i = count; i-- > 0;) {
    Value one = branch(i);
    if (one.failed()) return one;
    if (one.tag == Value::Tag::object || one.tag == Value::Tag::list || one.tag == Value::Tag::choice) {
      const auto at = known(index, where);
      return at && *at >= 0 && *at < static_cast<double>(count) ? branch(static_cast<size_t>(*at)) : Value{};
    }
    Value is = scalar(graph_.apply(Op::equal, index.node, graph_.constant(static_cast<double>(i))));
    result = result ? select(is, one, *result) : one;
  }
  return result ? guarded(index.reason, *result) : Value{};
}

std::optional<Value> Evaluator::element(const Value& value, uint64_t i) {
  const ListValue& list_value = *value.list;
  if (i >= list_value.size()) return {};
  return list_value.is_range ? number(list_value.start + static_cast<double>(i) * list_value.step) : list_value.elements[i];
}

Value Evaluator::eval_index(const ast::Index& node, const Env& env) {
  Value base = eval(node.base, env);
  Value index = eval(node.index, env);
  if (base.failed() || base.tag == Value::Tag::absent) return base;
  if (base.tag == Value::Tag::object) {
    EnumId key = program_.types[objects_[base.object.index].type].enumeration;
    return guarded(base.reason, choose_by(index, node.index, program_[key].cases.size(), [&](size_t i) { return slot(base.object, static_cast<uint32_t>(i)); }));
  }
  if (base.tag != Value::Tag::list) return {};
  if (!base.list->is_range || graph_.is_constant(index.node))
    return guarded(base.reason, choose_by(index, node.index, base.list->size(), [&](size_t i) { return *element(base, i); }));
  known(index, node.index);
  return {};
}

Value Evaluator::eval_if(const ast::If& node, const Env& env) {
  Value condition = eval(node.condition, env);
  if (condition.tag != Value::Tag::scalar) return condition;
  if (graph_.is_constant(condition.node)) return guarded(condition.reason, eval(graph_.value(condition.node) != 0 ? node.yes : node.no, env));
  Value yes = eval(node.yes, env);
  Value no = eval(node.no, env);
  if (yes.failed() || no.failed()) return {};
  auto plain = [](const Value& value) { return value.tag == Value::Tag::scalar || value.tag == Value::Tag::absent; };
  if (plain(yes) && plain(no)) return select(condition, yes, no);
  const auto holds = known(condition, node.condition);
  return holds ? guarded(condition.reason, *holds != 0 ? yes : no) : Value{};
}

Value Evaluator::eval_match(const ast::Match& node, const Env& env) {
  Value subject = eval(node.subject, env);
  if (subject.tag != Value::Tag::scalar) return subject;
  const Type& type = program_.types[program_.type(node.subject)];
  auto is = [&](double value) { return scalar(graph_.apply(Op::equal, subject.node, graph_.constant(value))); };
  auto test = [&](const ast::MatchArm& arm) {
    Value any = number(0);
    for (const ast::Name& name : arm.cases) {
      const auto& cases = program_[type.enumeration].cases;
      for (size_t i = 0; i < cases.size(); ++i)
        if (cases[i].name.text == name.text) any = either(any, is(static_cast<double>(i)));
    }
    for (const ast::PlainText& text : arm.texts) any = either(any, is(graph_.value(text_value(text.text).node)));
    return any;
  };
  // Arms that can't be chosen are never evaluated.
  struct Chosen { Value condition, value; };
  std::vector<Chosen> chosen;
  for (const ast::MatchArm& arm : node.arms) {
    bool is_else = arm.cases.empty() && arm.texts.empty();
    Value condition = is_else ? number(1) : test(arm);
    if (condition.failed()) return condition;
    if (graph_.is_constant(condition.node) && graph_.value(condition.node) == 0) continue;
    chosen.push_back({condition, eval(arm.value, env)});
    if (chosen.back().value.failed()) return {};
    if (graph_.is_constant(condition.node)) break;
  }
  if (chosen.empty()) return {};
  Value result = chosen.back().value;
  for (size_t i = chosen.size() - 1; i-- > 0;) {
    if (chosen[i].value.tag == Value::Tag::object || chosen[i].value.tag == Value::Tag::list || result.tag == Value::Tag::object || result.tag == Value::Tag::list) {
      known(subject, node.subject);
      return {};
    }
    result = select(chosen[i].condition, chosen[i].value, result);
  }
  return guarded(subject.reason, result);
}

Value Evaluator::list(std::vector<Value> elements) {
  auto made = std::make_shared<ListValue>();
  made->elements = std::move(elements);
  return {.tag = Value::Tag::list, .reason = zero_, .list = std::move(made)};
}

Value Evaluator::eval_range(ExprId id, const ast::Range& node, const Env& env) {
  Value first = eval(node.first, env), last = eval(node.last, env);
  Value step = node.step ? eval(*node.step, env) : number(1);
  if (first.failed() || last.failed() || step.failed()) return {};
  NodeId why = first_reason(first.reason, first_reason(last.reason, step.reason));
  auto a = known(first, node.first), b = known(last, node.last), s = known(step, node.step.value_or(node.first));
  if (!a || !b || !s) return unknown(why);
  Span span = syntax_[id].span;
  auto no_end = [&](const char* what) { return absent(reason(what, {{.text = what}}, span)); };
  if (*a - *a != 0 || *b - *b != 0 || *s - *s != 0) return no_end("a range must be between finite numbers");
  auto made = std::make_shared<ListValue>();
  if (node.geometric) {
    if (!(*s > 1) || !(*a > 0)) return no_end("a range by `*` must start above 0 and multiply by more than 1");
    for (double value = *a; value <= *b * (1 + 1e-12) && made->elements.size() <= max_list; value *= *s) made->elements.push_back(number(value));
    steps_ += made->elements.size();
  } else {
    if (*s == 0) return no_end("the step of a range must not be 0");
    double steps = (*b - *a) / *s;
    // Steps such as 0.1 are not exact: the end is reached if it is missed by no more than rounding.
    double count = steps < -1e-9 ? 0 : std::floor(steps + 1e-9) + 1;
    if (count > 9e15) {
      sink_.add({Code::too_many, span, "a range of more than 9e15 elements", "too many elements"});
      stopped_ = true;
      return {};
    }
    *made = ListValue{.elements = {}, .is_range = true, .start = *a, .step = *s, .count = static_cast<uint64_t>(count)};
  }
  return {.tag = Value::Tag::list, .reason = zero_, .list = std::move(made)};
}

Value Evaluator::eval_comprehension(const ast::Comprehension& node, const Env& env) {
  Value over = eval(node.list, env);
  if (over.tag != Value::Tag::list) return over;
  if (over.list->size() > max_list) {
    if (!stopped_) sink_.add({Code::too_many, syntax_[node.list].span, "a list of " + std::to_string(over.list->size()) + " elements; at most 1000000 are gone through", "too many elements"});
    stopped_ = true;
    return {};
  }
  std::vector<Value> elements;
  for (uint64_t i = 0; i < over.list->size(); ++i) {
    auto locals = env.locals ? std::make_shared<std::vector<Value>>(*env.locals) : std::make_shared<std::vector<Value>>();
    if (node.index) locals->push_back(number(static_cast<double>(i)));
    locals->push_back(*element(over, i));
    if (trace_ != nullptr) trace_->extend_locals(env.locals, locals);
    Env inside{env.self, env.made, std::move(locals)};
    if (node.condition) {
      Value condition = eval(*node.condition, inside);
      if (condition.failed()) return {};
      auto keep = known(condition, *node.condition);
      if (!keep) return unknown(condition.reason);
      if (*keep == 0) continue;
    }
    elements.push_back(eval(node.body, inside));
    if (elements.back().failed()) return {};
  }
  Value result = list(std::move(elements));
  result.reason = over.reason;
  return result;
}

Value Evaluator::eval_labelled_choice(ExprId, const ast::LabelledChoice& node, const Env& env) {
  std::optional<Value> best, best_label;
  for (const ast::Entry& entry : node.entries) {
    Value value = eval(entry.value, env);
    if (value.failed()) return {};
    Value name = text_value(std::string(entry.label.text));
    if (!best) {
      best = value;
      best_label = name;
      continue;
    }
    // Absent entries are skipped; ties stay with the earlier one.
    auto node_of = [&](const Value& one) { return one.tag == Value::Tag::scalar ? one.node : zero_; };
    NodeId beats = node.op == ast::ChoiceOp::largest ? graph_.apply(Op::less, node_of(*best), node_of(value)) : graph_.apply(Op::less, node_of(value), node_of(*best));
    NodeId best_gone = graph_.apply(Op::not_equal, best->reason, zero_);
    NodeId here = graph_.apply(Op::equal, value.reason, zero_);
    Value takes = scalar(graph_.apply(Op::both, here, graph_.apply(Op::either, best_gone, beats)));
    best = select(takes, value, *best);
    best_label = select(takes, name, *best_label);
  }
  if (!best) return {};
  auto made = std::make_shared<ChoiceValue>(ChoiceValue{guarded(best->reason, *best_label), *best, {}});
  return {.tag = Value::Tag::choice, .reason = zero_, .choice = std::move(made)};
}

Value Evaluator::eval_list_choice(ExprId id, const ast::ListChoice& node, const Env& env) {
  Value over = eval(node.list, env);
  if (over.tag != Value::Tag::list) return over;
  struct Entry { double key; Value value, item; };
  std::vector<Entry> entries;
  NodeId why = zero_;
  if (!fuel(over.list->size(), syntax_[id].span)) return {};
  for (uint64_t i = 0; i < over.list->size(); ++i) {
    Value item = *element(over, i);
    Value key = item;
    if (node.key) {
      auto locals = env.locals ? std::make_shared<std::vector<Value>>(*env.locals) : std::make_shared<std::vector<Value>>();
      locals->push_back(item);
      if (trace_ != nullptr) trace_->extend_locals(env.locals, locals);
      key = eval(*node.key, {env.self, env.made, std::move(locals)});
    }
    if (key.failed()) return {};
    auto value = known(key, node.key.value_or(node.list));
    if (value) entries.push_back({*value, key, item});
    else if (needed_ || stopped_) return {};
    else why = first_reason(why, key.reason);
  }
  if (node.op == ast::ChoiceOp::sort) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
    std::vector<Value> sorted;
    for (Entry& entry : entries) sorted.push_back(std::move(entry.item));
    return list(std::move(sorted));
  }
  if (entries.empty()) {
    std::string site = "there is nothing to choose from";
    return absent(first_reason(why, reason(site, {{.text = site}}, syntax_[id].span)));
  }
  const Entry* best = &entries[0];
  for (const Entry& entry : entries)
    if (node.op == ast::ChoiceOp::largest ? best->key < entry.key : entry.key < best->key) best = &entry;
  auto made = std::make_shared<ChoiceValue>(ChoiceValue{{}, best->value, best->item});
  return {.tag = Value::Tag::choice, .reason = over.reason, .choice = std::move(made)};
}

Value Evaluator::product(ExprId id, ast::BinaryOp op, const Value& left, const Value& right) {
  return op == ast::BinaryOp::multiply ? apply(Op::multiply, left, right) : divide(Op::divide, left, right, id);
}

Value Evaluator::compare(Op op, const Value& a, const Value& b, const ast::Binary& node) {
  Value result = apply(op, a, b);
  if (result.tag != Value::Tag::scalar) return result;
  const bool turned = node.op == ast::BinaryOp::greater || node.op == ast::BinaryOp::greater_equal;
  auto side = [&](ExprId expr, const Value& value) { return finite_reason(value, program_.type(expr), program_.sources->text(syntax_[expr].span), syntax_[expr].span); };
  result.reason = first_reason(side(node.left, turned ? b : a), side(node.right, turned ? a : b));   // in source order
  return result;
}

Value Evaluator::scaled_list(ExprId id, ast::BinaryOp op, const Value& left, const Value& right) {
  const Value& over = left.tag == Value::Tag::list ? left : right;
  if (!fuel(over.list->size(), syntax_[id].span)) return {};
  std::vector<Value> elements;
  for (uint64_t i = 0; i < over.list->size(); ++i) {
    Value one = *element(over, i);
    elements.push_back(left.tag == Value::Tag::list ? product(id, op, one, right) : product(id, op, left, one));
    if (elements.back().failed()) return {};
  }
  return guarded(over.reason, list(std::move(elements)));
}

Value Evaluator::eval_binary(ExprId id, const ast::Binary& node, const Env& env) {
  using ast::BinaryOp;
  if (std::holds_alternative<ConstantRef>(program_.ref(id))) return eval_name(id, env);
  if (auto literal = program_.literal_lists.find(id.index); literal != program_.literal_lists.end()) {
    std::vector<Value> elements;
    for (double value : literal->second) elements.push_back(number(value));
    return list(std::move(elements));
  }
  Value left = eval(node.left, env);
  if (left.failed()) return {};
  if (node.op == BinaryOp::and_ || node.op == BinaryOp::or_) {
    // The side that is not chosen is not even evaluated where that is known.
    if (left.tag == Value::Tag::scalar && graph_.is_constant(left.node) && graph_.is_constant(left.reason) && (graph_.value(left.node) != 0) == (node.op == BinaryOp::or_)) return left;
    Value right = eval(node.right, env);
    return node.op == BinaryOp::and_ ? both(left, right) : either(left, right);
  }
  if (node.op == BinaryOp::otherwise && graph_.is_constant(left.reason) && graph_.value(left.reason) == 0) return left;
  Value right = eval(node.right, env);
  if (right.failed()) return {};
  switch (node.op) {
    case BinaryOp::add: return apply(Op::add, left, right);
    case BinaryOp::subtract: return apply(Op::subtract, left, right);
    case BinaryOp::multiply:
    case BinaryOp::divide: return left.tag == Value::Tag::list || right.tag == Value::Tag::list ? scaled_list(id, node.op, left, right) : product(id, node.op, left, right);
    case BinaryOp::modulo: return divide(Op::modulo, left, right, id);
    case BinaryOp::quotient: return divide(Op::quotient, left, right, id);
    case BinaryOp::power: return apply(Op::power, left, right);
    case BinaryOp::less: return compare(Op::less, left, right, node);
    case BinaryOp::less_equal: return compare(Op::less_equal, left, right, node);
    case BinaryOp::greater: return compare(Op::less, right, left, node);
    case BinaryOp::greater_equal: return compare(Op::less_equal, right, left, node);
    case BinaryOp::equal: return compare(Op::equal, left, right, node);
    case BinaryOp::not_equal: return compare(Op::not_equal, left, right, node);
    case BinaryOp::otherwise: return otherwise(left, right, id);
    case BinaryOp::concat: {
      if (left.tag != Value::Tag::list) return left;
      if (right.tag != Value::Tag::list) return right;
      if (left.list->size() + right.list->size() > max_list || !fuel(left.list->size() + right.list->size(), syntax_[id].span)) {
        if (!stopped_) sink_.add({Code::too_many, syntax_[id].span, "a list of more than 1000000 elements", "too many elements"});
        stopped_ = true;
        return {};
      }
      std::vector<Value> elements;
      for (uint64_t i = 0; i < left.list->size(); ++i) elements.push_back(*element(left, i));
      for (uint64_t i = 0; i < right.list->size(); ++i) elements.push_back(*element(right, i));
      return guarded(first_reason(left.reason, right.reason), list(std::move(elements)));
    }
    default: return {};
  }
}

}  // namespace llmsys
