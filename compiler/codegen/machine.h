// Private, since it shows LLVM. The machine that this program runs on, and the passes that kernels need.
#pragma once

#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/IR/Module.h>

namespace llmsys {

/// Told to keep multiplications and additions apart.
llvm::Expected<llvm::orc::JITTargetMachineBuilder> host();
/// Lanes of its widest vectors of doubles.
unsigned host_width();
/// Short, because the graph comes hash-consed, folded, vectorised and hoisted: only what the lazy forms of Lanes leave behind.
void optimise(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace llmsys
