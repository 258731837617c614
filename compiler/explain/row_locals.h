// What the names of a study are for one row: its axes, `let`s and summaries. In: a row. Out: an environment for expressions at the study's end, traced to where each value is from.
#pragma once

#include "compiler/elaborate/evaluator.h"
#include "compiler/explain/derive.h"

namespace llmsys {

class RowLocals {
 public:
  RowLocals(const Program& program, Trace& trace, Evaluator& evaluator, const StudyRow& row);

  /// False: a diagnostic was given.
  bool read();
  Env env();

  std::vector<std::pair<std::string, std::string>> swept;   // but for what was folded away
  std::vector<std::string> summaries;                       // as they are written

 private:
  bool read(const ast::Sweep& sweep);
  bool read(const ast::Solve& solve);
  bool read(const ast::Let& let);
  void read(const ast::Summarise& node);
  void fold(std::string_view axis);
  bool add(const Value& value, StepId step);

  const Program& program_;
  Trace& trace_;
  Evaluator& evaluator_;
  const StudyRow& row_;
  const ast::Study& study_;
  uint32_t axis_ = 0;
  std::vector<Value> values_;
  std::vector<StepId> from_;
};

/// What a row is asked for, in the order in which it is: any of it may make the row infeasible.
std::vector<ExprId> asked_of_rows(const ast::Study& study);
std::vector<ExprId> shown_by(const ast::Study& study);

}  // namespace llmsys
