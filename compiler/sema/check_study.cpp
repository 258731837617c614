// Studies: axes, the pipeline, what is shown.
#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {

void Checker::check_study(DeclId decl, const ast::Study& study) {
  StudyInfo info{.decl = decl};
  Context context{.file = syntax_[decl].file};
  bool pipeline = false, shown = false, expected = false, summarised = false;
  std::vector<Unsolved> solves;
  const auto check_conditions = [&] {   // of what is solved: below the axes and `let`s
    for (const Unsolved& unsolved : std::exchange(solves, {})) check_condition(unsolved, context);
  };
  uint32_t read = 0;   // expressions before this one belong to earlier clauses
  bool solved = false;
  for (const ast::Clause& clause : study.clauses) {
    const bool introduces = std::holds_alternative<ast::Sweep>(clause.node) || std::holds_alternative<ast::Solve>(clause.node) || std::holds_alternative<ast::Let>(clause.node);
    if (!introduces) check_conditions();
    match(
        clause.node,
        [&](const ast::Sweep& sweep) {
          if (pipeline)
            sink_.add({Code::bad_placement, Span{clause.span.source, clause.span.begin, clause.span.begin + 5}, "`sweep` stands after a clause that works on rows",
                       "axes come first", {}, {}, "move it up"});
          if (solved)
            sink_.add({Code::bad_placement, Span{clause.span.source, clause.span.begin, clause.span.begin + 5}, "`sweep` stands after `solve`, which is solved for each choice of what is swept",
                       "comes too late", {}, {}, "move it up"});
          check_sweep(sweep, context, info);
        },
        [&](const ast::Solve& solve) {
          if (pipeline)
            sink_.add({Code::bad_placement, Span{clause.span.source, clause.span.begin, clause.span.begin + 5}, "`solve` stands after a clause that works on rows",
                       "what is solved for comes first", {}, {}, "move it up"});
          else solves.push_back({&solve, std::max({solve.first.index, solve.last.index, solve.step.value_or(solve.first).index}) + 1, {static_cast<uint32_t>(context.locals.size())}});
          read = solve.condition.index + 1;
          solved = true;
          check_solve(solve, context, info);
        },
        [&](const ast::Let& let) {
          check_shadows_unit(let.name, "name");
          for (const auto& other : context.locals)
            if (other.name.text == let.name.text && other.visible)
              sink_.add({Code::duplicate_name, let.name.span, "`" + std::string(let.name.text) + "` is declared twice in this study", "again here", {{other.name.span, "first declared here"}}});
          TypeId value = check_expr(let.value, context);
          for (Unsolved& unsolved : solves)
            if (uses(read, let.value, unsolved.follows)) unsolved.follows.insert(static_cast<uint32_t>(context.locals.size()));
          read = let.value.index + 1;
          context.locals.push_back({let.name, value});
        },
        [&](const ast::Where& where) {
          pipeline = true;
          need(where.condition, check_expr(where.condition, context), Type::Tag::boolean, "the condition of `where`");
        },
        [&](const ast::Best& best) {
          pipeline = true;
          check_goal(best.goal, context);
          check_axis_names(best.over, info, context);
        },
        [&](const ast::Pareto& pareto) {
          pipeline = true;
          for (const ast::Goal& goal : pareto.goals) check_goal(goal, context);
          check_axis_names(pareto.per, info, context);
        },
        [&](const ast::Top& top) {
          pipeline = true;
          check_slot(top.count, context, program_.types.real(), {}, "");
          check_goal(top.goal, context);
        },
        [&](const ast::Summarise& summarise) {
          if (shown || expected)
            sink_.add({Code::bad_placement, Span{clause.span.source, clause.span.begin, clause.span.begin + 9}, "`summarise` stands after `show` or `expect`, whose rows it would fold away",
                       "comes too late", {}, {}, "move it up, and show its results"});
          pipeline = summarised = true;
          check_summarise(summarise, context, info);
        },
        [&](const ast::Show& show) {
          pipeline = shown = true;
          check_show(show, context);
        },
        [&](const ast::Plot& plot) { check_plot(plot, study, context, info); },
        [&](const ast::Sensitivity& sensitivity) {
          if (summarised)
            sink_.add({Code::bad_placement, clause.span, "a sensitivity is of the rows that are swept, and `summarise` has folded them away", "comes too late"});
          pipeline = shown = true;
          check_sensitivity(sensitivity, context);
        },
        [&](const ast::Expect& expect) {
          pipeline = expected = true;
          check_expect(expect, context);
        });
  }
  check_conditions();
  for (ExprId asked : study.asked) check_expr(asked, context);
  if (!shown)
    sink_.add({Code::bad_placement, study.name.span, "the study `" + std::string(study.name.text) + "` shows nothing", "no `show` in it", {}, {}, "add `show` with the columns to print"});
  *std::ranges::lower_bound(program_.studies, decl, {}, &StudyInfo::decl) = std::move(info);
}

void Checker::check_sweep(const ast::Sweep& sweep, Context& context, StudyInfo& info) {
  std::vector<TypeId> elements;
  for (ExprId domain : sweep.domains) elements.push_back(element_of(domain, check_expr(domain, context)));
  for (size_t i = 0; i < sweep.names.size(); ++i) {
    const ast::Name& name = sweep.names[i];
    check_shadows_unit(name, "axis");
    for (const auto& other : context.locals)
      if (other.name.text == name.text)
        sink_.add({Code::duplicate_name, name.span, "`" + std::string(name.text) + "` is declared twice in this study", "again here", {{other.name.span, "first declared here"}}});
    TypeId element = i < elements.size() ? elements[i] : error();
    if (!bad(element) && type(element).tag == Type::Tag::quantity) element = declared(element);
    context.locals.push_back({name, element});
    info.axes.push_back(name);
  }
  if (sweep.names.size() != sweep.domains.size())
    sink_.add({Code::wrong_arguments, join(sweep.names.front().span, sweep.names.back().span),
               std::to_string(sweep.names.size()) + " names for " + std::to_string(sweep.domains.size()) + " lists", "one name for each list"});
  if (sweep.label) check_expr(*sweep.label, context);
  if (info.axes.size() == 65) sink_.add({Code::too_many, sweep.names[0].span, "a study has at most 64 axes", "one too many"});
}

void Checker::check_solve(const ast::Solve& solve, Context& context, StudyInfo& info) {
  const TypeId first = need(solve.first, check_expr(solve.first, context), Type::Tag::quantity, "where the unknown begins");
  const TypeId last = check_expr(solve.last, context);
  const TypeId unknown = bad(first) ? error() : declared(first);
  if (!bad(first) && !bad(last)) expect_type(solve.last, last, unknown, span(solve.first), "this is " + quoted(first));
  if (solve.step) {
    const TypeId step = check_expr(*solve.step, context);
    const TypeId wanted = solve.geometric ? program_.types.real() : unknown;
    if (!bad(step) && !bad(first)) expect_type(*solve.step, step, wanted, span(solve.first), "this is " + quoted(first));
  }
  check_shadows_unit(solve.name, "name");
  for (const auto& other : context.locals)
    if (other.name.text == solve.name.text)
      sink_.add({Code::duplicate_name, solve.name.span, "`" + std::string(solve.name.text) + "` is declared twice in this study", "again here", {{other.name.span, "first declared here"}}});
  context.locals.push_back({solve.name, unknown});
  info.axes.push_back(solve.name);
  info.unknowns.push_back(solve.name);
  if (info.axes.size() == 65) sink_.add({Code::too_many, solve.name.span, "a study has at most 64 axes", "one too many"});
}

/// Whether a name in expressions [begin, end], of which operands come before their users, is one of these locals.
bool Checker::uses(uint32_t begin, ExprId end, const std::set<uint32_t>& locals) const {
  for (uint32_t i = begin; i <= end.index; ++i) {
    const auto* local = std::get_if<LocalRef>(&program_.ref_of[i]);
    if (local && locals.contains(local->slot)) return true;
  }
  return false;
}

void Checker::check_condition(const Unsolved& unsolved, Context& context) {
  const auto& [solve, begin, follows] = unsolved;
  const size_t before = mistakes();
  need(solve->condition, check_expr(solve->condition, context), Type::Tag::boolean, "the condition of `solve`");
  if (mistakes() > before || uses(begin, solve->condition, follows)) return;
  const std::string name(solve->name.text);
  sink_.add({Code::idle_unknown, span(solve->condition), "the condition does not depend on `" + name + "`", "the same for every `" + name + "`", {{solve->name.span, "solved for"}}, {}, "use `" + name + "` in it, or in a `let` that it uses"});
}

void Checker::check_axis_names(std::span<const ast::Name> names, const StudyInfo& info, const Context& context) {
  for (const ast::Name& name : names) {
    auto axis = std::find_if(info.axes.begin(), info.axes.end(), [&](const ast::Name& one) { return one.text == name.text; });
    bool folded = std::any_of(context.locals.begin(), context.locals.end(), [&](const auto& local) { return local.name.text == name.text && !local.visible; });
    if (axis != info.axes.end() && !folded) continue;
    std::vector<std::string> axes;
    std::string list;
    for (const ast::Name& one : info.axes) {
      if (std::any_of(context.locals.begin(), context.locals.end(), [&](const auto& local) { return local.name.text == one.text && !local.visible; })) continue;
      axes.emplace_back(one.text);
      list += (list.empty() ? "`" : ", `") + std::string(one.text) + "`";
    }
    Diagnostic diagnostic{Code::unknown_axis, name.span,
                          folded ? "`" + std::string(name.text) + "` was summarised away" : "`" + std::string(name.text) + "` is not swept", "not an axis of this study"};
    if (!list.empty()) diagnostic.notes.push_back("swept here: " + list);
    if (auto near = suggest(name.text, axes); near && !folded) {
      diagnostic.help = "did you mean `" + *near + "`?";
      diagnostic.fixes.push_back({name.span, *near});
    }
    sink_.add(std::move(diagnostic));
  }
}

void Checker::check_goal(const ast::Goal& goal, Context& context) {
  need(goal.value, check_expr(goal.value, context), Type::Tag::quantity, "what is compared");
}

void Checker::check_summarise(const ast::Summarise& node, Context& context, StudyInfo& info) {
  std::vector<Context::Local> results;
  for (const ast::Summary& summary : node.summaries) {
    check_shadows_unit(summary.name, "name");
    std::vector<TypeId> arguments;
    for (ExprId argument : summary.arguments) arguments.push_back(check_expr(argument, context));
    std::string_view function = summary.function.text;
    size_t wanted = function == "count" ? 0 : function == "quantile" ? 2 : 1;
    TypeId result = error();
    if (function != "mean" && function != "sum" && function != "min" && function != "max" && function != "count" && function != "quantile") {
      std::vector<std::string> known = {"mean", "sum", "min", "max", "count", "quantile"};
      Diagnostic diagnostic{Code::unknown_name, summary.function.span, "there is no summary called `" + std::string(function) + "`", "not a summary"};
      diagnostic.notes.push_back("there are: mean, sum, min, max, count, quantile");
      if (auto near = suggest(function, known)) diagnostic.help = "did you mean `" + *near + "`?";
      sink_.add(std::move(diagnostic));
    } else if (arguments.size() != wanted) {
      sink_.add({Code::wrong_arguments, summary.function.span, "`" + std::string(function) + "` takes " + std::to_string(wanted) + (wanted == 1 ? " argument" : " arguments") + ", found " + std::to_string(arguments.size()), "called here"});
    } else if (function == "count") {
      result = program_.types.real();
    } else {
      TypeId value = need(summary.arguments[0], arguments[0], Type::Tag::quantity, "what is summarised");
      if (wanted == 2) expect_type(summary.arguments[1], arguments[1], program_.types.real(), summary.function.span, "the second argument of `quantile` is a number");
      result = bad(value) ? error() : declared(value);
    }
    results.push_back({summary.name, result});
  }
  check_axis_names(node.over, info, context);
  // What depended on a folded axis has no single value any more; a `let` may have, so all of them go.
  for (auto& local : context.locals) {
    bool is_axis = std::any_of(info.axes.begin(), info.axes.end(), [&](const ast::Name& axis) { return axis.text == local.name.text; });
    bool folded = std::any_of(node.over.begin(), node.over.end(), [&](const ast::Name& axis) { return axis.text == local.name.text; });
    folded |= std::any_of(info.unknowns.begin(), info.unknowns.end(), [&](const ast::Name& unknown) { return unknown.text == local.name.text; });
    if (!is_axis || folded) local.visible = false;
  }
  for (auto& result : results) context.locals.push_back(result);
}

/// A name of the study or of the file, and fields of it.
std::optional<PathInfo> Checker::path_of(ExprId expr) const {
  const Ref& ref = program_.ref(expr);
  if (std::holds_alternative<LocalRef>(ref) || std::holds_alternative<GlobalRef>(ref)) return PathInfo{ref, {}};
  const auto* slot = std::get_if<MemberField>(&ref);
  const auto* field = std::get_if<ast::Field>(&syntax_[expr].node);
  std::optional<PathInfo> path = slot && field ? path_of(field->base) : std::nullopt;
  if (path) path->fields.push_back(slot->slot);
  return path;
}

void Checker::check_sensitivity(const ast::Sensitivity& node, Context& context) {
  need(node.of, check_expr(node.of, context), Type::Tag::quantity, "what a sensitivity is of");
  for (ExprId to : node.paths) {
    TypeId found = check_expr(to, context);
    if (bad(found) || bad(need(to, found, Type::Tag::quantity, "what a sensitivity is to"))) continue;
    if (auto path = path_of(to)) program_.paths[to.index] = std::move(*path);
    else sink_.add({Code::no_path, span(to), "a sensitivity is to something that has a name, found an expression", "not a name, nor a field of one", {}, {}, "give it a name with `let`, and use that"});
  }
}

/// A column has one title, so nothing in it may differ between rows.
void Checker::check_title(const ast::ShowItem& item, Context& context) {
  check_expr(*item.title, context);
  auto* text = std::get_if<ast::Text>(&syntax_[*item.title].node);
  if (!text) return;
  same_for_all_rows(*item.title, "a title", context);
}

void Checker::same_for_all_rows(ExprId value, std::string_view what, const Context& context) {
  // Operands are numbered before their users: what stands in it is just before it.
  uint32_t first = value.index;
  while (first > 0 && span(ExprId{first - 1}).begin >= span(value).begin && span(ExprId{first - 1}).source == span(value).source) --first;
  for (uint32_t i = first; i <= value.index; ++i) {
    auto* local = std::get_if<LocalRef>(&program_.ref_of[i]);
    if (!local || local->slot >= context.locals.size()) continue;
    Span where = span(ExprId{i});
    sink_.add({Code::bad_placement, where, std::string(what) + " can't use `" + std::string(sources_.text(where)) + "`, which may differ between rows", "a name of this study"});
  }
}

void Checker::check_show(const ast::Show& show, Context& context) {
  for (const ast::ShowItem& item : show.items) {
    TypeId value = check_expr(item.value, context);
    if (item.title) check_title(item, context);
    if (item.unit) check_display_unit(*item.unit, value, span(item.value));
    if (bad(value)) continue;
    Type::Tag tag = type(value).tag;
    if (tag == Type::Tag::list || tag == Type::Tag::per || tag == Type::Tag::choice)
      sink_.add({Code::wrong_type, span(item.value), "a column shows one value, found " + quoted(value), "this is " + quoted(value)});
    if (tag == Type::Tag::record)
      sink_.add({Code::wrong_type, span(item.value), "a column shows one value, found the whole of " + quoted(value), "this is " + quoted(value), {}, {}, "show one of its fields"});
  }
}

}  // namespace llmsys
