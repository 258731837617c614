// A question, ready for an engine: graphs and the sweep they belong to. In: from `elaborate`. Out: see interpret.h and codegen/jit.h.
#pragma once

#include <memory>

#include "compiler/graph/graph.h"
#include "runtime/evaluate.h"

namespace llmsys {

/// Combos whose graphs are the same but for numbers. roots[phase] = the status, then each column of Sweep::phases[phase].
struct Shape {
  std::vector<std::vector<NodeId>> roots;
};

struct Query {
  Sweep sweep;
  Graph graph;                  // of all shapes
  std::vector<Shape> shapes;    // Sweep::shape_of_combo says which combo has which
};

/// Whether a node changes from row to row of one run of a kernel: those rows differ only in the last axis.
inline bool varies_within_run(const Query& query, NodeId id) {
  const uint32_t axes = query.sweep.space.axes;
  return axes > 0 && (query.graph[id].axes >> (axes - 1) & 1) != 0;
}

/// The reference engine: node after node, what a query means.
std::unique_ptr<Kernel> interpret(const Query& query, const std::vector<NodeId>& roots);
inline std::unique_ptr<Kernel> interpret(const Query& query, uint32_t phase, uint32_t shape) { return interpret(query, query.shapes[shape].roots[phase]); }

/// What evaluate() runs: `compiled` for the shapes of phase 0 if there are any, the interpreter for the rest, and the tables they read.
/// The query must outlive it.
KernelSet kernels_of(const Query& query, std::vector<std::unique_ptr<Kernel>> compiled = {});

}  // namespace llmsys
