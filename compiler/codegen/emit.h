// Private, since it shows LLVM. In: a query, the plan of each shape, lanes. Out: a module with a function
// `void kernel_name(shape)(const KernelArgs*)` for each shape of phase 0, and `void memo_name(shape)(const KernelArgs*)` for those that keep something.
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
std::unique_ptr<llvm::Module> emit(const Query& query, const std::vector<Plan>& plans, unsigned width, llvm::LLVMContext& context);

}  // namespace llmsys
