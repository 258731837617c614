// Private, since it shows LLVM. In: a query, the plan of each shape, some of the shapes, lanes. Out: a module with a function
// `void kernel_name(shape)(const KernelArgs*)` for each of those shapes, in phase 0, and `void memo_name(shape)(const KernelArgs*)` for those that keep something,
// `void scan_name(shape)(const KernelArgs*)` for those whose rows a `best` picks from, and probe_name for those in which it can be searched for (runtime/search.h).
// Promise: one IEEE operation for each node, no fast-math flag anywhere, so the passes that LLVM has can't change a bit.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/plan.h"

namespace llmsys {

std::string kernel_name(uint32_t shape);
std::string memo_name(uint32_t shape);
std::string scan_name(uint32_t shape);
std::string probe_name(uint32_t shape);

/// What `scanN` writes instead of columns, if the phase begins with a `best` along the last axis: out[1] and out[2] hold, for each lane, the
/// goal's value (its negative if less is better) and the number of its first best feasible row, n if there is none. Statuses of vectors with infeasible rows are
/// written, others left as they were.
bool scans(const Query& query);

/// Shapes [begin, end).
struct Shapes {
  uint32_t begin = 0, end = 0;
};
std::unique_ptr<llvm::Module> emit(const Query& query, const std::vector<Plan>& plans, Shapes shapes, unsigned width, llvm::LLVMContext& context);

}  // namespace llmsys
