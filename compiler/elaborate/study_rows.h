// What a study asks of each row: its clauses below the last axis, for one choice on the by-element axes. In: the clauses, the locals that axes and `let`s gave.
// Out: columns, stages and, for each phase, the nodes of its status and columns. Not for other rooms.
#pragma once

#include "compiler/elaborate/evaluator.h"

namespace llmsys {

using Locals = std::shared_ptr<std::vector<Value>>;

inline Locals extended(const Locals& locals, Value value) {
  auto more = std::make_shared<std::vector<Value>>(*locals);
  more->push_back(std::move(value));
  return more;
}
inline Env env_of(const Locals& locals) { return {{}, {}, locals}; }

class StudyRows {
 public:
  /// `axes` are the columns of the axes; showing an axis changes how its column is printed.
  /// What is known of the axes.
  struct Axes {
    const std::vector<uint64_t>& elements;    // which one of those gone through by element this is
    const std::vector<std::string>& scans;    // how an unknown is gone through if not value by value
  };
  StudyRows(const Program& program, const StudyInfo& info, Evaluator& evaluator, std::vector<Column>& axes, Axes known, DiagSink& sink);

  /// False: a diagnostic was given, or Evaluator::needed says what must be known first.
  bool read(size_t first_clause, Locals locals);

  std::vector<Phase> phases = std::vector<Phase>(1);
  std::vector<uint32_t> shown;
  std::vector<ExpectColumns> expects;
  std::vector<Picture> pictures;
  std::vector<std::vector<NodeId>> roots;   // by phase
  std::map<uint32_t, std::string> no_solutions;   // reasons, and how they begin

 private:
  /// What is collected for one phase while its clauses are read.
  struct PhaseRoots {
    std::vector<NodeId> columns;
    std::vector<NodeId> reasons;                    // of stages and shown columns, in written order
    std::vector<std::pair<Value, NodeId>> filters;  // leading `where`s
    bool reduced = false;
    size_t of_solve = 0;                            // so many of the reasons say what can't be an answer
  };

  bool clause(const ast::Let& let);
  bool clause(const ast::Where& where);
  bool clause(const ast::Best& best);
  bool clause(const ast::Pareto& pareto);
  bool clause(const ast::Top& top);
  bool clause(const ast::Summarise& node);
  bool clause(const ast::Show& show);
  bool clause(const ast::Expect& expect);
  bool clause(const ast::Sensitivity& sensitivity);
  bool clause(const ast::Sweep&) { return true; }
  bool clause(const ast::Solve&) { return true; }   // see solve_all
  bool clause(const ast::Plot& plot);

  void close_phase();
  NodeId first_of(size_t begin, size_t end);      // of the reasons that are collected
  std::optional<Mark> mark(const ast::Plot& mark);
  std::optional<Mark::Argument> argument(const ast::PlotArgument& argument);
  std::optional<Goal> goal(const ast::Goal& goal);
  std::optional<Summary> summary(const ast::Summary& summary);
  // --- solve.cpp
  bool solve_all();
  bool solve(const ast::Solve& solve, AxisMask over, const Value& unknown);
  struct Comparison {
    ExprId left;
    Value value, merit;
  };
  bool compare(ExprId condition, std::vector<Comparison>& found);
  std::optional<NodeId> no_solution(const ast::Solve& solve, const Value& unknown, const std::vector<Comparison>& compared, const std::string& what);

  // --- sensitivity.cpp
  struct Changed {            // what a sensitivity is of, with one path replaced
    ExprId of;
    const PathInfo* path;
    ExprId where;
  };
  bool sensitivity_to(const Changed& what, const Value& at, const std::string& name, const std::string& ending);
  bool neighbours(const Changed& what, const Value& at, const std::string& name, const std::string& ending);
  Value changed(const Changed& what, const Value& value);
  Locals replayed(size_t from, const Value* first);
  NodeId reason_to_show(const Changed& what, const Value& value);
  void show_if_there(Column column, NodeId value, NodeId reason);

  bool shows_axis(const ast::ShowItem& item);
  std::optional<uint32_t> show(const ast::ShowItem& item);
  std::optional<uint32_t> compared(ExprId expr);
  std::optional<std::string> plain_title(ExprId title);
  std::optional<uint32_t> add_column(Column column, const Value& value, NodeId reason);
  Column column_of(ExprId expr, std::optional<ExprId> unit, std::string title) const;
  AxisMask mask(const std::vector<ast::Name>& names) const;
  AxisMask with_partners(AxisMask axes) const;
  Value eval(ExprId expr) { return evaluator_.eval(expr, env_of(locals_)); }
  Span span(ExprId id) const { return (*program_.syntax)[id].span; }

  const Program& program_;
  const StudyInfo& info_;
  const ast::Study& node_;
  Evaluator& evaluator_;
  std::vector<Column>& axes_;
  Axes known_;
  DiagSink& sink_;
  Locals locals_;
  AxisMask unknowns_ = 0;   // axes that are solved for: what folds any axis folds them, as they have one value in each row
  PhaseRoots current_;
};

}  // namespace llmsys
