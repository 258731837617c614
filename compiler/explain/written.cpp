#include "compiler/explain/written.h"

#include <algorithm>
#include <cctype>

namespace llmsys {

namespace {

struct Replacement {
  Span span;
  std::string text;
};

/// Comments go, white space becomes one blank; where lines of a brace ended, a comma.
std::string joined(std::string_view text) {
  std::string line, open;
  bool new_line = false;
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size()) - 1;
      continue;
    }
    if (is_space(text[i])) {
      new_line |= text[i] == '\n';
      if (line.empty() || line.back() != ' ') line += ' ';
      continue;
    }
    const bool between = new_line && !open.empty() && open.back() == '{' && text[i] != '}' && line.size() > 1 && std::string_view("{,").find(line[line.size() - 2]) == std::string_view::npos;
    if (between) line.insert(line.size() - 1, ",");
    new_line = false;
    line += text[i];
    if (std::string_view("([{").find(text[i]) != std::string_view::npos) open += text[i];
    if (std::string_view(")]}").find(text[i]) != std::string_view::npos && !open.empty()) open.pop_back();
    if (text[i] != '"') continue;
    for (++i; i < text.size() && text[i] != '"'; ++i) {
      line += text[i];
      if (text[i] == '\\' && i + 1 < text.size()) line += text[++i];
    }
    if (i < text.size()) line += '"';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// A comprehension stands in brackets unless it is an argument, but they are no part of it.
Span with_brackets(const Program& program, ExprId expr) {
  Span span = (*program.syntax)[expr].span;
  if (!std::holds_alternative<ast::Comprehension>((*program.syntax)[expr].node)) return span;
  const std::string_view text = program.sources->text(span.source);
  const size_t before = text.find_last_not_of(" \t\r\n", span.begin - 1), behind = text.find_first_not_of(" \t\r\n", span.end);
  if (span.begin == 0 || before == std::string_view::npos || behind == std::string_view::npos || text[before] != '[' || text[behind] != ']') return span;
  return {span.source, static_cast<uint32_t>(before), static_cast<uint32_t>(behind + 1)};
}

std::string with_replacements(const Program& program, Span span, std::vector<Replacement> replacements) {
  std::sort(replacements.begin(), replacements.end(), [](const Replacement& a, const Replacement& b) { return a.span < b.span; });
  std::string text;
  uint32_t at = span.begin;
  for (const Replacement& one : replacements) {
    text.append(program.sources->text(Span{span.source, at, one.span.begin})).append(one.text);
    at = one.span.end;
  }
  return text.append(program.sources->text(Span{span.source, at, span.end}));
}

std::string chosen_only(const Program& program, const Trace& trace, StepId step);

/// What stands in the place of parts of the formula in which the choices were made.
void replace(const Program& program, const Trace& trace, StepId step, std::vector<Replacement>& out) {
  const Syntax& syntax = *program.syntax;
  const auto inside = [&](ExprId expr) {
    if (auto below = step_of(trace, step, expr)) replace(program, trace, *below, out);
    else out.push_back({syntax[expr].span, "..."});
  };
  const auto if_evaluated = [&](ExprId expr) {
    if (auto below = step_of(trace, step, expr)) replace(program, trace, *below, out);
  };
  match(
      syntax[ExprId{trace[step].of}].node,
      [&](const ast::If& node) {
        if_evaluated(node.condition);
        inside(node.yes);
        inside(node.no);
      },
      [&](const ast::Match& node) {
        if_evaluated(node.subject);
        for (const ast::MatchArm& arm : node.arms)
          if (auto value = step_of(trace, step, arm.value)) {
            const Span before{arm.span.source, arm.span.begin, syntax[arm.value].span.begin};
            const std::string text = std::string(program.sources->text(before)) + chosen_only(program, trace, *value);
            out.push_back({join(node.arms.front().span, node.arms.back().span), text + (node.arms.size() > 1 ? ", ..." : "")});
            return;
          }
      },
      [&](const ast::Binary& node) {
        if_evaluated(node.left);
        const bool decides = node.op == ast::BinaryOp::and_ || node.op == ast::BinaryOp::or_ || node.op == ast::BinaryOp::otherwise;
        if (decides) inside(node.right);
        else if_evaluated(node.right);
      },
      [&](const ast::Unary& node) { if_evaluated(node.operand); },
      [&](const ast::Call& node) {
        const bool is_built_in = std::holds_alternative<BuiltinRef>(program.ref(node.callee));
        for (ExprId argument : node.arguments)
          if (is_built_in && !std::holds_alternative<ast::Comprehension>(syntax[argument].node)) if_evaluated(argument);
      },
      [&](const ast::LabelledChoice& node) {
        for (const ast::Entry& entry : node.entries) if_evaluated(entry.value);
      },
      [](const auto&) {});
}

std::string chosen_only(const Program& program, const Trace& trace, StepId step) {
  std::vector<Replacement> replacements;
  replace(program, trace, step, replacements);
  return with_replacements(program, with_brackets(program, ExprId{trace[step].of}), std::move(replacements));
}

}  // namespace

std::string on_one_line(const Program& program, ExprId expr) { return joined(program.sources->text(with_brackets(program, expr))); }

std::string written(const Program& program, const Trace& trace, StepId expression) { return joined(chosen_only(program, trace, expression)); }

std::optional<StepId> step_of(const Trace& trace, StepId inside, ExprId expr) {
  for (StepId id : trace[inside].inside)
    if (trace[id].what == Step::What::expression && trace[id].of == expr.index) return id;
  return {};
}

}  // namespace llmsys
