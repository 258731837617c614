// Node after node over blocks of rows: each node has a buffer of one block, nodes that don't vary within a run fill theirs once.
#include <algorithm>

#include "compiler/graph/meaning.h"
#include "compiler/graph/query.h"

namespace llmsys {
namespace {

/// Rows of a block: a hundred nodes of 256 fit in a second-level cache; a million nodes must still fit in memory.
int64_t block_of(size_t steps) { return std::clamp<int64_t>((int64_t{1} << 21) / static_cast<int64_t>(steps + 1), 8, 256); }

struct Step {
  Node node;           // operands are numbers of steps
  bool inner = false;  // varies from row to row
};

/// The buffers of all steps, one thread's, kept from run to run.
double* buffers(size_t size) {
  thread_local std::vector<double> memory;
  if (memory.size() < size) memory.resize(size);
  return memory.data();
}

/// `rows` values of a leaf, from `row` on.
void read(const Step& step, const KernelArgs& args, int64_t row, int64_t rows, double* out) {
  const uint32_t number = step.node.number;
  switch (step.node.op) {
    case Op::axis:
      if (step.inner) std::copy_n(args.inner + row, rows, out);
      else std::fill_n(out, rows, args.axis[number]);
      break;
    case Op::table:
      for (int64_t i = 0; i < rows; ++i) out[i] = args.table[number][args.combo + (row + i) * args.combo_step];
      break;
    case Op::slot: std::fill_n(out, rows, args.slot[number]); break;
    default: std::fill_n(out, rows, step.node.value); break;
  }
}

/// `rows` values of step `index`, from `row` on, into its buffer.
void compute(const Step& step, const KernelArgs& args, int64_t row, int64_t rows, double* memory, int64_t block, uint32_t index) {
  double* out = memory + index * block;
  if (operands(step.node.op) == 0) return read(step, args, row, rows, out);
  const double* a = memory + step.node.operand[0].index * block;
  const double* b = memory + step.node.operand[1].index * block;
  const double* c = memory + step.node.operand[2].index * block;
  with_meaning(step.node.op, [&](auto meaning) {
    for (int64_t i = 0; i < rows; ++i) out[i] = meaning(a[i], b[i], c[i]);
  });
}

class Interpreter : public Kernel {
 public:
  Interpreter(std::vector<Step> steps, std::vector<uint32_t> roots) : steps_(std::move(steps)), roots_(std::move(roots)), block_(block_of(steps_.size())) {}

  Counts run(const KernelArgs& args) const override {
    double* memory = buffers(steps_.size() * static_cast<size_t>(block_));
    before(args, memory);
    for (int64_t row = 0; row < args.n; row += block_) {
      const int64_t rows = std::min(block_, args.n - row);
      for (uint32_t i = 0; i < steps_.size(); ++i)
        if (steps_[i].inner) compute(steps_[i], args, row, rows, memory, block_, i);
      for (uint32_t k = 0; k < roots_.size(); ++k) std::copy_n(memory + roots_[k] * block_, rows, args.out[k] + row);
    }
    return count(args.out[0], args.n);
  }

 private:
  /// Steps that don't vary, each computed once and spread over its block.
  void before(const KernelArgs& args, double* memory) const {
    for (uint32_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].inner) continue;
      compute(steps_[i], args, 0, 1, memory, block_, i);
      std::fill_n(memory + i * block_, std::min(block_, args.n), memory[i * block_]);
    }
  }

  std::vector<Step> steps_;
  std::vector<uint32_t> roots_;
  int64_t block_;   // rows
};

}  // namespace

std::unique_ptr<Kernel> interpret(const Query& query, const std::vector<NodeId>& roots) {
  const std::vector<NodeId> nodes = live(query.graph, roots);
  const std::vector<uint32_t> number = numbers(query.graph, nodes);
  std::vector<Step> steps;
  for (NodeId id : nodes) {
    Step step{query.graph[id], varies_within_run(query, id)};
    for (uint32_t i = 0; i < operands(step.node.op); ++i) step.node.operand[i].index = number[step.node.operand[i].index];
    steps.push_back(step);
  }
  std::vector<uint32_t> outputs;
  for (NodeId root : roots) outputs.push_back(number[root.index]);
  return std::make_unique<Interpreter>(std::move(steps), std::move(outputs));
}

KernelSet kernels_of(const Query& query, std::vector<std::unique_ptr<Kernel>> compiled) {
  KernelSet set;
  set.kernels.resize(query.sweep.phases.size());
  set.kernels[0] = std::move(compiled);
  for (uint32_t phase = 0; phase < set.kernels.size(); ++phase)
    for (uint32_t shape = static_cast<uint32_t>(set.kernels[phase].size()); shape < query.shapes.size(); ++shape)
      set.kernels[phase].push_back(interpret(query, phase, shape));
  set.values = query.graph.tables();
  std::vector<const double*> tables;
  for (std::vector<double>& table : set.values) {
    table.resize(with_slack(table.size()), table.back());
    tables.push_back(table.data());
  }
  set.tables.assign(query.shapes.size(), tables);
  return set;
}

}  // namespace llmsys
