// What a kernel does with the rows: it writes their statuses and columns, and counts those that are not feasible. Columns of such rows mean nothing, so if all rows of a
// vector are, for a reason that is known before anything dear is computed, that is not computed.
#include "compiler/codegen/emitter.h"

namespace llmsys {

Strand Emitter::nothing_counted() { return {.dropped = builder_.getInt64(0), .infeasible = builder_.getInt64(0)}; }

void Emitter::write_rows(Lanes& lanes, Strand& seen, llvm::Value* row) {
  write(lanes, row);
  llvm::BasicBlock* all = builder_.GetInsertBlock();
  auto* troubled = new_block("troubled");
  auto* counted = new_block("counted");
  builder_.CreateCondBr(any(lanes.truth(task_.results[0])), troubled, counted);

  builder_.SetInsertPoint(troubled);
  Strand now = seen;
  count_statuses(lanes, now, row);
  builder_.CreateBr(counted);

  builder_.SetInsertPoint(counted);
  seen = merged(seen, all, now, troubled);
}

void Emitter::count_statuses(Lanes& lanes, Strand& seen, llvm::Value* row) {
  const NodeId status = task_.results[0];
  Truths known;
  llvm::Value* is_dropped = dropped(lanes, status, known);
  llvm::Value* is_infeasible = builder_.CreateAnd(lanes.truth(status), builder_.CreateNot(is_dropped));
  seen.dropped = builder_.CreateAdd(seen.dropped, count(is_dropped, row));
  seen.infeasible = builder_.CreateAdd(seen.infeasible, count(is_infeasible, row));
}

/// What either way leaves.
Strand Emitter::merged(Strand a, llvm::BasicBlock* from_a, Strand b, llvm::BasicBlock* from_b) {
  const std::vector<llvm::Value**> of_a = a.all(), of_b = b.all();
  for (size_t k = 0; k < of_a.size(); ++k) {
    llvm::PHINode* value = builder_.CreatePHI((*of_a[k])->getType(), 2);
    value->addIncoming(*of_a[k], from_a);
    value->addIncoming(*of_b[k], from_b);
    *of_a[k] = value;
  }
  return a;
}

void Emitter::rows(Lanes& lanes, Strand& seen, llvm::Value* row) {
  const NodeId status = task_.results[0];
  Lanes early = lanes;   // where what is dear is 0, and choices among statuses are made
  for (NodeId id : live(query_.graph, {status})) {
    if (!waits_[id.index]) continue;
    const Op op = query_.graph[id].op;
    if (op == Op::select || op == Op::first_reason) early.compute(id);
    else early.set(id, llvm::Constant::getNullValue(lanes.type()));
  }
  Truths known;
  llvm::Value* is_known = builder_.CreateAnd(decided(early, status, known), early.truth(status));
  llvm::BasicBlock* guard = builder_.GetInsertBlock();
  auto* skipped = new_block("skipped");
  auto* computed = new_block("computed");
  auto* done = new_block("next");
  llvm::IRBuilder<>(guard).CreateCondBr(any(builder_.CreateNot(is_known)), computed, skipped);

  builder_.SetInsertPoint(skipped);
  Strand if_skipped = seen;
  write_skipped(early, if_skipped, row);
  llvm::BasicBlock* end_of_skipped = builder_.GetInsertBlock();
  builder_.CreateBr(done);

  builder_.SetInsertPoint(computed);
  for (NodeId id : task_.inside) {
    if (waits_[id.index]) lanes.compute(id);
  }
  write_rows(lanes, seen, row);
  llvm::BasicBlock* end_of_computed = builder_.GetInsertBlock();
  builder_.CreateBr(done);

  builder_.SetInsertPoint(done);
  seen = merged(if_skipped, end_of_skipped, seen, end_of_computed);
}

/// Mostly all of them were dropped.
void Emitter::write_skipped(Lanes& lanes, Strand& seen, llvm::Value* row) {
  const NodeId status = task_.results[0];
  Truths known;
  llvm::Value* is_dropped = dropped(lanes, status, known);
  auto* all_dropped = new_block("all_dropped");
  auto* mixed = new_block("mixed");
  auto* written = new_block("written");
  builder_.CreateCondBr(any(builder_.CreateNot(is_dropped)), mixed, all_dropped);

  builder_.SetInsertPoint(all_dropped);
  Strand if_all = seen;
  store(llvm::ConstantFP::get(lanes.type(), status_dropped), out_[0], row);
  if_all.dropped = builder_.CreateAdd(seen.dropped, rows_here(row));
  builder_.CreateBr(written);

  builder_.SetInsertPoint(mixed);
  store(lanes.number(status), out_[0], row);
  count_statuses(lanes, seen, row);
  builder_.CreateBr(written);

  builder_.SetInsertPoint(written);
  seen = merged(if_all, all_dropped, seen, mixed);
}

/// Where a status is what it will be, whatever the values that wait are.
llvm::Value* Emitter::decided(Lanes& early, NodeId status, Truths& known) {
  if (const auto found = known.find(status.index); found != known.end()) return found->second;
  llvm::Type* truths = llvm::CmpInst::makeCmpResultType(early.type());
  const Node& node = query_.graph[status];
  const auto [a, b, c] = node.operand;
  const auto made = [&]() -> llvm::Value* {
    if (!waits_[status.index]) return llvm::ConstantInt::getTrue(truths);
    if (node.op == Op::first_reason) return builder_.CreateAnd(decided(early, a, known), builder_.CreateOr(early.truth(a), decided(early, b, known)));
    if (node.op == Op::select && !waits_[a.index]) return builder_.CreateSelect(early.truth(a), decided(early, b, known), decided(early, c, known));
    return llvm::ConstantInt::getFalse(truths);
  };
  return known[status.index] = made();
}

}  // namespace llmsys
