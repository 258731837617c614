// Of each shape: what is computed once, then a loop over whole vectors of rows, then a loop over the rows left over.
#include "compiler/codegen/emit.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>
#include <unordered_map>

#include "compiler/codegen/lanes.h"
#include "runtime/search.h"

namespace llmsys {
namespace {

/// Fields of KernelArgs as LLVM numbers them; the type below and the struct must agree.
enum Field : unsigned { axis, inner, table, slot, combo, combo_step, n, out, memo };
static_assert(offsetof(KernelArgs, inner) == 8 && offsetof(KernelArgs, slot) == 24 && offsetof(KernelArgs, combo) == 32 &&
              offsetof(KernelArgs, n) == 48 && offsetof(KernelArgs, out) == 56 && offsetof(KernelArgs, memo) == 64);

/// One function: what it computes, what is already known, and where its results go.
struct Task {
  std::string name;
  const std::vector<NodeId>& before;
  const std::vector<NodeId>& inside;
  std::vector<NodeId> given;             // columns of the memo that are read
  const std::vector<NodeId>& results;
  Field to;                              // the columns that results are written to
  const Goal* goal = nullptr;            // of a scan: results[1] is what the best is found by, and only results[0] is written
  bool whole_vectors = false;            // whoever calls it sees to that
};

/// What a scan knows after some rows.
struct Strand {
  llvm::Value* merit;        // of the best feasible row, in each lane
  llvm::Value* row;          // its number, in each lane
  llvm::Value* dropped;      // how many rows were
  llvm::Value* infeasible;   // how many were
};

class Emitter {
 public:
  Emitter(const Query& query, const Task& task, unsigned width, llvm::Module& module)
      : query_(query),
        task_(task),
        width_(width),
        function_(declare(module, task.name)),
        start_(block("start")),
        builder_(block("rows")),
        before_(query.graph, start_, 1, nullptr),
        is_inside_(query.graph.size()) {
    for (NodeId id : task.inside) is_inside_[id.index] = true;
  }

  void emit() {
    llvm::BasicBlock* rows = builder_.GetInsertBlock();
    prologue();
    llvm::Value* row = builder_.getInt64(0);
    if (width_ > 1) {
      llvm::Value* whole = task_.whole_vectors ? n_ : builder_.CreateSub(n_, builder_.CreateURem(n_, builder_.getInt64(width_)));
      loop(width_, row, whole);
      row = whole;
    }
    if (width_ == 1 || !task_.whole_vectors) loop(1, row, n_);
    builder_.CreateRetVoid();
    start_.CreateBr(rows);  // last, because the loops put what they spread over lanes at the end of `start`
  }

 private:
  static llvm::Function* declare(llvm::Module& module, const std::string& name);
  llvm::IRBuilder<> block(const char* name) {
    return llvm::IRBuilder<>(llvm::BasicBlock::Create(function_->getContext(), name, function_));
  }
  llvm::Value* field(Field which);
  llvm::Value* element(llvm::Type* type, llvm::Value* array, llvm::Value* index) {
    return start_.CreateLoad(type, start_.CreateInBoundsGEP(type, array, index));
  }

  void prologue();
  std::vector<llvm::Value*> columns(Field which, size_t count);
  llvm::Value* read_before(const Node& leaf);
  llvm::Value* read_inside(const Node& leaf, llvm::Value* row, llvm::Type* type);
  void loop(unsigned width, llvm::Value* begin, llvm::Value* end);
  void body(Lanes& lanes, llvm::Value* row);
  void store(llvm::Value* value, llvm::Value* column, llvm::Value* row) {
    builder_.CreateAlignedStore(value, builder_.CreateInBoundsGEP(builder_.getDoubleTy(), column, row), llvm::Align(alignof(double)));
  }
  Strand nothing_seen(llvm::Type* type);
  llvm::Value* row_numbers(llvm::Value* first, llvm::Type* type);
  void see(Lanes& lanes, Strand& seen, llvm::Value* row);
  void write_status(Lanes& lanes, Strand& seen, llvm::Value* row);
  using Truths = std::unordered_map<uint32_t, llvm::Value*>;   // by node
  llvm::Value* dropped(Lanes& lanes, NodeId status, Truths& known);
  llvm::Value* any(llvm::Value* truths);
  llvm::Value* count(llvm::Value* truths);
  void give(const Strand& strand, unsigned width);

  const Query& query_;
  const Task& task_;
  const unsigned width_;
  llvm::Function* function_;
  llvm::IRBuilder<> start_;     // at the end of what runs once
  llvm::IRBuilder<> builder_;   // at the end of what runs for rows
  Lanes before_;
  std::vector<bool> is_inside_;
  llvm::Value* n_ = nullptr;
  llvm::Value* combo_ = nullptr;
  std::vector<llvm::Value*> given_;   // columns
  std::vector<llvm::Value*> out_;
};

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
  auto* type = llvm::StructType::get(start_.getContext(), {pointer, pointer, pointer, pointer, integer, integer, integer, pointer, pointer});
  return start_.CreateLoad(type->getElementType(which), start_.CreateStructGEP(type, function_->getArg(0), which));
}

/// Everything that reads memory but not a row of it is loaded here: stores to `out` might alias as far as LLVM knows.
void Emitter::prologue() {
  n_ = field(n);
  combo_ = field(combo);
  out_ = columns(task_.to, task_.goal != nullptr ? 4 : task_.results.size());
  given_ = columns(memo, task_.given.size());
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
    case Op::axis: return element(number, field(axis), index);
    case Op::slot: return element(number, field(slot), index);
    default: break;
  }
  assert(leaf.op == Op::table);
  return element(number, element(start_.getPtrTy(), field(table), index), combo_);
}

/// Only the last axis varies; a table that varies along it has consecutive combos in consecutive rows (combo_step is 1).
llvm::Value* Emitter::read_inside(const Node& leaf, llvm::Value* row, llvm::Type* type) {
  assert(leaf.op == Op::axis || leaf.op == Op::table);
  llvm::Type* number = start_.getDoubleTy();
  llvm::Value* first = leaf.op == Op::axis
                           ? field(inner)
                           : start_.CreateInBoundsGEP(number, element(start_.getPtrTy(), field(table), start_.getInt64(leaf.number)), combo_);
  return builder_.CreateAlignedLoad(type, builder_.CreateInBoundsGEP(number, first, row), llvm::Align(alignof(double)));
}

/// do { body } while, with a test before it. The body is one block, so what was emitted dominates what comes; in a scan, writing statuses is one more.
void Emitter::loop(unsigned width, llvm::Value* begin, llvm::Value* end) {
  llvm::BasicBlock* guard = builder_.GetInsertBlock();
  auto* inside = llvm::BasicBlock::Create(builder_.getContext(), width == 1 ? "row" : "vector", function_);
  auto* exit = llvm::BasicBlock::Create(builder_.getContext(), "done", function_);
  builder_.CreateCondBr(builder_.CreateICmpSLT(begin, end), inside, exit);

  builder_.SetInsertPoint(inside);
  Lanes lanes(query_.graph, builder_, width, &before_);
  std::vector<llvm::PHINode*> again, after;   // what a round leaves to the next, and to what comes after the loop
  std::vector<llvm::Value*> start = {begin}, next;
  if (task_.goal != nullptr) {
    const Strand nothing = nothing_seen(lanes.type());
    start.insert(start.end(), {nothing.merit, nothing.row, nothing.dropped, nothing.infeasible, row_numbers(begin, lanes.type())});
  }
  for (llvm::Value* value : start) again.push_back(builder_.CreatePHI(value->getType(), 2));
  body(lanes, again[0]);
  if (task_.goal != nullptr) {
    Strand seen = {again[1], again[2], again[3], again[4]};
    see(lanes, seen, again[5]);
    write_status(lanes, seen, again[0]);
    next = {seen.merit, seen.row, seen.dropped, seen.infeasible, builder_.CreateFAdd(again[5], llvm::ConstantFP::get(lanes.type(), width))};
  }
  next.insert(next.begin(), builder_.CreateAdd(again[0], builder_.getInt64(width)));
  llvm::BasicBlock* last = builder_.GetInsertBlock();
  for (size_t k = 0; k < again.size(); ++k) {
    again[k]->addIncoming(start[k], guard);
    again[k]->addIncoming(next[k], last);
  }
  builder_.CreateCondBr(builder_.CreateICmpSLT(next[0], end), inside, exit);

  builder_.SetInsertPoint(exit);
  if (task_.goal == nullptr) return;
  for (size_t k = 0; k < start.size(); ++k) {
    after.push_back(builder_.CreatePHI(start[k]->getType(), 2));
    after[k]->addIncoming(start[k], guard);
    after[k]->addIncoming(next[k], last);
  }
  give({after[1], after[2], after[3], after[4]}, width);
}

void Emitter::body(Lanes& lanes, llvm::Value* row) {
  const auto at_row = [&](llvm::Value* column) { return builder_.CreateInBoundsGEP(builder_.getDoubleTy(), column, row); };
  for (size_t k = 0; k < task_.given.size(); ++k) lanes.set(task_.given[k], builder_.CreateAlignedLoad(lanes.type(), at_row(given_[k]), llvm::Align(alignof(double))));
  for (NodeId id : task_.inside) {
    const Node& node = query_.graph[id];
    if (operands(node.op) == 0) lanes.set(id, read_inside(node, row, lanes.type()));
    else lanes.compute(id);
  }
  if (task_.goal != nullptr) return;
  for (size_t k = 0; k < task_.results.size(); ++k) store(lanes.number(task_.results[k]), out_[k], row);
}

Strand Emitter::nothing_seen(llvm::Type* type) {
  llvm::Value* none = start_.CreateSIToFP(n_, start_.getDoubleTy());
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) none = start_.CreateVectorSplat(vector->getNumElements(), none);
  return {llvm::ConstantFP::getInfinity(type, true), none, start_.getInt64(0), start_.getInt64(0)};
}

/// As doubles, which hold any.
llvm::Value* Emitter::row_numbers(llvm::Value* first, llvm::Type* type) {
  llvm::Value* number = start_.CreateSIToFP(first, start_.getDoubleTy());
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  if (vector == nullptr) return number;
  std::vector<double> lane(vector->getNumElements());
  std::iota(lane.begin(), lane.end(), 0.0);
  return start_.CreateFAdd(start_.CreateVectorSplat(vector->getNumElements(), number), llvm::ConstantDataVector::get(start_.getContext(), lane));
}

/// Whether a status is below 0, by the choices that make it: masks, where the number itself would be put together lane by lane.
llvm::Value* Emitter::dropped(Lanes& lanes, NodeId status, Truths& known) {
  if (const auto found = known.find(status.index); found != known.end()) return found->second;
  const Node& node = query_.graph[status];
  const auto [a, b, c] = node.operand;
  const auto made = [&]() -> llvm::Value* {
    if (node.op == Op::constant) return llvm::ConstantInt::getBool(llvm::CmpInst::makeCmpResultType(lanes.type()), node.value < 0);
    if (is_inside_[status.index] && node.op == Op::first_reason) return builder_.CreateSelect(lanes.truth(a), dropped(lanes, a, known), dropped(lanes, b, known));
    if (is_inside_[status.index] && node.op == Op::select) return builder_.CreateSelect(lanes.truth(a), dropped(lanes, b, known), dropped(lanes, c, known));
    return builder_.CreateFCmpOLT(lanes.number(status), llvm::Constant::getNullValue(lanes.type()));
  };
  return known[status.index] = made();
}

/// Mostly all are feasible or dropped, so a status is put together only where a row is infeasible; that of a dropped row may be 0.
void Emitter::write_status(Lanes& lanes, Strand& seen, llvm::Value* row) {
  const NodeId status = task_.results[0];
  const auto new_block = [&](const char* name) { return llvm::BasicBlock::Create(builder_.getContext(), name, function_); };
  llvm::BasicBlock* all = builder_.GetInsertBlock();
  auto *troubled = new_block("troubled"), *infeasible = new_block("infeasible"), *written = new_block("written");
  store(llvm::Constant::getNullValue(lanes.type()), out_[0], row);
  builder_.CreateCondBr(any(lanes.truth(status)), troubled, written);

  builder_.SetInsertPoint(troubled);
  Truths known;
  llvm::Value* is_dropped = dropped(lanes, status, known);
  llvm::Value* is_infeasible = builder_.CreateAnd(lanes.truth(status), builder_.CreateNot(is_dropped));
  llvm::Value* more_dropped = builder_.CreateAdd(seen.dropped, count(is_dropped));
  builder_.CreateCondBr(any(is_infeasible), infeasible, written);

  builder_.SetInsertPoint(infeasible);
  store(lanes.number(status), out_[0], row);
  llvm::Value* more_infeasible = builder_.CreateAdd(seen.infeasible, count(is_infeasible));
  builder_.CreateBr(written);

  builder_.SetInsertPoint(written);
  const auto merged = [&](llvm::Value* from_all, llvm::Value* from_troubled, llvm::Value* from_infeasible) {
    llvm::PHINode* value = builder_.CreatePHI(builder_.getInt64Ty(), 3);
    value->addIncoming(from_all, all);
    value->addIncoming(from_troubled, troubled);
    value->addIncoming(from_infeasible, infeasible);
    return value;
  };
  seen.dropped = merged(seen.dropped, more_dropped, more_dropped);
  seen.infeasible = merged(seen.infeasible, seen.infeasible, more_infeasible);
}

llvm::Value* Emitter::any(llvm::Value* truths) { return truths->getType()->isVectorTy() ? builder_.CreateOrReduce(truths) : truths; }

llvm::Value* Emitter::count(llvm::Value* truths) {
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(truths->getType());
  if (vector == nullptr) return builder_.CreateZExt(truths, builder_.getInt64Ty());
  llvm::Value* mask = builder_.CreateBitCast(truths, builder_.getIntNTy(vector->getNumElements()));
  return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, builder_.CreateZExt(mask, builder_.getInt64Ty()));
}

/// An earlier row of a lane stays unless a later one is better, so each lane has the first of its best.
void Emitter::see(Lanes& lanes, Strand& seen, llvm::Value* row) {
  llvm::Value* troubled = lanes.truth(task_.results[0]);
  llvm::Value* value = lanes.number(task_.results[1]);
  llvm::Value* merit = task_.goal->maximise ? value : builder_.CreateFNeg(value);
  llvm::Value* better = builder_.CreateAnd(builder_.CreateFCmpOGT(merit, seen.merit), builder_.CreateNot(troubled));
  seen.merit = builder_.CreateSelect(better, merit, seen.merit);
  seen.row = builder_.CreateSelect(better, row, seen.row);
}

void Emitter::give(const Strand& strand, unsigned width) {
  llvm::Value* place = builder_.getInt64(width == 1 && width_ > 1 ? width_ : 0);
  store(strand.merit, out_[1], place);
  store(strand.row, out_[2], place);
  const int loop = width == 1 ? 1 : 0;
  store(builder_.CreateUIToFP(strand.dropped, builder_.getDoubleTy()), out_[3], builder_.getInt64(loop));
  store(builder_.CreateUIToFP(strand.infeasible, builder_.getDoubleTy()), out_[3], builder_.getInt64(2 + loop));
}

}  // namespace

std::string kernel_name(uint32_t shape) { return "kernel" + std::to_string(shape); }
std::string memo_name(uint32_t shape) { return "memo" + std::to_string(shape); }
std::string scan_name(uint32_t shape) { return "scan" + std::to_string(shape); }
std::string probe_name(uint32_t shape) { return "probe" + std::to_string(shape); }
bool scans(const Query& query) { return goal_along_rows(query) != nullptr; }

std::unique_ptr<llvm::Module> emit(const Query& query, const std::vector<Plan>& plans, unsigned width, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(query.sweep.name, context);
  const Goal* goal = goal_along_rows(query);
  for (uint32_t shape = 0; shape < plans.size(); ++shape) {
    const Plan& plan = plans[shape];
    const std::vector<NodeId>& roots = query.shapes[shape].roots[0];
    Task task{kernel_name(shape), plan.before, plan.inside, {}, roots, out};
    if (plan.kept) task.given = plan.kept->columns;
    Emitter(query, task, goal != nullptr ? 1 : width, *module).emit();   // after a scan it runs for one row
    if (goal != nullptr) {
      const std::vector<NodeId> found = {roots[0], roots[1 + goal->column]};
      Emitter(query, {scan_name(shape), plan.before, plan.inside, task.given, found, out, goal}, width, *module).emit();
    }
    if (plan.kept) Emitter(query, {memo_name(shape), plan.kept->before, plan.kept->inside, {}, plan.kept->columns, memo}, width, *module).emit();
    if (plan.search) {
      const auto& [facts, words, before, inside, probed] = *plan.search;
      Emitter(query, {probe_name(shape), before, inside, {}, probed, out, nullptr, true}, std::min<unsigned>(width, Search::at_once), *module).emit();
    }
  }
  return module;
}

}  // namespace llmsys
