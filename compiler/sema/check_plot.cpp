// Pictures of a study's table: which marks there are, what each is given, and that it is in the table.
#include <algorithm>

#include "compiler/diag/suggest.h"
#include "compiler/sema/checker.h"

namespace llmsys {
namespace {

/// What a mark is given: columns of the table; numbers that are the same for all rows; switches.
struct MarkInfo {
  std::string_view name;
  bool is_overlay;
  std::vector<std::string_view> required, optional;
};
const std::vector<MarkInfo> marks = {
    {"line", false, {"x", "y"}, {"color", "facet", "log_x", "log_y"}},
    {"scatter", false, {"x", "y"}, {"color", "facet", "log_x", "log_y"}},
    {"front", false, {"x", "y"}, {"color", "facet", "log_x", "log_y"}},
    {"bar", false, {"x", "y"}, {"color", "facet"}},
    {"stack", false, {"x", "y"}, {"facet"}},
    {"heatmap", false, {"x", "y", "color"}, {"facet"}},
    {"roofline", false, {"x", "y", "peak", "slope"}, {"color", "facet"}},
    {"points", true, {"x", "y"}, {"label"}},
    {"rule", true, {}, {"x", "y", "label"}},
};

const MarkInfo* mark_of(std::string_view name) {
  auto found = std::ranges::find(marks, name, &MarkInfo::name);
  return found == marks.end() ? nullptr : &*found;
}

const ast::PlotArgument* argument_of(const ast::Plot& mark, std::string_view name) {
  auto found = std::ranges::find_if(mark.arguments, [&](const ast::PlotArgument& one) { return one.name.text == name; });
  return found == mark.arguments.end() ? nullptr : &*found;
}

/// `y = [a, b]`: one series for each column.
bool several_columns(std::string_view mark) { return mark == "line" || mark == "scatter" || mark == "bar" || mark == "stack"; }

/// As it is compared: white space does not count.
std::string squeezed(std::string_view text) {
  std::string result;
  for (char c : text)
    if (static_cast<unsigned char>(c) > ' ') result += c;
  return result;
}

template <typename List> std::string listed(const List& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "`" : ", `") + std::string(name) + "`";
  return all;
}

}  // namespace

void Checker::check_plot(const ast::Plot& plot, const ast::Study& study, Context& context, StudyInfo& info) {
  if (!check_mark(plot, false)) return;
  TypeId x = error(), y = error();
  for (const ast::PlotArgument& one : plot.arguments) {
    const std::string_view name = one.name.text;
    if (name == "peak" || name == "slope") continue;
    if (name.starts_with("log_")) {
      if (!std::holds_alternative<ast::Bool>(syntax_[one.value].node)) sink_.add({Code::wrong_type, span(one.value), "`" + std::string(name) + "` is `true` or `false`", "neither of them"});
      check_expr(one.value, context);
      continue;
    }
    TypeId value = error();
    const auto* list = std::get_if<ast::List>(&syntax_[one.value].node);
    if (name == "y" && list && several_columns(plot.shape.text)) {
      if (const ast::PlotArgument* color = argument_of(plot, "color"))
        sink_.add({Code::wrong_arguments, color->name.span, "`color` has no place here: it tells the columns of `y` apart", "not together with several columns", {{one.name.span, "these"}}});
      for (ExprId part : list->elements) {
        const TypeId other = check_plotted(part, study, context, info);
        if (bad(value)) value = other;
        else if (!bad(other)) expect_type(part, declared(other), declared(value), span(list->elements[0]), "this is " + quoted(declared(value)));
      }
    } else {
      value = check_plotted(one.value, study, context, info);
    }
    const bool measures = name == "y" ? plot.shape.text != "heatmap" : name == "x" && (plot.shape.text == "roofline" || argument_of(plot, "log_x"));
    if (measures) value = need(list ? list->elements.empty() ? one.value : list->elements[0] : one.value, value, Type::Tag::quantity, "`" + std::string(name) + "` of `" + std::string(plot.shape.text) + "`");
    if (name == "x") x = bad(value) ? value : declared(value);
    if (name == "y") y = bad(value) ? value : declared(value);
  }
  if (const ast::PlotArgument* peak = argument_of(plot, "peak")) check_given(*peak, y, false, context);
  if (const ast::PlotArgument* slope = argument_of(plot, "slope")) {
    std::optional<Dimension> rise;
    if (!bad(x) && !bad(y)) rise = type(y).dimension.over(type(x).dimension);
    check_given(*slope, rise ? program_.types.quantity(*rise) : error(), false, context);
  }
  for (const ast::Plot& overlay : plot.overlays) {
    if (!check_mark(overlay, true)) continue;
    for (const ast::PlotArgument& one : overlay.arguments) {
      if (one.name.text == "label") check_given(one, program_.types.text(), false, context);
      else check_given(one, one.name.text == "x" ? x : y, overlay.shape.text == "points", context);
    }
  }
}

/// Whether there is such a mark with these arguments.
bool Checker::check_mark(const ast::Plot& mark, bool is_overlay) {
  const MarkInfo* info = mark_of(mark.shape.text);
  if (!info || info->is_overlay != is_overlay) {
    std::vector<std::string> names;
    for (const MarkInfo& one : marks)
      if (one.is_overlay == is_overlay) names.emplace_back(one.name);
    const std::string what = is_overlay ? "laid over a plot" : "plotted";
    Diagnostic diagnostic{Code::unknown_name, mark.shape.span, "nothing that is " + what + " is called `" + std::string(mark.shape.text) + "`", "not known here"};
    diagnostic.notes.push_back("there are: " + listed(names));
    if (auto near = suggest(mark.shape.text, names)) diagnostic.help = "did you mean `" + *near + "`?";
    sink_.add(std::move(diagnostic));
    return false;
  }
  std::vector<std::string> known(info->required.begin(), info->required.end());
  known.insert(known.end(), info->optional.begin(), info->optional.end());
  bool good = true;
  for (const ast::PlotArgument& one : mark.arguments) {
    if (std::ranges::find(known, one.name.text) == known.end()) {
      Diagnostic diagnostic{Code::wrong_arguments, one.name.span, "`" + std::string(mark.shape.text) + "` takes no `" + std::string(one.name.text) + "`", "not an argument of it"};
      diagnostic.notes.push_back("it takes: " + listed(known));
      if (auto near = suggest(one.name.text, known)) diagnostic.help = "did you mean `" + *near + "`?";
      sink_.add(std::move(diagnostic));
      good = false;
    } else if (const ast::PlotArgument* first = argument_of(mark, one.name.text); first != &one) {
      sink_.add({Code::duplicate_name, one.name.span, "`" + std::string(one.name.text) + "` is given twice", "again here", {{first->name.span, "first given here"}}});
      good = false;
    }
  }
  std::vector<std::string_view> missing;
  for (std::string_view name : info->required)
    if (!argument_of(mark, name)) missing.push_back(name);
  const bool lies_nowhere = mark.shape.text == "rule" && !argument_of(mark, "x") && !argument_of(mark, "y");
  if (lies_nowhere) sink_.add({Code::wrong_arguments, mark.shape.span, "`rule` needs `x` or `y`", "not given here"});
  if (!missing.empty()) sink_.add({Code::wrong_arguments, mark.shape.span, "`" + std::string(mark.shape.text) + "` needs " + listed(missing), "not given here"});
  return good && missing.empty() && !lies_nowhere;
}

/// An axis, or what the study shows: written as there, or as its title.
TypeId Checker::check_plotted(ExprId value, const ast::Study& study, Context& context, StudyInfo& info) {
  const auto* title = std::get_if<ast::Text>(&syntax_[value].node);
  const size_t mistakes_before = mistakes();
  TypeId result = check_expr(value, context);
  if (mistakes() > mistakes_before) return error();
  const auto axis_of = [&](ExprId expr) {
    auto* name = std::get_if<ast::NameRef>(&syntax_[expr].node);
    auto found = name ? std::ranges::find(info.axes, name->name.text, [](const ast::Name& axis) { return axis.text; }) : info.axes.end();
    return static_cast<uint32_t>(found - info.axes.begin());
  };
  if (const uint32_t axis = axis_of(value); axis < info.axes.size()) {
    info.plotted[value.index] = {true, axis};
    return result;
  }
  std::vector<std::string> columns;
  for (const ast::Name& axis : info.axes) columns.emplace_back(axis.text);
  const std::string wanted = squeezed(sources_.text(span(value)));
  uint32_t index = 0;
  for (const ast::Clause& clause : study.clauses) {
    const auto* show = std::get_if<ast::Show>(&clause.node);
    if (!show) continue;
    for (const ast::ShowItem& item : show->items) {
      const uint32_t axis = axis_of(item.value);
      const bool is_it = title && item.title ? squeezed(sources_.text(span(*item.title))) == wanted : squeezed(sources_.text(span(item.value))) == wanted;
      if (is_it) info.plotted[value.index] = axis < info.axes.size() ? TableColumn{true, axis} : TableColumn{false, index};
      if (is_it) return title ? check_expr(item.value, context) : result;
      if (axis == info.axes.size()) columns.emplace_back(sources_.text(span(title && item.title ? *item.title : item.value))), ++index;
    }
  }
  const std::string written(sources_.text(span(value)));
  Diagnostic diagnostic{Code::not_in_the_table, span(value), "the table has no column `" + written + "`", "neither an axis nor shown"};
  diagnostic.notes.push_back("its columns: " + listed(columns));
  auto near = suggest(written, columns);
  diagnostic.help = near ? "did you mean `" + *near + "`?" : "a plot is a picture of the table: add it to `show`";
  sink_.add(std::move(diagnostic));
  return error();
}

/// A number, or a list of them, that stands in the picture whatever the rows are.
void Checker::check_given(const ast::PlotArgument& argument, TypeId wanted, bool several, Context& context) {
  TypeId value = check_expr(argument.value, context);
  if (several) value = element_of(argument.value, value);
  if (!bad(value) && !bad(wanted)) expect_type(argument.value, value, wanted, argument.name.span, "this is " + quoted(wanted));
  same_for_all_rows(argument.value, "`" + std::string(argument.name.text) + "`", context);
}

}  // namespace llmsys
