// Private, since it shows LLVM. One function being made. In: a query, what to compute of it, the width of the vectors. Out: the function, in a module.
// `emit.cpp` has the loop over rows, `emit_rows.cpp` and `emit_scan.cpp` what is done with each vector of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/codegen/lanes.h"
#include "compiler/plan/plan.h"

namespace llvm {
class Module;
}

namespace llmsys {

/// Fields of KernelArgs as LLVM numbers them; the type below and the struct must agree.
enum class Field : unsigned { axis, inner, table, slot, combo, combo_step, n, out, memo, bound, counts };
static_assert(offsetof(KernelArgs, inner) == 8 && offsetof(KernelArgs, slot) == 24 && offsetof(KernelArgs, combo) == 32 &&
              offsetof(KernelArgs, n) == 48 && offsetof(KernelArgs, out) == 56 && offsetof(KernelArgs, memo) == 64 && offsetof(KernelArgs, bound) == 72 && offsetof(KernelArgs, counts) == 80 && sizeof(Counts) == 16);

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
  bool counts = false;                   // results[0] is a status: how many rows have which is told, and columns of rows that are not feasible need not be computed
};

/// What a function that is asked for statuses knows after some rows; a scan knows all of it.
struct Strand {
  llvm::Value* dropped = nullptr;      // how many rows were
  llvm::Value* infeasible = nullptr;   // how many were
  llvm::Value* merit = nullptr;        // of the best feasible row, in each lane
  llvm::Value* row = nullptr;          // its number, in each lane
  llvm::Value* bound = nullptr;        // in each lane; see Quotient

  std::vector<llvm::Value**> all() {
    std::vector<llvm::Value**> known;
    for (llvm::Value** each : {&dropped, &infeasible, &merit, &row, &bound}) {
      if (*each != nullptr) known.push_back(each);
    }
    return known;
  }
};

/// A goal that is a quotient of which nothing else is asked but whether it is finite. A row whose dividend is below `bound` times its divisor can't be
/// the best, and is passed by without a division, the slowest thing in most scans. The bound is the value of some feasible row, moved by more than
/// what roundings can do; it is 0 (or infinite, if less is better) where that is not known to be enough, and then no row is passed by.
struct Quotient {
  NodeId node;
  std::vector<NodeId> questions;    // is_finite of it
  std::vector<NodeId> dependents;   // others that depend on it, in evaluation order
};
std::optional<Quotient> quotient(const Query& query, const Task& task);

class Emitter {
 public:
  Emitter(const Query& query, const Task& task, unsigned width, llvm::Module& module);
  void emit();

 private:
  static llvm::Function* declare(llvm::Module& module, const std::string& name);
  llvm::BasicBlock* new_block(const char* name) { return llvm::BasicBlock::Create(function_->getContext(), name, function_); }
  llvm::IRBuilder<> block(const char* name) {
    return llvm::IRBuilder<>(new_block(name));
  }
  llvm::Value* field(Field which);
  llvm::Value* element(llvm::Type* type, llvm::Value* array, llvm::Value* index) {
    return start_.CreateLoad(type, start_.CreateInBoundsGEP(type, array, index));
  }

  void prologue();
  std::vector<llvm::Value*> columns(Field which, size_t count);
  llvm::Value* read_before(const Node& leaf);
  llvm::Value* read_inside(const Node& leaf, llvm::Value* row, llvm::Type* type);
  void loop();
  void read(Lanes& lanes, llvm::Value* row);
  void write(Lanes& lanes, llvm::Value* row);
  void store(llvm::Value* value, llvm::Value* column, llvm::Value* row) {
    llvm::Type* type = value->getType()->getScalarType();
    builder_.CreateAlignedStore(value, builder_.CreateInBoundsGEP(type, column, row), llvm::Align(type->isDoubleTy() ? alignof(double) : 1));
  }
  llvm::Type* bytes(const Lanes& lanes) { return lanes.type()->getWithNewType(builder_.getInt8Ty()); }
  void read_kept(Lanes& lanes, NodeId id, uint8_t size, llvm::Value* column, llvm::Value* row);

  // a scan, in emit_scan.cpp
  Strand nothing_seen(llvm::Type* type);
  void look(Lanes& lanes, Strand& seen, llvm::Value* row);
  void see(Lanes& lanes, Strand& seen, llvm::Value* row);
  void see_unless_beaten(Lanes& lanes, Strand& seen, llvm::Value* row);
  llvm::Value* bound(llvm::Value* merit);
  llvm::Value* is_beaten(Lanes& lanes, llvm::Value* bound);
  void divide(Lanes& lanes);
  void write_status(Lanes& lanes, Strand& seen, llvm::Value* row);
  using Truths = std::unordered_map<uint32_t, llvm::Value*>;   // by node
  llvm::Value* dropped(Lanes& lanes, NodeId status, Truths& known);
  llvm::Value* row_numbers(llvm::Value* first, llvm::Type* type);
  llvm::Value* any(llvm::Value* truths);
  llvm::Value* rows_here(llvm::Value* row);
  llvm::Value* count(llvm::Value* truths, llvm::Value* row);
  llvm::Value* among(llvm::Value* row, llvm::Type* type);
  void give(const Strand& strand);

  // rows that are not feasible, in emit_rows.cpp
  Strand nothing_counted();
  void rows(Lanes& lanes, Strand& seen, llvm::Value* row);
  void write_rows(Lanes& lanes, Strand& seen, llvm::Value* row);
  void write_skipped(Lanes& lanes, Strand& seen, llvm::Value* row);
  void count_statuses(Lanes& lanes, Strand& seen, llvm::Value* row);
  Strand merged(Strand a, llvm::BasicBlock* from_a, Strand b, llvm::BasicBlock* from_b);
  llvm::Value* decided(Lanes& early, NodeId status, Truths& known);

  const Query& query_;
  const Task& task_;
  const unsigned width_;
  llvm::Function* function_;
  llvm::IRBuilder<> start_;     // at the end of what runs once
  llvm::IRBuilder<> builder_;   // at the end of what runs for rows
  Lanes before_;
  std::vector<bool> is_inside_;
  std::vector<bool> is_small_count_;         // of columns that are read
  const std::optional<Quotient> quotient_;   // of a scan
  std::vector<bool> waits_;                  // what is computed when it is known that it is asked for: of a scan, the quotient and what depends on it
  llvm::Value* n_ = nullptr;
  llvm::Value* combo_ = nullptr;
  std::vector<llvm::Value*> given_;   // columns
  std::vector<llvm::Value*> out_;
};

}  // namespace llmsys
