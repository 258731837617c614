// Calls: functions generic over dimensions, and the built-in vocabulary.
#include "compiler/sema/checker.h"
#include "compiler/sema/dimension_variables.h"

namespace llmsys {

bool Checker::arity(ExprId id, const ast::Call& call, std::string_view name, size_t least, size_t most, std::vector<Label> labels) {
  size_t given = call.arguments.size();
  if (given >= least && given <= most) return true;
  std::string wanted = least == most ? std::to_string(least) : "at least " + std::to_string(least);
  sink_.add({Code::wrong_arguments, span(id), "`" + std::string(name) + "` takes " + wanted + (least == 1 && most == 1 ? " argument" : " arguments") + ", found " + std::to_string(given),
             "called here", std::move(labels)});
  return false;
}

TypeId Checker::check_function_call(ExprId id, const ast::Call& call, FunctionId function_id, Context& context) {
  const FunctionInfo function = program_[function_id];
  std::string_view name = function.ast->name.text;
  if (in_function_ && !function.owner && !program_[*in_function_].owner) {
    call_edges_.push_back({in_function_->index, function_id.index});
    call_spans_.push_back(span(id));
  }
  if (!arity(id, call, name, function.params.size(), function.params.size(), {{function.ast->name.span, "declared here"}})) {
    for (ExprId argument : call.arguments) check_expr(argument, context);
    return function.dimensions.empty() ? function.result : error();
  }
  // Inside a generic function its own variables are fixed; a callee's are renamed apart by solving with a fresh table.
  std::map<BaseDimension, Dimension> known;
  bool failed = false;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    TypeId param = function.params[i];
    TypeId actual = check_expr(call.arguments[i], context, param);
    if (bad(actual) || bad(param)) {
      failed |= bad(actual);
      continue;
    }
    std::string because = "parameter `" + std::string(function.ast->params[i].name.text) + "`";
    Span where = function.ast->params[i].name.span;
    if (type(param).tag == Type::Tag::quantity && type(actual).tag == Type::Tag::quantity && !function.dimensions.empty()) {
      Dimension wanted = type(param).dimension, have = type(actual).dimension;
      if (infer(wanted, have, known)) continue;
      Dimension expected = substitute(wanted, known);
      Diagnostic diagnostic{Code::dimension_mismatch, span(call.arguments[i]), "expected `" + program_.describe(expected) + "`, found `" + program_.describe(have) + "`",
                            "this is `" + program_.describe(have) + "`", {{where, because}}};
      if (auto hint = missing_factor(have, expected)) diagnostic.help = *hint;
      sink_.add(std::move(diagnostic));
      failed = true;
      continue;
    }
    failed |= !expect_type(call.arguments[i], actual, param, where, because);
  }
  if (bad(function.result)) return error();
  if (function.dimensions.empty()) return function.result;
  if (failed) return error();
  if (type(function.result).tag != Type::Tag::quantity) return function.result;
  return program_.types.quantity(substitute(type(function.result).dimension, known));
}

TypeId Checker::check_reduction(const ast::Call& call, Builtin builtin, Context& context) {
  ExprId list = call.arguments[0];
  TypeId list_type = check_expr(list, context);
  TypeId element = element_of(list, list_type);
  if (bad(element)) return error();
  switch (builtin) {
    case Builtin::any:
    case Builtin::all: need(list, element, Type::Tag::boolean, "an element of `any` and `all`"); return program_.types.boolean();
    case Builtin::count:
      if (type(element).tag == Type::Tag::boolean) return program_.types.real();
      sink_.add({Code::wrong_type, span(list), "`count` counts what is true, found a list of " + quoted(element), "elements are " + quoted(element), {}, {},
                 "`count(x > 3 for x in xs)` counts those above 3, `length(xs)` all of them"});
      return program_.types.real();
    default: break;
  }
  element = need(list, element, Type::Tag::quantity, "an element of this list");
  if (bad(element)) return error();
  if (type(element).tag == Type::Tag::nothing) return program_.types.real();
  if (builtin == Builtin::product && !type(element).dimension.dimensionless()) {
    sink_.add({Code::dimension_mismatch, span(list), "a product over a list is of plain numbers, found " + quoted(element), "elements are " + quoted(element)});
    return error();
  }
  return declared(element);
}

TypeId Checker::check_builtin(ExprId id, const ast::Call& call, Builtin builtin, Context& context, std::optional<TypeId> expected) {
  std::string name(sources_.text(span(call.callee)));
  auto give_up = [&] {
    for (ExprId argument : call.arguments) check_expr(argument, context);
    return error();
  };
  auto real = [&](size_t i) { check_slot(call.arguments[i], context, program_.types.real(), span(call.callee), "`" + name + "` takes plain numbers"); };
  switch (builtin) {
    case Builtin::min:
    case Builtin::max:
      if (call.arguments.size() > 1) return check_scalar_builtin(call, builtin, context);
      [[fallthrough]];
    case Builtin::sum:
    case Builtin::product:
    case Builtin::count:
    case Builtin::any:
    case Builtin::all:
    case Builtin::mean: return arity(id, call, name, 1, 1) ? check_reduction(call, builtin, context) : give_up();
    case Builtin::length:
      if (!arity(id, call, name, 1, 1)) return give_up();
      element_of(call.arguments[0], check_expr(call.arguments[0], context));
      return program_.types.real();
    case Builtin::repeat: {
      if (!arity(id, call, name, 2, 2)) return give_up();
      std::optional<TypeId> wanted;
      if (expected && type(*expected).tag == Type::Tag::list) wanted = type(*expected).element;
      TypeId element = check_expr(call.arguments[0], context, wanted);
      real(1);
      return bad(element) ? error() : program_.types.list(element);
    }
    case Builtin::lookup: {
      if (!arity(id, call, name, 2, 2)) return give_up();
      TypeId element = element_of(call.arguments[0], check_expr(call.arguments[0], context));
      check_slot(call.arguments[1], context, program_.types.text(), span(call.callee), "looks up by name");
      return need(call.arguments[0], element, Type::Tag::record, "an element of `lookup`");
    }
    case Builtin::divisors:
      if (!arity(id, call, name, 1, 1)) return give_up();
      real(0);
      return program_.types.list(program_.types.real());
    case Builtin::letters:
      if (!arity(id, call, name, 1, 1)) return give_up();
      check_slot(call.arguments[0], context, program_.types.text(), span(call.callee), "takes a text apart");
      return program_.types.list(program_.types.text());
    case Builtin::choose:
      if (!arity(id, call, name, 2, 2)) return give_up();
      real(0);
      real(1);
      return program_.types.real();
    case Builtin::interpolate: {
      if (!arity(id, call, name, 3, 3)) return give_up();
      TypeId xs = element_of(call.arguments[0], check_expr(call.arguments[0], context));
      TypeId ys = element_of(call.arguments[1], check_expr(call.arguments[1], context));
      xs = need(call.arguments[0], xs, Type::Tag::quantity, "an element of `interpolate`");
      ys = need(call.arguments[1], ys, Type::Tag::quantity, "an element of `interpolate`");
      TypeId x = check_expr(call.arguments[2], context);
      if (bad(xs) || bad(ys)) return error();
      expect_type(call.arguments[2], x, declared(xs), span(call.arguments[0]), "elements are " + quoted(xs));
      return declared(ys);
    }
    case Builtin::source: {
      if (!arity(id, call, name, 1, 1)) return give_up();
      check_expr(call.arguments[0], context);
      const Ref& ref = program_.ref(call.arguments[0]);
      bool has_source = std::holds_alternative<MemberField>(ref) || std::holds_alternative<OwnField>(ref) || std::holds_alternative<MadeField>(ref) || std::holds_alternative<GlobalRef>(ref);
      if (!has_source && !bad(program_.type(call.arguments[0])))
        sink_.add({Code::wrong_arguments, span(call.arguments[0]), "`source` is asked of a field or of a declared value", "neither"});
      return program_.types.text();
    }
    case Builtin::logspace: {
      if (!arity(id, call, name, 3, 3)) return give_up();
      TypeId first = need(call.arguments[0], check_expr(call.arguments[0], context), Type::Tag::quantity, "the start of `logspace`");
      if (bad(first)) return error();
      check_slot(call.arguments[1], context, declared(first), span(call.arguments[0]), "the start is " + quoted(first));
      real(2);
      return program_.types.list(declared(first));
    }
    default: break;
  }
  if (!arity(id, call, name, 1, 1)) return give_up();
  return check_scalar_builtin(call, builtin, context);
}

TypeId Checker::check_scalar_builtin(const ast::Call& call, Builtin builtin, Context& context) {
  std::string name(sources_.text(span(call.callee)));
  TypeId first = need(call.arguments[0], check_expr(call.arguments[0], context), Type::Tag::quantity, "the argument of `" + name + "`");
  bool failed = bad(first);
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    TypeId other = need(call.arguments[i], check_expr(call.arguments[i], context), Type::Tag::quantity, "an argument of `" + name + "`");
    if (!failed && !bad(other)) failed |= !expect_type(call.arguments[i], other, declared(first), span(call.arguments[0]), "the first argument is " + quoted(first));
    failed |= bad(other);
  }
  if (failed) return error();
  Dimension dimension = type(first).dimension;
  switch (builtin) {
    case Builtin::min:
    case Builtin::max:
    case Builtin::abs: return declared(first);
    case Builtin::sqrt: {
      auto root = dimension.power({1, 2});
      return root ? program_.types.quantity(*root) : error();
    }
    default: break;
  }
  if (dimension.dimensionless()) return program_.types.real();
  Diagnostic diagnostic{Code::dimension_mismatch, span(call.arguments[0]), "`" + name + "` takes a plain number, found " + quoted(first), "this is " + quoted(first)};
  diagnostic.help = "divide it by a unit first, as in `" + name + "(x / (1 unit))`";
  sink_.add(std::move(diagnostic));
  return error();
}

}  // namespace llmsys
