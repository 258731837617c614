// Of each shape: what is computed once, then a loop over vectors of rows. The last one may have lanes for which there is no row.
#include "compiler/codegen/emit.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <cassert>

#include "compiler/codegen/emitter.h"
#include "runtime/search.h"

namespace llmsys {

Emitter::Emitter(const Query& query, const Task& task, unsigned width, llvm::Module& module)
    : query_(query),
      task_(task),
      width_(width),
      function_(declare(module, task.name)),
      start_(block("start")),
      builder_(block("rows")),
      before_(query.graph, start_, 1, nullptr),
      is_inside_(query.graph.size()),
      is_small_count_(query.graph.size()),
      quotient_(quotient(query, task)),
      waits_(query.graph.size()) {
  for (NodeId id : task.inside) is_inside_[id.index] = true;
  for (size_t k = 0; task.given != nullptr && k < task.given->columns.size(); ++k) is_small_count_[task.given->columns[k].index] = task.given->memo.bytes[k] == 1;
  for (NodeId id : task.inside) {
    const Node& node = query.graph[id];
    const auto begin = node.operand.begin(), end = begin + operands(node.op);
    waits_[id.index] = task.counts && (is_dear(node.op) || std::any_of(begin, end, [&](NodeId operand) { return waits_[operand.index]; }));
  }
  if (!quotient_) return;
  waits_[quotient_->node.index] = true;
  for (NodeId id : quotient_->questions) waits_[id.index] = true;
  for (NodeId id : quotient_->dependents) waits_[id.index] = true;
}

void Emitter::emit() {
  llvm::BasicBlock* rows = builder_.GetInsertBlock();
  prologue();
  loop();
  builder_.CreateRetVoid();
  start_.CreateBr(rows);  // last, because the loop puts what it spreads over lanes at the end of `start`
}

llvm::Function* Emitter::declare(llvm::Module& module, const std::string& name) {
  llvm::LLVMContext& context = module.getContext();
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {llvm::PointerType::getUnqual(context)}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  function->setDoesNotThrow();
  return function;
}

llvm::Value* Emitter::field(Field which) {
  llvm::Type* pointer = start_.getPtrTy();
  llvm::Type* integer = start_.getInt64Ty();
  auto* type = llvm::StructType::get(start_.getContext(), {pointer, pointer, pointer, pointer, integer, integer, integer, pointer, pointer, start_.getDoubleTy(), pointer});
  const auto index = static_cast<unsigned>(which);
  return start_.CreateLoad(type->getElementType(index), start_.CreateStructGEP(type, function_->getArg(0), index));
}

/// Everything that reads memory but not a row of it is loaded here: stores to `out` might alias as far as LLVM knows.
void Emitter::prologue() {
  n_ = field(Field::n);
  combo_ = field(Field::combo);
  out_ = columns(task_.to, task_.goal != nullptr ? 3 : task_.results.size());
  if (task_.given != nullptr) given_ = columns(Field::memo, task_.given->columns.size());
  for (NodeId id : task_.before) {
    const Node& node = query_.graph[id];
    if (operands(node.op) == 0) before_.set(id, read_before(node));
    else before_.compute(id);
  }
}

std::vector<llvm::Value*> Emitter::columns(Field which, size_t count) {
  std::vector<llvm::Value*> columns;
  llvm::Value* all = count == 0 ? nullptr : field(which);
  for (uint32_t k = 0; k < count; ++k) columns.push_back(element(start_.getPtrTy(), all, start_.getInt64(k)));
  return columns;
}

llvm::Value* Emitter::read_before(const Node& leaf) {
  llvm::Type* number = start_.getDoubleTy();
  llvm::Value* index = start_.getInt64(leaf.number);
  switch (leaf.op) {
    case Op::constant: return llvm::ConstantFP::get(number, leaf.value);
    case Op::axis: return element(number, field(Field::axis), index);
    case Op::slot: return element(number, field(Field::slot), index);
    default: break;
  }
  assert(leaf.op == Op::table);
  return element(number, element(start_.getPtrTy(), field(Field::table), index), combo_);
}

/// Only the last axis varies; a table that varies along it has consecutive combos in consecutive rows (combo_step is 1).
llvm::Value* Emitter::read_inside(const Node& leaf, llvm::Value* row, llvm::Type* type) {
  assert(leaf.op == Op::axis || leaf.op == Op::table);
  llvm::Type* number = start_.getDoubleTy();
  llvm::Value* first = leaf.op == Op::axis
                           ? field(Field::inner)
                           : start_.CreateInBoundsGEP(number, element(start_.getPtrTy(), field(Field::table), start_.getInt64(leaf.number)), combo_);
  return builder_.CreateAlignedLoad(type, builder_.CreateInBoundsGEP(number, first, row), llvm::Align(alignof(double)));
}

/// do { body } while, with a test before it. The body is one block, so what was emitted dominates what comes; a scan adds a few to it.
void Emitter::loop() {
  llvm::Value* begin = builder_.getInt64(0);
  llvm::BasicBlock* guard = builder_.GetInsertBlock();
  auto* inside = new_block("vector");
  auto* exit = new_block("done");
  Lanes lanes(query_.graph, builder_, width_, &before_);
  Strand start, seen;
  if (task_.goal != nullptr) start = nothing_seen(lanes.type());
  else if (task_.counts) start = nothing_counted();
  builder_.CreateCondBr(builder_.CreateICmpSLT(begin, n_), inside, exit);

  builder_.SetInsertPoint(inside);
  llvm::PHINode* row = builder_.CreatePHI(begin->getType(), 2);
  seen = start;
  for (llvm::Value** value : seen.all()) *value = builder_.CreatePHI((*value)->getType(), 2);
  Strand again = seen;
  read(lanes, row);
  if (task_.goal != nullptr) look(lanes, seen, row);
  else if (task_.counts) rows(lanes, seen, row);
  else write(lanes, row);
  llvm::Value* next = builder_.CreateAdd(row, builder_.getInt64(width_));
  llvm::BasicBlock* last = builder_.GetInsertBlock();
  row->addIncoming(begin, guard);
  row->addIncoming(next, last);
  for (size_t k = 0; k < again.all().size(); ++k) {
    auto* phi = llvm::cast<llvm::PHINode>(*again.all()[k]);
    phi->addIncoming(*start.all()[k], guard);
    phi->addIncoming(*seen.all()[k], last);
  }
  builder_.CreateCondBr(builder_.CreateICmpSLT(next, n_), inside, exit);

  builder_.SetInsertPoint(exit);
  give(merged(start, guard, seen, last));
}

/// All that need not wait.
void Emitter::read(Lanes& lanes, llvm::Value* row) {
  for (size_t k = 0; k < given_.size(); ++k) read_kept(lanes, task_.given->columns[k], task_.given->memo.bytes[k], given_[k], row);
  for (NodeId id : task_.inside) {
    const Node& node = query_.graph[id];
    if (operands(node.op) == 0) lanes.set(id, read_inside(node, row, lanes.type()));
    else if (!waits_[id.index]) lanes.compute(id);
  }
}

void Emitter::write(Lanes& lanes, llvm::Value* row) {
  for (size_t k = 0; k < task_.results.size(); ++k) {
    llvm::Value* result = lanes.number(task_.results[k]);
    if (task_.kept != nullptr && task_.kept->memo.bytes[k] == 1) store(builder_.CreateFPToSI(result, bytes(lanes)), out_[k], row);
    else store(result, out_[k], row);
  }
}

void Emitter::read_kept(Lanes& lanes, NodeId id, uint8_t size, llvm::Value* column, llvm::Value* row) {
  llvm::Type* type = size == 1 ? bytes(lanes) : lanes.type();
  llvm::Value* read = builder_.CreateAlignedLoad(type, builder_.CreateInBoundsGEP(type->getScalarType(), column, row), llvm::Align(size));
  lanes.set(id, size == 1 ? builder_.CreateSIToFP(read, lanes.type()) : read);
  if (size == 1) lanes.know(id, builder_.CreateIsNotNull(read));
}

std::string kernel_name(uint32_t shape) { return "kernel" + std::to_string(shape); }
std::string memo_name(uint32_t shape) { return "memo" + std::to_string(shape); }
std::string scan_name(uint32_t shape) { return "scan" + std::to_string(shape); }
std::string probe_name(uint32_t shape) { return "probe" + std::to_string(shape); }
bool scans(const Query& query) { return goal_along_rows(query) != nullptr; }

std::unique_ptr<llvm::Module> emit(const Query& query, const std::vector<Plan>& plans, Shapes shapes, unsigned width, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(query.sweep.name, context);
  const Goal* goal = goal_along_rows(query);
  for (uint32_t shape = shapes.begin; shape < shapes.end; ++shape) {
    const Plan& plan = plans[shape];
    const std::vector<NodeId>& roots = query.shapes[shape].roots[0];
    const Kept* kept = plan.kept ? &*plan.kept : nullptr;
    const Task task{.name = kernel_name(shape), .before = plan.before, .inside = plan.inside, .given = kept, .results = roots, .to = Field::out, .counts = goal == nullptr};
    Emitter(query, task, width, *module).emit();   // beside a scan it runs for a few rows only
    if (goal != nullptr) {
      const std::vector<NodeId> found = {roots[0], roots[1 + goal->column]};
      Emitter(query, {scan_name(shape), plan.before, plan.inside, kept, found, Field::out, nullptr, goal}, width, *module).emit();
    }
    if (kept != nullptr) Emitter(query, {memo_name(shape), kept->before, kept->inside, nullptr, kept->columns, Field::memo, kept}, width, *module).emit();
    if (plan.search) {
      const auto& [facts, words, before, inside, probed] = *plan.search;
      Emitter(query, {probe_name(shape), before, inside, nullptr, probed, Field::out}, width, *module).emit();
    }
  }
  assert(!llvm::verifyModule(*module, &llvm::errs()) && "every value is computed before it is used");
  return module;
}

}  // namespace llmsys
