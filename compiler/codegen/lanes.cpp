#include "compiler/codegen/lanes.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/Module.h>

#include <cassert>
#include <limits>

#include "compiler/graph/meaning.h"

namespace llmsys {
namespace {

/// The function of runtime/elementary.h that an operation is.
const char* elementary(Op op) {
  switch (op) {
    case Op::exp: return "llmsys_exp";
    case Op::log: return "llmsys_log";
    case Op::log2: return "llmsys_log2";
    case Op::log10: return "llmsys_log10";
    case Op::power: return "llmsys_pow";
    case Op::modulo: return "llmsys_mod";
    case Op::quotient: return "llmsys_quotient";
    default: return nullptr;
  }
}

/// Pure, so that LLVM may drop and reorder calls.
llvm::Function* declare(llvm::Module& module, const char* name, size_t parameters) {
  if (llvm::Function* known = module.getFunction(name)) return known;
  llvm::Type* number = llvm::Type::getDoubleTy(module.getContext());
  auto* type = llvm::FunctionType::get(number, std::vector<llvm::Type*>(parameters, number), false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  function->setDoesNotAccessMemory();
  function->setDoesNotThrow();
  function->setWillReturn();
  return function;
}

}  // namespace

llvm::Type* Lanes::type() const {
  llvm::Type* scalar = builder_.getDoubleTy();
  return width_ == 1 ? scalar : llvm::FixedVectorType::get(scalar, width_);
}

llvm::Value* Lanes::constant(double value) const { return llvm::ConstantFP::get(type(), value); }

/// Once, where `before` is computed, not in the loop.
llvm::Value* Lanes::spread(llvm::Value* scalar) {
  return width_ == 1 ? scalar : before_->builder_.CreateVectorSplat(width_, scalar);
}

void Lanes::set(NodeId id, llvm::Value* number) {
  numbers_[id.index] = number;
  // Of a node that is read its operands are not known here, so its truth can't come from theirs.
  if (operands(graph_[id].op) > 0) truths_[id.index] = builder_.CreateFCmpUNE(number, constant(0));
}

llvm::Value* Lanes::number(NodeId id) {
  llvm::Value*& number = numbers_[id.index];
  if (number) return number;
  llvm::Value* truth = truths_[id.index];
  if (truth && is_truth(graph_[id].op)) return number = builder_.CreateSelect(truth, constant(1), constant(0));
  assert(before_ && "operands come before their users");
  return number = spread(before_->number(id));
}

llvm::Value* Lanes::truth(NodeId id) {
  llvm::Value*& truth = truths_[id.index];
  if (truth) return truth;
  if (llvm::Value* number = numbers_[id.index]) return truth = truth_of_number(id, number);
  assert(before_ && "operands come before their users");
  return truth = spread(before_->truth(id));
}

/// Of a number that was chosen: the same choice among truths, which masks can do.
llvm::Value* Lanes::truth_of_number(NodeId id, llvm::Value* number) {
  const auto [op, operand] = std::pair(graph_[id].op, graph_[id].operand);
  if (op == Op::first_reason) return builder_.CreateOr(truth(operand[0]), truth(operand[1]));
  if (op == Op::select) return builder_.CreateSelect(truth(operand[0]), truth(operand[1]), truth(operand[2]));
  return builder_.CreateFCmpUNE(number, constant(0));
}

llvm::Value* Lanes::intrinsic(unsigned id, llvm::Value* a) { return builder_.CreateUnaryIntrinsic(id, a); }

/// Lane by lane: these functions are scalar.
llvm::Value* Lanes::call(const char* name, const std::vector<llvm::Value*>& arguments) {
  llvm::Function* function = declare(*builder_.GetInsertBlock()->getModule(), name, arguments.size());
  if (width_ == 1) return builder_.CreateCall(function, arguments);
  llvm::Value* result = llvm::PoisonValue::get(type());
  for (unsigned lane = 0; lane < width_; ++lane) {
    std::vector<llvm::Value*> scalars;
    for (llvm::Value* argument : arguments) scalars.push_back(builder_.CreateExtractElement(argument, lane));
    result = builder_.CreateInsertElement(result, builder_.CreateCall(function, scalars), lane);
  }
  return result;
}

llvm::Value* Lanes::is_count(llvm::Value* a) {
  llvm::Value* within = builder_.CreateAnd(builder_.CreateFCmpOGE(a, constant(0)), builder_.CreateFCmpOLE(a, constant(largest_count)));
  return builder_.CreateAnd(within, builder_.CreateFCmpOEQ(intrinsic(llvm::Intrinsic::floor, a), a));
}

void Lanes::compute(NodeId id) {
  const Node& node = graph_[id];
  if (is_truth(node.op)) compute_truth(id, node);
  else compute_number(id, node);
}

void Lanes::compute_truth(NodeId id, const Node& node) {
  const auto [a, b, c] = node.operand;
  const auto made = [&]() -> llvm::Value* {
    switch (node.op) {
      case Op::less: return builder_.CreateFCmpOLT(number(a), number(b));
      case Op::less_equal: return builder_.CreateFCmpOLE(number(a), number(b));
      case Op::equal: return builder_.CreateFCmpOEQ(number(a), number(b));
      case Op::not_equal: return builder_.CreateFCmpUNE(number(a), number(b));
      case Op::both: return builder_.CreateAnd(truth(a), truth(b));
      case Op::either: return builder_.CreateOr(truth(a), truth(b));
      case Op::invert: return builder_.CreateNot(truth(a));
      case Op::is_finite:
        return builder_.CreateFCmpOLT(intrinsic(llvm::Intrinsic::fabs, number(a)), constant(std::numeric_limits<double>::infinity()));
      case Op::is_count: return is_count(number(a));
      default: break;
    }
    assert(!"is_truth knows every truth");
    return nullptr;
  };
  truths_[id.index] = made();
}

void Lanes::compute_number(NodeId id, const Node& node) {
  const auto [a, b, c] = node.operand;
  const auto made = [&]() -> llvm::Value* {
    switch (node.op) {
      case Op::add: return builder_.CreateFAdd(number(a), number(b));
      case Op::subtract: return builder_.CreateFSub(number(a), number(b));
      case Op::multiply: return builder_.CreateFMul(number(a), number(b));
      case Op::divide: return builder_.CreateFDiv(number(a), number(b));
      case Op::negate: return builder_.CreateFNeg(number(a));
      case Op::absolute: return intrinsic(llvm::Intrinsic::fabs, number(a));
      case Op::square_root: return intrinsic(llvm::Intrinsic::sqrt, number(a));
      case Op::floor: return intrinsic(llvm::Intrinsic::floor, number(a));
      case Op::ceil: return intrinsic(llvm::Intrinsic::ceil, number(a));
      case Op::round: return intrinsic(llvm::Intrinsic::rint, number(a));
      case Op::minimum: return builder_.CreateSelect(builder_.CreateFCmpOLT(number(b), number(a)), number(b), number(a));
      case Op::maximum: return builder_.CreateSelect(builder_.CreateFCmpOLT(number(a), number(b)), number(b), number(a));
      case Op::select: return builder_.CreateSelect(truth(a), number(b), number(c));
      case Op::first_reason: return builder_.CreateSelect(truth(a), number(a), number(b));
      default: break;
    }
    assert(elementary(node.op) && "an operation that codegen does not know");
    return operands(node.op) == 1 ? call(elementary(node.op), {number(a)}) : call(elementary(node.op), {number(a), number(b)});
  };
  numbers_[id.index] = made();
}

}  // namespace llmsys
