// Of each shape: what is computed once, then a loop over whole vectors of rows, then a loop over the rows left over.
#include "compiler/codegen/emit.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>
#include <unordered_map>

#include "compiler/codegen/lanes.h"

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
  const Kept* given;                     // whose columns are read
  const std::vector<NodeId>& results;
  Field to;                              // the columns that results are written to
  const Kept* kept = nullptr;            // whose columns the results are
  const Goal* goal = nullptr;            // of a scan: results[1] is what the best is found by, and only results[0] is written
};

/// The goal that a scan looks for: of a `best` that comes first and picks among the rows of a call.
const Goal* scanned_goal(const Query& query) {
  if (query.sweep.phases.empty()) return nullptr;   // a graph alone, in tests
  const std::vector<Stage>& stages = query.sweep.phases[0].stages;
  const Best* best = stages.empty() ? nullptr : std::get_if<Best>(&stages[0]);
  const uint32_t axes = query.sweep.space.axes;
  return best != nullptr && axes > 0 && (best->over >> (axes - 1) & 1) != 0 ? &best->goal : nullptr;
}

/// What a scan knows after some rows.
struct Strand {
  llvm::Value* merit;              // of the best feasible row, in each lane
  llvm::Value* row;                // its number, in each lane
  llvm::Value* dropped;            // how many rows were
  llvm::Value* infeasible;         // how many were
  llvm::Value* bound = nullptr;    // in each lane; see Quotient

  std::vector<llvm::Value*> all() const { return {merit, row, dropped, infeasible, bound}; }
};

/// A goal that is a quotient of which nothing else is asked but whether it is finite. A row whose dividend is below `bound` times its divisor can't be
/// the best, and is passed by without a division, the slowest thing in most scans. The bound is the value of some feasible row, moved by more than
/// what roundings can do; it is 0 (or infinite, if less is better) where that is not known to be enough, and then no row is passed by.
struct Quotient {
  NodeId node;
  std::vector<NodeId> questions;    // is_finite of it
  std::vector<NodeId> dependents;   // others that depend on it, in evaluation order
};
constexpr double small = 0x1p-500, large = 0x1p500;         // of a dividend and a divisor, so that the quotient is finite and not rounded to 0
constexpr double least_bound = 0x1p-400, most_bound = 0x1p400;
constexpr double margin = 0x1p-50;

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
        is_inside_(query.graph.size()),
        quotient_(quotient(query, task)),
        waits_(query.graph.size()) {
    for (NodeId id : task.inside) is_inside_[id.index] = true;
    if (!quotient_) return;
    waits_[quotient_->node.index] = true;
    for (NodeId id : quotient_->questions) waits_[id.index] = true;
    for (NodeId id : quotient_->dependents) waits_[id.index] = true;
  }

  void emit() {
    llvm::BasicBlock* rows = builder_.GetInsertBlock();
    prologue();
    llvm::Value* row = builder_.getInt64(0);
    if (width_ > 1) {
      llvm::Value* whole = builder_.CreateSub(n_, builder_.CreateURem(n_, builder_.getInt64(width_)));
      if (quotient_) bound_ = bound(sample(whole));
      loop(width_, row, whole);
      row = whole;
    }
    loop(1, row, n_);
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
    llvm::Type* type = value->getType()->getScalarType();
    builder_.CreateAlignedStore(value, builder_.CreateInBoundsGEP(type, column, row), llvm::Align(type->isDoubleTy() ? alignof(double) : 1));
  }
  llvm::Type* bytes(const Lanes& lanes) { return lanes.type()->getWithNewType(builder_.getInt8Ty()); }
  void read_kept(Lanes& lanes, NodeId id, uint8_t size, llvm::Value* column, llvm::Value* row);
  Strand nothing_seen(llvm::Type* type);
  llvm::Value* row_numbers(llvm::Value* first, llvm::Type* type);
  llvm::Value* sample(llvm::Value* end);
  llvm::Value* bound(llvm::Value* merit);
  llvm::Value* merit(Lanes& lanes);
  llvm::Value* is_beaten(Lanes& lanes, llvm::Value* bound);
  void compute(Lanes& lanes, const std::vector<NodeId>& nodes) {
    for (NodeId id : nodes) lanes.compute(id);
  }
  void divide(Lanes& lanes);
  void look(Lanes& lanes, Strand& seen, llvm::Value* row, llvm::Value* numbers);
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
  const std::optional<Quotient> quotient_;   // of a scan
  std::vector<bool> waits_;                  // the quotient and what depends on it
  llvm::Value* bound_ = nullptr;             // to begin with
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
  if (task_.given != nullptr) given_ = columns(memo, task_.given->columns.size());
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
  Lanes lanes(query_.graph, builder_, width, &before_);
  std::vector<llvm::PHINode*> again, after;   // what a round leaves to the next, and to what comes after the loop
  std::vector<llvm::Value*> start = {begin}, next;
  if (task_.goal != nullptr) {
    start = nothing_seen(lanes.type()).all();
    start.insert(start.begin(), {begin, row_numbers(begin, lanes.type())});
  }
  builder_.CreateCondBr(builder_.CreateICmpSLT(begin, end), inside, exit);

  builder_.SetInsertPoint(inside);
  for (llvm::Value* value : start) again.push_back(builder_.CreatePHI(value->getType(), 2));
  body(lanes, again[0]);
  if (task_.goal != nullptr) {
    Strand seen = {again[2], again[3], again[4], again[5], again[6]};
    look(lanes, seen, again[0], again[1]);
    next = seen.all();
    next.insert(next.begin(), builder_.CreateFAdd(again[1], llvm::ConstantFP::get(lanes.type(), width)));
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
  give({after[2], after[3], after[4], after[5]}, width);
}

void Emitter::body(Lanes& lanes, llvm::Value* row) {
  for (size_t k = 0; k < given_.size(); ++k) read_kept(lanes, task_.given->columns[k], task_.given->memo.bytes[k], given_[k], row);
  for (NodeId id : task_.inside) {
    const Node& node = query_.graph[id];
    if (operands(node.op) == 0) lanes.set(id, read_inside(node, row, lanes.type()));
    else if (!waits_[id.index]) lanes.compute(id);
  }
  if (task_.goal != nullptr) return;
  for (size_t k = 0; k < task_.results.size(); ++k) {
    llvm::Value* result = lanes.number(task_.results[k]);
    if (task_.kept != nullptr && task_.kept->memo.bytes[k] == 1) store(builder_.CreateFPToSI(result, bytes(lanes)), out_[k], row);
    else store(result, out_[k], row);
  }
}

void Emitter::read_kept(Lanes& lanes, NodeId id, uint8_t size, llvm::Value* column, llvm::Value* row) {
  llvm::Type* type = size == 1 ? bytes(lanes) : lanes.type();
  llvm::Value* read = builder_.CreateAlignedLoad(type, builder_.CreateInBoundsGEP(type->getScalarType(), column, row), llvm::Align(size));
  if (size == 1) lanes.set(id, builder_.CreateSIToFP(read, lanes.type()), builder_.CreateIsNotNull(read));
  else lanes.set(id, read);
}

Strand Emitter::nothing_seen(llvm::Type* type) {
  llvm::Value* none = start_.CreateSIToFP(n_, start_.getDoubleTy());
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) none = start_.CreateVectorSplat(vector->getNumElements(), none);
  llvm::Value* none_better = llvm::ConstantFP::getInfinity(type, true);
  return {none_better, none, start_.getInt64(0), start_.getInt64(0), bound_ == nullptr ? bound(none_better) : type->isVectorTy() ? builder_.CreateVectorSplat(width_, bound_) : bound_};
}

/// As doubles, which hold any. Before the loop, where `first` is known.
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

llvm::Value* Emitter::merit(Lanes& lanes) {
  llvm::Value* value = lanes.number(task_.results[1]);
  return task_.goal->maximise ? value : builder_.CreateFNeg(value);
}

llvm::Value* Emitter::bound(llvm::Value* merit) {
  const auto constant = [&](double value) { return llvm::ConstantFP::get(merit->getType(), value); };
  const bool maximise = task_.goal->maximise;
  llvm::Value* value = maximise ? merit : builder_.CreateFNeg(merit);
  llvm::Value* moved = builder_.CreateFMul(value, constant(maximise ? 1 - margin : 1 + margin));
  llvm::Value* is_known = builder_.CreateAnd(builder_.CreateFCmpOGE(value, constant(least_bound)), builder_.CreateFCmpOLE(value, constant(most_bound)));
  return builder_.CreateSelect(is_known, moved, constant(maximise ? 0 : std::numeric_limits<double>::infinity()));
}

/// The merit of the best of some rows, a few of them spread over all.
llvm::Value* Emitter::sample(llvm::Value* end) {
  constexpr uint64_t samples = 16, least = 32;   // of fewer vectors there is nothing to gain
  llvm::Value* step = builder_.CreateMul(builder_.CreateUDiv(end, builder_.getInt64(samples * width_)), builder_.getInt64(width_));
  llvm::BasicBlock* guard = builder_.GetInsertBlock();
  auto* inside = llvm::BasicBlock::Create(builder_.getContext(), "sample", function_);
  auto* exit = llvm::BasicBlock::Create(builder_.getContext(), "sampled", function_);
  builder_.CreateCondBr(builder_.CreateICmpUGE(end, builder_.getInt64(least * width_)), inside, exit);

  builder_.SetInsertPoint(inside);
  Lanes lanes(query_.graph, builder_, width_, &before_);
  llvm::PHINode* row = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  llvm::PHINode* best = builder_.CreatePHI(lanes.type(), 2);
  llvm::Value* none = llvm::ConstantFP::getInfinity(lanes.type(), true);
  body(lanes, row);
  divide(lanes);
  Strand seen = {best, none, nullptr, nullptr};
  see(lanes, seen, none);
  llvm::Value* next = builder_.CreateAdd(row, step);
  row->addIncoming(builder_.CreateSub(step, builder_.getInt64(width_)), guard);
  row->addIncoming(next, inside);
  best->addIncoming(none, guard);
  best->addIncoming(seen.merit, inside);
  builder_.CreateCondBr(builder_.CreateICmpULT(next, end), inside, exit);

  builder_.SetInsertPoint(exit);
  llvm::PHINode* all = builder_.CreatePHI(lanes.type(), 2);
  all->addIncoming(none, guard);
  all->addIncoming(seen.merit, inside);
  return builder_.CreateFPMaxReduce(all);
}

void Emitter::divide(Lanes& lanes) {
  if (!quotient_) return;
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
  llvm::Type* integers = lanes.type()->getWithNewBitWidth(64);
  // from 0 to large: as an integer any other number, and what is no number, is greater
  llvm::Value* fine = builder_.CreateICmpULE(builder_.CreateBitCast(dividend, integers), builder_.CreateBitCast(constant(large), integers));
  fine = builder_.CreateAnd(fine, builder_.CreateFCmpOGE(divisor, constant(small)));
  llvm::Value* product = builder_.CreateFMul(bound, divisor);
  llvm::Value* below = task_.goal->maximise ? builder_.CreateFCmpOLT(dividend, product) : builder_.CreateFCmpOGT(dividend, product);
  return builder_.CreateAnd(fine, builder_.CreateOr(below, lanes.truth(task_.results[0])));
}

void Emitter::look(Lanes& lanes, Strand& seen, llvm::Value* row, llvm::Value* numbers) {
  if (!quotient_) {
    see(lanes, seen, numbers);
    write_status(lanes, seen, row);
    return;
  }
  const auto new_block = [&](const char* name) { return llvm::BasicBlock::Create(builder_.getContext(), name, function_); };
  auto *beaten = new_block("beaten"), *divided = new_block("divided"), *looked = new_block("looked");
  Lanes assumed = lanes;
  for (NodeId id : quotient_->questions) assumed.set(id, llvm::ConstantFP::get(lanes.type(), 1));
  compute(assumed, quotient_->dependents);
  llvm::Value* is_passed = is_beaten(assumed, seen.bound);
  builder_.CreateCondBr(any(builder_.CreateNot(is_passed)), divided, beaten);

  builder_.SetInsertPoint(beaten);
  Strand passed = seen;
  write_status(assumed, passed, row);
  llvm::BasicBlock* from_passed = builder_.GetInsertBlock();
  builder_.CreateBr(looked);

  builder_.SetInsertPoint(divided);
  divide(lanes);
  see(lanes, seen, numbers);
  llvm::Value* better = bound(seen.merit);
  seen.bound = builder_.CreateSelect(task_.goal->maximise ? builder_.CreateFCmpOGT(better, seen.bound) : builder_.CreateFCmpOLT(better, seen.bound), better, seen.bound);
  write_status(lanes, seen, row);
  llvm::BasicBlock* from_divided = builder_.GetInsertBlock();
  builder_.CreateBr(looked);

  builder_.SetInsertPoint(looked);
  const auto merged = [&](llvm::Value* one, llvm::Value* other) {
    llvm::PHINode* value = builder_.CreatePHI(one->getType(), 2);
    value->addIncoming(one, from_passed);
    value->addIncoming(other, from_divided);
    return value;
  };
  seen = {merged(passed.merit, seen.merit), merged(passed.row, seen.row), merged(passed.dropped, seen.dropped), merged(passed.infeasible, seen.infeasible), merged(passed.bound, seen.bound)};
}

/// An earlier row of a lane stays unless a later one is better, so each lane has the first of its best.
void Emitter::see(Lanes& lanes, Strand& seen, llvm::Value* row) {
  llvm::Value* troubled = lanes.truth(task_.results[0]);
  llvm::Value* value = merit(lanes);
  llvm::Value* better = builder_.CreateAnd(builder_.CreateFCmpOGT(value, seen.merit), builder_.CreateNot(troubled));
  seen.merit = builder_.CreateSelect(better, value, seen.merit);
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
bool scans(const Query& query) { return scanned_goal(query) != nullptr; }

std::unique_ptr<llvm::Module> emit(const Query& query, const std::vector<Plan>& plans, Shapes shapes, unsigned width, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(query.sweep.name, context);
  const Goal* goal = scanned_goal(query);
  for (uint32_t shape = shapes.begin; shape < shapes.end; ++shape) {
    const Plan& plan = plans[shape];
    const std::vector<NodeId>& roots = query.shapes[shape].roots[0];
    const Kept* kept = plan.kept ? &*plan.kept : nullptr;
    const Task task{kernel_name(shape), plan.before, plan.inside, kept, roots, out};
    Emitter(query, task, goal != nullptr ? 1 : width, *module).emit();   // after a scan it runs for one row
    if (goal != nullptr) {
      const std::vector<NodeId> found = {roots[0], roots[1 + goal->column]};
      Emitter(query, {scan_name(shape), plan.before, plan.inside, kept, found, out, nullptr, goal}, width, *module).emit();
    }
    if (kept != nullptr) Emitter(query, {memo_name(shape), kept->before, kept->inside, nullptr, kept->columns, memo, kept}, width, *module).emit();
  }
  assert(!llvm::verifyModule(*module, &llvm::errs()) && "every value is computed before it is used");
  return module;
}

}  // namespace llmsys
