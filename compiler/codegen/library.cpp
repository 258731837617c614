#include "compiler/codegen/library.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <cassert>

#include "compiler/codegen/describe.h"
#include "compiler/codegen/emitter.h"
#include "compiler/codegen/linker.h"
#include "compiler/codegen/machine.h"

namespace llmsys {
namespace {

/// A kernel to which every numeric axis is what a memo is to others: numbers of each row.
llvm::Function* emit_points(Query& query, uint32_t shape, unsigned width, llvm::Module& module) {
  const std::vector<int64_t> fixed = fixed_axes(query.sweep.space);
  Kept numeric;
  AxisMask varies = 0;
  for (uint32_t a = 0; a < fixed.size(); ++a) {
    if (fixed[a] != 0) continue;
    numeric.columns.push_back(query.graph.axis(a));
    numeric.memo.bytes.push_back(sizeof(double));
    varies |= AxisMask{1} << a;
  }
  const std::vector<NodeId>& roots = query.shapes[shape].roots[0];
  std::vector<NodeId> results = {roots[0]}, before, inside;
  for (uint32_t c : query.sweep.shown) results.push_back(roots[1 + c]);
  for (NodeId id : live(query.graph, results)) {
    const Node& node = query.graph[id];
    if ((node.axes & varies) == 0) before.push_back(id);
    else if (operands(node.op) > 0) inside.push_back(id);
  }
  const std::string name = "points" + std::to_string(shape);
  Emitter(query, {.name = name, .before = before, .inside = inside, .given = &numeric, .results = results, .to = Field::out}, width, module).emit();
  llvm::Function* const function = module.getFunction(name);
  function->setLinkage(llvm::GlobalValue::InternalLinkage);
  return function;
}

llvm::Expected<std::string> object_of(const Query& of) {
  llvm::Expected<llvm::orc::JITTargetMachineBuilder> builder = host();
  if (!builder) return builder.takeError();
  builder->setRelocationModel(llvm::Reloc::PIC_);
  builder->setCodeModel(llvm::CodeModel::Small);
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = builder->createTargetMachine();
  if (!machine) return machine.takeError();
  llvm::LLVMContext context;
  llvm::Module module(of.sweep.name, context);
  module.setTargetTriple((*machine)->getTargetTriple().str());
  module.setDataLayout((*machine)->createDataLayout());
  Query query = of;
  std::vector<llvm::Function*> kernels;
  for (uint32_t shape = 0; shape < query.shapes.size(); ++shape) kernels.push_back(emit_points(query, shape, host_width(), module));
  describe(query, kernels, module);
  optimise(module, **machine);
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) return llvm::createStringError("this machine has no object files");
  passes.run(module);
  return std::string(bytes);
}

}  // namespace

std::variant<std::string, Failure> build(const Query& query, Product product) {
  assert(has_points(query));
  llvm::Expected<std::string> object = object_of(query);
  if (!object) return Failure{llvm::toString(object.takeError())};
  llvm::Expected<std::string> product_bytes = linked(*object, query.sweep.name, product);
  if (!product_bytes) return Failure{llvm::toString(product_bytes.takeError())};
  return std::move(*product_bytes);
}

}  // namespace llmsys
