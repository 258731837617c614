#include "compiler/explain/row_locals.h"

#include <algorithm>
#include <cmath>

#include "compiler/explain/written.h"

namespace llmsys {

RowLocals::RowLocals(const Program& program, Trace& trace, Evaluator& evaluator, const StudyRow& row)
    : program_(program), trace_(trace), evaluator_(evaluator), row_(row), study_(std::get<ast::Study>((*program.syntax)[program.studies[row.study].decl].node)) {}

bool RowLocals::read() {
  for (const ast::Clause& clause : study_.clauses) {
    const bool good = match(
        clause.node, [&](const ast::Sweep& sweep) { return read(sweep); }, [&](const ast::Solve& solve) { return read(solve); }, [&](const ast::Let& let) { return read(let); },
        [&](const ast::Summarise& summarise) {
          read(summarise);
          return true;
        },
        [](const auto&) { return true; });
    if (!good) return false;
  }
  return true;
}

Env RowLocals::env() {
  auto locals = std::make_shared<std::vector<Value>>(values_);
  trace_.set_locals(locals, from_);
  return {{}, {}, std::move(locals)};
}

bool RowLocals::read(const ast::Sweep& sweep) {
  const uint64_t index = row_.place.index[axis_];
  std::vector<Value> elements;
  for (ExprId domain : sweep.domains) {
    Value list = evaluator_.eval(domain, env());
    if (list.tag != Value::Tag::list || index >= list.list->size()) return false;
    elements.push_back(list.list->is_range ? evaluator_.number(list.list->start + static_cast<double>(index) * list.list->step) : list.list->elements[index]);
  }
  for (size_t n = 0; n < elements.size(); ++n, ++axis_) {
    swept.emplace_back(sweep.names[n].text, evaluator_.label(elements[n], program_.types[program_.type(sweep.domains[n])].element));
    add(elements[n], trace_.add({.what = Step::What::swept, .of = axis_, .value = elements[n]}));
  }
  return true;
}

/// An axis of numbers.
bool RowLocals::read(const ast::Solve& solve) {
  const Value value = evaluator_.number(row_.place.value[axis_]);
  swept.emplace_back(solve.name.text, evaluator_.label(value, program_.type(solve.first)));
  return add(value, trace_.add({.what = Step::What::swept, .of = axis_++, .value = value}));
}

bool RowLocals::read(const ast::Let& let) {
  const StepId step{static_cast<uint32_t>(trace_.size())};
  return add(evaluator_.eval(let.value, env()), step);
}

void RowLocals::read(const ast::Summarise& node) {
  std::string over;
  for (const ast::Name& name : node.over) {
    over += (over.empty() ? " over " : ", ") + std::string(name.text);
    fold(name.text);
  }
  summaries.clear();
  for (uint32_t i = 0; i < node.summaries.size(); ++i) {
    const ast::Summary& summary = node.summaries[i];
    std::string text = std::string(summary.function.text) + "(";
    for (ExprId argument : summary.arguments) text += (text.back() == '(' ? "" : ", ") + on_one_line(program_, argument);
    summaries.push_back(text + ")" + over);
    const Value value = evaluator_.number(i < row_.slots.size() ? row_.slots[i] : std::nan(""));
    add(value, trace_.add({.what = Step::What::summary, .of = i, .value = value}));
  }
}

/// An axis, and those that are walked with it.
void RowLocals::fold(std::string_view axis) {
  for (const ast::Clause& clause : study_.clauses) {
    const auto* sweep = std::get_if<ast::Sweep>(&clause.node);
    const auto has = [&](std::string_view name) { return std::ranges::any_of(sweep->names, [&](const ast::Name& one) { return one.text == name; }); };
    if (sweep && has(axis)) std::erase_if(swept, [&](const auto& one) { return has(one.first); });
  }
}

bool RowLocals::add(const Value& value, StepId step) {
  values_.push_back(value);
  from_.push_back(step);
  return !value.failed();
}

std::vector<ExprId> asked_of_rows(const ast::Study& study) {
  std::vector<ExprId> all;
  for (const ast::Clause& clause : study.clauses)
    match(
        clause.node, [&](const ast::Solve& node) { all.push_back(node.condition); }, [&](const ast::Sensitivity& node) { all.push_back(node.of); },
        [&](const ast::Where& node) { all.push_back(node.condition); }, [&](const ast::Best& node) { all.push_back(node.goal.value); },
        [&](const ast::Top& node) { all.push_back(node.goal.value); },
        [&](const ast::Pareto& node) {
          for (const ast::Goal& goal : node.goals) all.push_back(goal.value);
        },
        [&](const ast::Summarise& node) {
          for (const ast::Summary& summary : node.summaries) all.insert(all.end(), summary.arguments.begin(), summary.arguments.end());
        },
        [&](const ast::Show& node) {
          for (const ast::ShowItem& item : node.items) all.push_back(item.value);
        },
        [&](const ast::Expect& node) {
          all.push_back(node.actual);
          if (node.expected) all.insert(all.end(), {*node.expected, *node.tolerance});
        },
        [](const auto&) {});
  return all;
}

std::vector<ExprId> shown_by(const ast::Study& study) {
  std::vector<ExprId> all;
  for (const ast::Clause& clause : study.clauses)
    if (const auto* show = std::get_if<ast::Show>(&clause.node))
      for (const ast::ShowItem& item : show->items) all.push_back(item.value);
  return all;
}

}  // namespace llmsys
