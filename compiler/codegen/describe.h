// Private, since it shows LLVM. A study as other programs see it. In: a query, its kernels for points. Out: constants and the function STUDY_points, in a module.
#pragma once

#include <llvm/IR/Module.h>

#include "compiler/graph/query.h"

namespace llmsys {

/// By axis: 1 if what comes below depends on which element it is, so that all points of a call must have the same; else 0.
std::vector<int64_t> fixed_axes(const Space& space);
/// Kernels by shape.
void describe(const Query& query, const std::vector<llvm::Function*>& kernels, llvm::Module& module);

}  // namespace llmsys
