// A value's derivation, from a traced evaluation. In: a checked program, expressions, the row of a study that they are of. Out: a plain tree.
// Promise: the values have the bits of a run; a definition is taken apart once, where it comes first.
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/explain/derivation.h"
#include "compiler/sema/program.h"
#include "runtime/space.h"

namespace llmsys {

struct DeriveOptions {
  uint32_t depth = 4;          // levels of parts below each value
  bool all = false;            // nothing is folded but what lies too deep
  double least_share = 0.01;   // of a sum: a term that has less is not taken apart
  int digits = 6;
};

struct StudyRow {
  uint32_t study = 0;          // index into Program::studies
  Place place = {};            // the row; if axes were summarised away, the first that was folded into it
  std::vector<double> slots = {};   // results of its last `summarise`, if there is one
  std::string reason = {};     // infeasible: why
};

/// A value of the file. Nothing if a diagnostic was given.
std::optional<Explanation> explain_expression(const Program& program, ExprId expr, const DeriveOptions& options, DiagSink& sink);

/// An expression at the end of a study, or all that it shows; of an infeasible row, what makes it so.
std::optional<Explanation> explain_row(const Program& program, const StudyRow& row, std::optional<ExprId> expr, const DeriveOptions& options, DiagSink& sink);

}  // namespace llmsys
