// What a scan does with the rows: it keeps the best of them, and counts those that are not feasible.
#include <algorithm>
#include <limits>
#include <numeric>

#include "compiler/codegen/emitter.h"

namespace llmsys {
namespace {

constexpr double small = 0x1p-500, large = 0x1p500;         // of a dividend and a divisor, so that the quotient is finite and not rounded to 0
constexpr double least_bound = 0x1p-400, most_bound = 0x1p400;
constexpr double margin = 0x1p-50;

void compute(Lanes& lanes, const std::vector<NodeId>& nodes) {
  for (NodeId id : nodes) lanes.compute(id);
}

}  // namespace

std::optional<Quotient> quotient(const Query& query, const Task& task) {
  if (task.goal == nullptr || query.graph[task.results[1]].op != Op::divide) return std::nullopt;
  Quotient result{task.results[1], {}, {}};
  std::vector<bool> depends(query.graph.size());
  for (NodeId id : task.inside) {
    const Node& node = query.graph[id];
    const auto begin = node.operand.begin(), end = begin + operands(node.op);
    const bool asks = std::find(begin, end, result.node) != end;
    if (asks && node.op != Op::is_finite) return std::nullopt;
    depends[id.index] = id == result.node || std::any_of(begin, end, [&](NodeId operand) { return depends[operand.index]; });
    if (asks) result.questions.push_back(id);
    else if (depends[id.index] && id != result.node) result.dependents.push_back(id);
  }
  return depends[result.node.index] ? std::optional(std::move(result)) : std::nullopt;
}

/// Before any row.
Strand Emitter::nothing_seen(llvm::Type* type) {
  const auto spread = [&](llvm::Value* value) { return type->isVectorTy() ? builder_.CreateVectorSplat(width_, value) : value; };
  llvm::Value* merit = llvm::ConstantFP::getInfinity(type, true);
  llvm::Value* none = spread(builder_.CreateSIToFP(n_, builder_.getDoubleTy()));
  return {builder_.getInt64(0), builder_.getInt64(0), merit, none, spread(bound(field(Field::bound)))};
}

/// As doubles, which hold any.
llvm::Value* Emitter::row_numbers(llvm::Value* first, llvm::Type* type) {
  llvm::Value* number = builder_.CreateSIToFP(first, builder_.getDoubleTy());
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  if (vector == nullptr) return number;
  std::vector<double> lane(vector->getNumElements());
  std::iota(lane.begin(), lane.end(), 0.0);
  return builder_.CreateFAdd(builder_.CreateVectorSplat(vector->getNumElements(), number), llvm::ConstantDataVector::get(builder_.getContext(), lane));
}

/// Whether a status is below 0, by the choices that make it: masks, where the number itself would be put together lane by lane.
llvm::Value* Emitter::dropped(Lanes& lanes, NodeId status, Truths& known) {
  if (const auto found = known.find(status.index); found != known.end()) return found->second;
  const Node& node = query_.graph[status];
  const auto [a, b, c] = node.operand;
  const auto made = [&]() -> llvm::Value* {
    if (is_small_count_[status.index]) return llvm::ConstantInt::getFalse(llvm::CmpInst::makeCmpResultType(lanes.type()));
    if (node.op == Op::constant) return llvm::ConstantInt::getBool(llvm::CmpInst::makeCmpResultType(lanes.type()), node.value < 0);
    if (is_inside_[status.index] && node.op == Op::first_reason) return builder_.CreateSelect(lanes.truth(a), dropped(lanes, a, known), dropped(lanes, b, known));
    if (is_inside_[status.index] && node.op == Op::select) return builder_.CreateSelect(lanes.truth(a), dropped(lanes, b, known), dropped(lanes, c, known));
    return builder_.CreateFCmpOLT(lanes.number(status), llvm::Constant::getNullValue(lanes.type()));
  };
  return known[status.index] = made();
}

/// Mostly all are feasible or dropped, so a status is put together only where a row is infeasible; others keep what was there, 0.
void Emitter::write_status(Lanes& lanes, Strand& seen, llvm::Value* row) {
  const NodeId status = task_.results[0];
  llvm::BasicBlock* all = builder_.GetInsertBlock();
  auto *troubled = new_block("troubled"), *mixed = new_block("mixed"), *infeasible = new_block("infeasible"), *written = new_block("written");
  builder_.CreateCondBr(any(lanes.truth(status)), troubled, written);

  builder_.SetInsertPoint(troubled);
  Truths known;
  llvm::Value* is_dropped = dropped(lanes, status, known);
  llvm::Value* all_more = builder_.CreateAdd(seen.dropped, rows_here(row));
  builder_.CreateCondBr(any(builder_.CreateNot(is_dropped)), mixed, written);

  builder_.SetInsertPoint(mixed);
  llvm::Value* is_infeasible = builder_.CreateAnd(lanes.truth(status), builder_.CreateNot(is_dropped));
  llvm::Value* some_more = builder_.CreateAdd(seen.dropped, count(is_dropped, row));
  llvm::Value* some_infeasible = count(is_infeasible, row);
  builder_.CreateCondBr(builder_.CreateIsNotNull(some_infeasible), infeasible, written);

  builder_.SetInsertPoint(infeasible);
  store(lanes.number(status), out_[0], row);
  llvm::Value* more_infeasible = builder_.CreateAdd(seen.infeasible, some_infeasible);
  builder_.CreateBr(written);

  builder_.SetInsertPoint(written);
  const auto merged = [&](llvm::Value* as_before, llvm::Value* if_all_dropped, llvm::Value* if_mixed, llvm::Value* if_infeasible) {
    llvm::PHINode* value = builder_.CreatePHI(builder_.getInt64Ty(), 4);
    value->addIncoming(as_before, all);
    value->addIncoming(if_all_dropped, troubled);
    value->addIncoming(if_mixed, mixed);
    value->addIncoming(if_infeasible, infeasible);
    return value;
  };
  seen.dropped = merged(seen.dropped, all_more, some_more, some_more);
  seen.infeasible = merged(seen.infeasible, seen.infeasible, seen.infeasible, more_infeasible);
}

llvm::Value* Emitter::any(llvm::Value* truths) { return truths->getType()->isVectorTy() ? builder_.CreateOrReduce(truths) : truths; }

/// How many lanes have a row.
llvm::Value* Emitter::rows_here(llvm::Value* row) { return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, builder_.CreateSub(n_, row), builder_.getInt64(width_)); }

/// Of the lanes that have a row.
llvm::Value* Emitter::count(llvm::Value* truths, llvm::Value* row) {
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(truths->getType());
  if (vector == nullptr) return builder_.CreateZExt(truths, builder_.getInt64Ty());
  llvm::Value* mask = builder_.CreateZExt(builder_.CreateBitCast(truths, builder_.getIntNTy(vector->getNumElements())), builder_.getInt64Ty());
  llvm::Value* no_row = builder_.CreateShl(builder_.getInt64(~uint64_t{0}), rows_here(row));
  return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, builder_.CreateAnd(mask, builder_.CreateNot(no_row)));
}

llvm::Value* Emitter::bound(llvm::Value* merit) {
  const auto constant = [&](double value) { return llvm::ConstantFP::get(merit->getType(), value); };
  const bool maximise = task_.goal->maximise;
  llvm::Value* value = maximise ? merit : builder_.CreateFNeg(merit);
  llvm::Value* moved = builder_.CreateFMul(value, constant(maximise ? 1 - margin : 1 + margin));
  llvm::Value* is_known = builder_.CreateAnd(builder_.CreateFCmpOGE(value, constant(least_bound)), builder_.CreateFCmpOLE(value, constant(most_bound)));
  return builder_.CreateSelect(is_known, moved, constant(maximise ? 0 : std::numeric_limits<double>::infinity()));
}

void Emitter::divide(Lanes& lanes) {
  lanes.compute(quotient_->node);
  compute(lanes, quotient_->questions);
  compute(lanes, quotient_->dependents);
}

/// In `lanes` the quotient is taken as finite, which it is wherever this is true.
llvm::Value* Emitter::is_beaten(Lanes& lanes, llvm::Value* bound) {
  const Node& node = query_.graph[quotient_->node];
  llvm::Value* dividend = lanes.number(node.operand[0]);
  llvm::Value* divisor = lanes.number(node.operand[1]);
  const auto constant = [&](double value) { return llvm::ConstantFP::get(lanes.type(), value); };
  llvm::Type* integers = lanes.type()->getWithNewType(builder_.getInt64Ty());
  // from 0 to large: as an integer any other number, and what is no number, is greater
  llvm::Value* fine = builder_.CreateICmpULE(builder_.CreateBitCast(dividend, integers), builder_.CreateBitCast(constant(large), integers));
  fine = builder_.CreateAnd(fine, builder_.CreateFCmpOGE(divisor, constant(small)));
  llvm::Value* product = builder_.CreateFMul(bound, divisor);
  llvm::Value* below = task_.goal->maximise ? builder_.CreateFCmpOLT(dividend, product) : builder_.CreateFCmpOGT(dividend, product);
  return builder_.CreateAnd(fine, builder_.CreateOr(below, lanes.truth(task_.results[0])));
}

void Emitter::look(Lanes& lanes, Strand& seen, llvm::Value* row) {
  if (quotient_) see_unless_beaten(lanes, seen, row);
  else see(lanes, seen, row);
  write_status(lanes, seen, row);
}

void Emitter::see_unless_beaten(Lanes& lanes, Strand& seen, llvm::Value* row) {
  const NodeId status = task_.results[0];
  llvm::Value* const yes = llvm::ConstantInt::getTrue(llvm::CmpInst::makeCmpResultType(lanes.type()));
  auto* divided = new_block("divided");
  auto* looked = new_block("looked");
  Lanes assumed = lanes;
  for (NodeId id : quotient_->questions) assumed.know(id, yes);
  compute(assumed, quotient_->dependents);
  llvm::Value* troubled = assumed.truth(status);
  llvm::Value* beaten = is_beaten(assumed, seen.bound);
  llvm::BasicBlock* passed = builder_.GetInsertBlock();
  builder_.CreateCondBr(any(builder_.CreateNot(beaten)), divided, looked);

  builder_.SetInsertPoint(divided);
  Lanes real = lanes;
  divide(real);
  Strand now = seen;
  see(real, now, row);
  llvm::Value* closer = bound(now.merit);
  now.bound = builder_.CreateSelect(task_.goal->maximise ? builder_.CreateFCmpOGT(closer, seen.bound) : builder_.CreateFCmpOLT(closer, seen.bound), closer, seen.bound);
  llvm::Value* really_troubled = real.truth(status);
  builder_.CreateBr(looked);

  builder_.SetInsertPoint(looked);
  const auto merged = [&](llvm::Value* if_passed, llvm::Value* if_divided) {
    llvm::PHINode* value = builder_.CreatePHI(if_passed->getType(), 2);
    value->addIncoming(if_passed, passed);
    value->addIncoming(if_divided, divided);
    return value;
  };
  seen.merit = merged(seen.merit, now.merit);
  seen.row = merged(seen.row, now.row);
  seen.bound = merged(seen.bound, now.bound);
  troubled = merged(troubled, really_troubled);
  for (NodeId id : quotient_->questions) lanes.know(id, merged(yes, real.truth(id)));
  compute(lanes, quotient_->dependents);
  lanes.know(status, troubled);
}

/// An earlier row of a lane stays unless a later one is better, so each lane has the first of its best.
void Emitter::see(Lanes& lanes, Strand& seen, llvm::Value* row) {
  llvm::Value* troubled = lanes.truth(task_.results[0]);
  llvm::Value* value = lanes.number(task_.results[1]);
  if (!task_.goal->maximise) value = builder_.CreateFNeg(value);
  llvm::Value* better = builder_.CreateAnd(builder_.CreateFCmpOGT(value, seen.merit), builder_.CreateNot(troubled));
  better = builder_.CreateAnd(better, among(row, lanes.type()));
  seen.merit = builder_.CreateSelect(better, value, seen.merit);
  seen.row = builder_.CreateSelect(better, row_numbers(row, lanes.type()), seen.row);
}

/// Which lanes have a row.
llvm::Value* Emitter::among(llvm::Value* row, llvm::Type* type) {
  llvm::Value* end = builder_.CreateSIToFP(n_, builder_.getDoubleTy());
  return builder_.CreateFCmpOLT(row_numbers(row, type), type->isVectorTy() ? builder_.CreateVectorSplat(width_, end) : end);
}

void Emitter::give(const Strand& strand) {
  if (strand.dropped != nullptr) {
    llvm::Value* counts = field(Field::counts);
    builder_.CreateStore(strand.dropped, counts);
    builder_.CreateStore(strand.infeasible, builder_.CreateConstInBoundsGEP1_64(builder_.getInt64Ty(), counts, 1));
  }
  if (strand.merit != nullptr) {
    store(strand.merit, out_[1], builder_.getInt64(0));
    store(strand.row, out_[2], builder_.getInt64(0));
  }
}

}  // namespace llmsys
