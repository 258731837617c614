// Calls: functions are inlined; built-ins over lists unroll, so that what is left is plain arithmetic.
#include <algorithm>
#include <cmath>

#include "compiler/elaborate/evaluator.h"
#include "runtime/elementary.h"

namespace llmsys {

Value Evaluator::eval_call(ExprId id, const ast::Call& node, const Env& env) {
  const Ref& ref = program_.ref(node.callee);
  if (auto* which = std::get_if<BuiltinRef>(&ref)) return which->builtin == Builtin::source ? source_of(node.arguments[0], env) : builtin(id, which->builtin, node, env);
  std::optional<ObjectId> self;
  FunctionId function{};
  NodeId why = zero_;
  if (auto* own = std::get_if<OwnMethod>(&ref)) {
    self = env.self;
    function = program_[program_.types[objects_[self->index].type].kind].methods[own->slot].function;
  } else if (auto* method = std::get_if<MemberMethod>(&ref)) {
    auto* field = std::get_if<ast::Field>(&syntax_[node.callee].node);
    Value base = field ? eval(field->base, env) : (*env.locals)[program_.element_locals.at(node.callee.index)];
    if (base.tag != Value::Tag::object) return base;
    self = base.object;
    function = program_[program_.types[objects_[self->index].type].kind].methods[method->slot].function;
    why = first_reason(base.reason, guard(base.object));
  } else if (auto* free = std::get_if<FunctionRef>(&ref)) {
    function = free->function;
  } else {
    return {};
  }
  std::vector<Value> arguments;
  for (ExprId argument : node.arguments) {
    arguments.push_back(eval(argument, env));
    if (arguments.back().failed()) return {};
  }
  return guarded(why, call(function, self, std::move(arguments), syntax_[id].span));
}

/// Where a figure comes from, as its `source "..."` says; a Text.
Value Evaluator::source_of(ExprId of, const Env& env) {
  const Ref& ref = program_.ref(of);
  const ast::PlainText* found = nullptr;
  std::optional<ObjectId> object;
  uint32_t index = 0;
  if (auto* global = std::get_if<GlobalRef>(&ref)) {
    const auto& decl = syntax_[global->decl].node;
    const auto* let = std::get_if<ast::Let>(&decl);
    const auto& source = let ? let->source : std::get<ast::Instance>(decl).source;
    if (source) found = &*source;
  } else if (auto* member = std::get_if<MemberField>(&ref)) {
    Value base = eval(std::get<ast::Field>(syntax_[of].node).base, env);
    if (base.tag != Value::Tag::object) return base;
    object = base.object;
    index = member->slot;
  } else if (auto* own = std::get_if<OwnField>(&ref)) {
    object = env.self;
    index = own->slot;
  } else if (auto* made = std::get_if<MadeField>(&ref)) {
    object = env.made;
    index = made->slot;
  }
  if (object) {
    std::vector<LateBinding> own;
    for (const LateBinding* binding : bindings_of(*object, index, own))
      if (binding->source && !found) found = binding->source;
  }
  if (found) return text_value(found->text);
  std::string site = "`" + std::string(program_.sources->text(syntax_[of].span)) + "` has no source";
  return absent(reason(site, {{.text = site}}, syntax_[of].span));
}

Value Evaluator::call(FunctionId id, std::optional<ObjectId> self, std::vector<Value> arguments, Span span) {
  const FunctionInfo& function = program_[id];
  std::string name(function.ast->name.text);
  if (!function.ast->body) {
    std::string site = "`" + name + "` has no body for this `" + (self ? program_.describe(objects_[self->index].type) : name) + "`";
    return absent(reason(site, {{.text = site}}, function.ast->name.span));
  }
  // Calls are strict: the first absent argument is the result.
  NodeId why = zero_;
  for (size_t i = 0; i < arguments.size(); ++i) {
    arguments[i] = check_slot(arguments[i], function.params[i], function.ast->params[i].name.text, span);
    why = first_reason(why, arguments[i].reason);
    if (arguments[i].tag == Value::Tag::absent) return absent(why);
  }
  auto active = std::pair(id.index, self ? self->index : UINT32_MAX);
  if (std::find(active_calls_.begin(), active_calls_.end(), active) != active_calls_.end()) {
    if (!stopped_)
      sink_.add({Code::cycle, span, "the function `" + name + "` calls itself", "back to it here", {{function.ast->name.span, "the function"}},
                 {"functions end because they can't reach themselves; a range and `sum` do what a loop would"}});
    stopped_ = true;
    return {};
  }
  active_calls_.push_back(active);
  Enter enter(*this, function.ast->name.text, span);
  Traced traced(trace_, [&] { return Step{.what = Step::What::call, .of = id.index, .owner = self ? self->index : 0}; });
  auto locals = std::make_shared<std::vector<Value>>(std::move(arguments));
  if (trace_ != nullptr) trace_->set_arguments(locals);
  Value result = eval(*function.ast->body, {self, {}, std::move(locals)});
  active_calls_.pop_back();
  return traced.leave(guarded(why, check_slot(result, function.result, name, span)));
}

Value Evaluator::builtin(ExprId id, Builtin which, const ast::Call& node, const Env& env) {
  std::vector<Value> arguments;
  for (ExprId argument : node.arguments) {
    arguments.push_back(eval(argument, env));
    if (arguments.back().failed()) return {};
  }
  const Value& first = arguments[0];
  switch (which) {
    case Builtin::min:
    case Builtin::max:
      if (arguments.size() > 1) {
        Value result = first;
        for (size_t i = 1; i < arguments.size(); ++i) result = apply(which == Builtin::min ? Op::minimum : Op::maximum, result, arguments[i]);
        return result;
      }
      [[fallthrough]];
    case Builtin::sum:
    case Builtin::product:
    case Builtin::count:
    case Builtin::any:
    case Builtin::all:
    case Builtin::mean: return reduce(id, which, first);
    case Builtin::length: return first.tag == Value::Tag::list ? guarded(first.reason, number(static_cast<double>(first.list->size()))) : first;
    case Builtin::repeat: return repeat(id, first, arguments[1]);
    case Builtin::lookup: return lookup(id, first, arguments[1]);
    case Builtin::divisors: return divisors(id, first);
    case Builtin::letters: return letters(id, first);
    case Builtin::choose: return choose(id, first, arguments[1]);
    case Builtin::interpolate: return interpolate(id, first, arguments[1], arguments[2]);
    case Builtin::logspace: return logspace(id, first, arguments[1], arguments[2]);
    case Builtin::source: break;   // of an expression, not of its value
    case Builtin::ceil: return apply(Op::ceil, first);
    case Builtin::floor: return apply(Op::floor, first);
    case Builtin::round: return apply(Op::round, first);
    case Builtin::abs: return apply(Op::absolute, first);
    case Builtin::sqrt: return apply(Op::square_root, first);
    case Builtin::exp: return apply(Op::exp, first);
    case Builtin::ln: return apply(Op::log, first);
    case Builtin::log2: return apply(Op::log2, first);
    case Builtin::log10: return apply(Op::log10, first);
  }
  return {};
}

Value Evaluator::skip_absent(Op op, const Value& a, const Value& b) {
  auto gone = [&](const Value& value) { return value.tag == Value::Tag::absent || (graph_.is_constant(value.reason) && graph_.value(value.reason) != 0); };
  auto certain = [&](const Value& value) { return graph_.is_constant(value.reason) && graph_.value(value.reason) == 0; };
  if (gone(b)) return a;
  if (gone(a)) return b;
  if (certain(a) && certain(b)) return apply(op, a, b);
  NodeId a_here = graph_.apply(Op::equal, a.reason, zero_), b_here = graph_.apply(Op::equal, b.reason, zero_);
  NodeId both_here = graph_.apply(op, a.node, b.node);
  Value result = scalar(graph_.apply(Op::select, a_here, graph_.apply(Op::select, b_here, both_here, a.node), b.node));
  result.reason = graph_.apply(Op::select, graph_.apply(Op::either, a_here, b_here), zero_, a.reason);
  return result;
}

Value Evaluator::reduce(ExprId id, Builtin which, const Value& over) {
  if (over.tag != Value::Tag::list) return over;
  uint64_t size = over.list->size();
  if (size > max_list) {
    if (!stopped_) sink_.add({Code::too_many, syntax_[id].span, "a list of " + std::to_string(size) + " elements; at most 1000000 are gone through", "too many elements"});
    stopped_ = true;
    return {};
  }
  if (!fuel(size, syntax_[id].span)) return {};
  std::optional<Value> result;
  for (uint64_t i = 0; i < size; ++i) {
    Value one = *element(over, i);
    if (which == Builtin::count) one = apply(Op::add, one, number(0));
    if (!result) {
      result = one;
      continue;
    }
    switch (which) {
      case Builtin::product: result = apply(Op::multiply, *result, one); break;
      case Builtin::min: result = skip_absent(Op::minimum, *result, one); break;
      case Builtin::max: result = skip_absent(Op::maximum, *result, one); break;
      case Builtin::any: result = either(*result, one); break;
      case Builtin::all: result = both(*result, one); break;
      default: result = apply(Op::add, *result, one);
    }
  }
  if (!result) {
    if (which == Builtin::product || which == Builtin::all) return number(1);
    if (which != Builtin::min && which != Builtin::max && which != Builtin::mean) return number(0);
    std::string site = "`" + std::string(program_.sources->text(syntax_[id].span)) + "` is over an empty list";
    return absent(reason(site, {{.text = site}}, syntax_[id].span));
  }
  if (which == Builtin::mean) result = apply(Op::divide, *result, number(static_cast<double>(size)));
  return guarded(over.reason, *result);
}

Value Evaluator::repeat(ExprId id, const Value& value, const Value& count) {
  auto times = known(count, id);
  if (!times) return unknown(count.reason);
  if (!(*times >= 0) || *times != std::floor(*times)) {
    std::string site = "a value is repeated a whole number of times";
    return absent(reason(site, {{.text = site}}, syntax_[id].span));
  }
  if (*times > static_cast<double>(max_list)) {
    if (!stopped_) sink_.add({Code::too_many, syntax_[id].span, "a list of more than 1000000 elements", "too many elements"});
    stopped_ = true;
    return {};
  }
  if (!fuel(static_cast<uint64_t>(*times), syntax_[id].span)) return {};
  return guarded(count.reason, list(std::vector<Value>(static_cast<size_t>(*times), value)));
}

Value Evaluator::lookup(ExprId id, const Value& over, const Value& name) {
  if (over.tag != Value::Tag::list) return over;
  auto text = known(name, id);
  if (!text) return unknown(name.reason);
  const std::string& wanted = texts_[static_cast<size_t>(*text)];
  if (!fuel(over.list->size(), syntax_[id].span)) return {};
  for (uint64_t i = 0; i < over.list->size(); ++i) {
    Value one = *element(over, i);
    if (one.tag == Value::Tag::object && objects_[one.object.index].name == wanted) return guarded(over.reason, one);
  }
  std::string site = "nothing in this list is called \"" + wanted + "\"";
  return absent(reason(site, {{.text = site}}, syntax_[id].span));
}

Value Evaluator::divisors(ExprId id, const Value& of) {
  auto n = known(of, id);
  if (!n) return unknown(of.reason);
  if (!(*n >= 1) || *n != std::floor(*n) || *n > 1e12) {
    std::string site = "divisors are of a whole number from 1 to 1e12";
    return absent(reason(site, {{.text = site}}, syntax_[id].span));
  }
  std::vector<double> low, high;
  auto whole = static_cast<uint64_t>(*n);
  if (!fuel(static_cast<uint64_t>(std::sqrt(*n)) / 16 + 1, syntax_[id].span)) return {};
  for (uint64_t d = 1; d * d <= whole; ++d) {
    if (whole % d != 0) continue;
    low.push_back(static_cast<double>(d));
    if (d != whole / d) high.push_back(static_cast<double>(whole / d));
  }
  low.insert(low.end(), high.rbegin(), high.rend());
  std::vector<Value> elements;
  for (double d : low) elements.push_back(number(d));
  return guarded(of.reason, list(std::move(elements)));
}

Value Evaluator::letters(ExprId id, const Value& of) {
  auto index = known(of, id);
  if (!index) return unknown(of.reason);
  const std::string text = texts_[static_cast<size_t>(*index)];
  if (!fuel(text.size(), syntax_[id].span)) return {};
  auto begins = [&](size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80; };   // of UTF-8
  std::vector<Value> result;
  for (size_t begin = 0, end; begin < text.size(); begin = end) {
    for (end = begin + 1; end < text.size() && !begins(end);) ++end;
    result.push_back(text_value(text.substr(begin, end - begin)));
  }
  return guarded(of.reason, list(std::move(result)));
}

Value Evaluator::choose(ExprId id, const Value& n, const Value& k) {
  auto size = known(k, id);
  if (!size) return unknown(k.reason);
  if (!(*size >= 0) || *size != std::floor(*size) || *size > 10'000) {
    std::string site = "`choose` takes a whole number from 0 to 10000";
    return absent(reason(site, {{.text = site}}, syntax_[id].span));
  }
  if (!fuel(4 * static_cast<uint64_t>(*size), syntax_[id].span)) return {};
  // n (n-1) ... (n-k+1) / 1 / 2 ... / k, each step exact as long as it fits.
  Value result = number(1);
  for (double i = 1; i <= *size; ++i)
    result = apply(Op::divide, apply(Op::multiply, result, apply(Op::subtract, n, number(*size - i))), number(i));
  return guarded(k.reason, guarded(n.reason, result));
}

Value Evaluator::interpolate(ExprId id, const Value& xs, const Value& ys, const Value& x) {
  if (xs.tag != Value::Tag::list) return xs;
  if (ys.tag != Value::Tag::list) return ys;
  if (x.tag != Value::Tag::scalar) return x;
  Span span = syntax_[id].span;
  auto gone = [&](const char* why) { return absent(reason(why, {{.text = why}}, span)); };
  if (xs.list->size() != ys.list->size() || xs.list->size() < 2) return gone("`interpolate` needs two lists of the same length, at least 2");
  if (!fuel(20 * xs.list->size(), span)) return {};
  Value result = gone("this value lies outside of the table it is interpolated in");
  for (uint64_t i = xs.list->size() - 1; i-- > 0;) {
    Value x0 = *element(xs, i), x1 = *element(xs, i + 1), y0 = *element(ys, i), y1 = *element(ys, i + 1);
    Value slope = divide(Op::divide, apply(Op::subtract, y1, y0), apply(Op::subtract, x1, x0), id);
    Value inside = apply(Op::add, y0, apply(Op::multiply, apply(Op::subtract, x, x0), slope));
    Value here = both(apply(Op::less_equal, x0, x), apply(Op::less_equal, x, x1));
    result = select(here, inside, result);
  }
  return guarded(x.reason, result);
}

Value Evaluator::logspace(ExprId id, const Value& first, const Value& last, const Value& count) {
  auto a = known(first, id), b = known(last, id), n = known(count, id);
  if (!a || !b || !n) return unknown(first_reason(first.reason, first_reason(last.reason, count.reason)));
  if (!(*a > 0) || !(*b > 0) || !(*n >= 2) || *n != std::floor(*n) || *n > static_cast<double>(max_list)) {
    std::string site = "`logspace` takes two positive ends and a count from 2 to 1000000";
    return absent(reason(site, {{.text = site}}, syntax_[id].span));
  }
  if (!fuel(static_cast<uint64_t>(*n), syntax_[id].span)) return {};
  std::vector<Value> elements;
  for (double i = 0; i < *n; ++i) elements.push_back(number(i == 0 ? *a : i == *n - 1 ? *b : *a * llmsys_pow(*b / *a, i / (*n - 1))));
  return list(std::move(elements));
}

}  // namespace llmsys
