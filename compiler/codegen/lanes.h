// Private, since it shows LLVM. The values of nodes over a few rows at once. In: nodes in evaluation order. Out: LLVM values: numbers as
// (vectors of) double, truth as (vectors of) i1.
// A node lives in the form it was made in; the other form is made when somebody asks for it.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <vector>

#include "compiler/graph/query.h"

namespace llmsys {

class Lanes {
 public:
  /// `before`: the single lane of what doesn't vary, to be spread over these lanes; null for that lane itself.
  Lanes(const Graph& graph, llvm::IRBuilder<>& builder, unsigned width, Lanes* before)
      : graph_(graph), builder_(builder), width_(width), before_(before), numbers_(graph.size()), truths_(graph.size()) {}

  llvm::Value* number(NodeId id);
  llvm::Value* truth(NodeId id);   // not 0

  /// A value that is read.
  void set(NodeId id, llvm::Value* number);
  /// Its truth, of which the number of a node that is_truth can be made.
  void know(NodeId id, llvm::Value* truth) { truths_[id.index] = truth; }
  /// Emits a node from its operands.
  void compute(NodeId id);

  llvm::Type* type() const;        // of a number

 private:
  void compute_number(NodeId id, const Node& node);
  void compute_truth(NodeId id, const Node& node);
  llvm::Value* truth_of_number(NodeId id, llvm::Value* number);
  llvm::Value* spread(llvm::Value* scalar);
  llvm::Value* constant(double value) const;
  llvm::Value* intrinsic(unsigned id, llvm::Value* a);
  llvm::Value* call(const char* function, const std::vector<llvm::Value*>& arguments);
  llvm::Value* is_count(llvm::Value* a);

  const Graph& graph_;
  llvm::IRBuilder<>& builder_;
  unsigned width_;
  Lanes* before_;
  std::vector<llvm::Value*> numbers_;
  std::vector<llvm::Value*> truths_;
};

}  // namespace llmsys
