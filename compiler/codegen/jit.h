// The LLVM engine. In: a query. Out: kernels with the bits of the interpreter. LLVM is seen by no header.
// Errors are the machine's (no memory, no host target), as text.
#pragma once

#include <string>
#include <variant>

#include "compiler/graph/query.h"
#include "compiler/plan/plan.h"

namespace llmsys {

class KernelCache;

struct JitOptions {
  unsigned width = 0;             // lanes of the inner loop; 0: as the host likes
  unsigned threads = 1;           // that compile at the same time, if there are many shapes
  KernelCache* cache = nullptr;   // where machine code is looked for and kept; none: all is compiled
};

/// Kernels of phase 0, one for each shape; keeps the machine code alive as long as one of them lives.
using Jitted = std::variant<std::vector<std::unique_ptr<Kernel>>, std::string>;
Jitted jit(const Query& query, const std::vector<Plan>& plans, const JitOptions& options);
inline Jitted jit(const Query& query, const JitOptions& options) { return jit(query, plan(query), options); }

/// For --emit: the module before or after optimisation, or its assembly.
enum class Listing : uint8_t { llvm, optimised, assembly };
std::string listing(const Query& query, const JitOptions& options, Listing what);

}  // namespace llmsys
