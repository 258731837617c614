#include "compiler/format/roles.h"

namespace llmsys {

namespace {

class Collector {
 public:
  explicit Collector(const SourceMap& sources) : sources_(sources) {}

  void expr(const Syntax& syntax, const ast::Expr& expr) {
    match(
        expr.node,
        [&](const ast::NameRef& e) { name(e.name); },
        [&](const ast::Field& e) { name(e.name); },
        [&](const ast::SelfField& e) {
          name(e.name);
          prefix(expr.span.begin);
        },
        [&](const ast::Unary& e) {
          if (e.op == ast::UnaryOp::minus) prefix(expr.span.begin);
        },
        [&](const ast::Range& e) {
          if (e.geometric) star(syntax[*e.step]);
        },
        [&](const ast::Amend& e) { items(e.assigns); },
        [&](const ast::Match& e) { items(e.arms); },
        [&](const ast::LabelledChoice& e) { entries(e.entries); },
        [](const auto&) {});
  }

  void decl(const Syntax& syntax, const ast::Decl& decl) {
    item(decl.span);
    match(
        decl.node,
        [&](const ast::PrefixSet& d) { entries(d.entries); },
        [&](const ast::Enum& d) {
          items(d.fields);
          for (const ast::Case& each : d.cases) {
            item(each.name.span);
            items(each.assigns);
          }
        },
        [&](const ast::Kind& d) {
          for (const ast::Member& member : d.members)
            match(member, [&](const auto& each) {
              item(each.span);
              if constexpr (std::is_same_v<decltype(each), const ast::Function&>) function(each);
            });
        },
        [&](const ast::Function& d) { function(d); },
        [&](const ast::Instance& d) { items(d.assigns); },
        [&](const ast::Study& d) {
          items(d.clauses);
          for (const ast::Clause& clause : d.clauses) {
            if (auto* plot = std::get_if<ast::Plot>(&clause.node)) {
              name(plot->shape);
              for (const ast::Plot& overlay : plot->overlays) name(overlay.shape);
            }
            if (auto* solve = std::get_if<ast::Solve>(&clause.node); solve != nullptr && solve->geometric) star(syntax[*solve->step]);
            if (auto* summarise = std::get_if<ast::Summarise>(&clause.node))
              for (const ast::Summary& each : summarise->summaries) name(each.function);
          }
        },
        [](const auto&) {});
  }

  Roles take() { return std::move(roles_); }

 private:
  void item(Span span) { roles_.items.insert(span.begin); }
  void name(const ast::Name& name) { roles_.names.insert(name.span.begin); }
  void prefix(uint32_t at) { roles_.prefixes.insert(at); }
  /// Of `by *2`.
  void star(const ast::Expr& step) { prefix(static_cast<uint32_t>(sources_.text(step.span.source).rfind('*', step.span.begin))); }
  template <class Nodes>
  void items(const Nodes& nodes) {
    for (const auto& each : nodes) item(each.span);
  }
  void entries(const std::vector<ast::Entry>& entries) {
    for (const ast::Entry& each : entries) item(each.label.span);
  }
  void function(const ast::Function& function) {
    name(function.name);
    if (!function.dimensions.empty()) prefix(static_cast<uint32_t>(sources_.text(function.name.span.source).find('<', function.name.span.end)));
  }

  const SourceMap& sources_;
  Roles roles_;
};

}  // namespace

Roles roles_of(const Syntax& syntax, const SourceMap& sources) {
  Collector collector(sources);
  for (uint32_t i = 0; i < syntax.exprs(); ++i) collector.expr(syntax, syntax[ExprId{i}]);
  for (uint32_t i = 0; i < syntax.decls(); ++i) collector.decl(syntax, syntax[DeclId{i}]);
  return collector.take();
}

}  // namespace llmsys
