#include "compiler/codegen/jit.h"

#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Object/BuildID.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/BLAKE3.h>
#include <llvm/Support/thread.h>
#include <llvm/Target/TargetMachine.h>

#include <algorithm>
#include <atomic>
#include <cassert>

#include "compiler/codegen/emit.h"
#include "compiler/codegen/kernel_cache.h"
#include "compiler/codegen/machine.h"
#include "runtime/elementary.h"
#include "runtime/search.h"

namespace llmsys {
namespace {

namespace orc = llvm::orc;

using Plans = std::vector<Plan>;

unsigned width_of(const JitOptions& options) { return options.width ? options.width : host_width(); }

std::unique_ptr<llvm::Module> emit_for(const llvm::TargetMachine& machine, const Query& query, const Plans& plans, Shapes shapes, const JitOptions& options, llvm::LLVMContext& context) {
  std::unique_ptr<llvm::Module> module = emit(query, plans, shapes, width_of(options), context);
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  return module;
}

/// The linker's hash of this program, or nothing: what makes code of a module may change, and then old code must not be found.
std::string build_id() {
  llvm::Expected<llvm::object::OwningBinary<llvm::object::ObjectFile>> program = llvm::object::ObjectFile::createObjectFile("/proc/self/exe");
  if (!program) {
    llvm::consumeError(program.takeError());
    return {};
  }
  const llvm::object::BuildIDRef id = llvm::object::getBuildID(program->getBinary());
  return {id.begin(), id.end()};
}

/// Of all that decides on the machine code: the module as it was emitted, the machine, and whoever compiles. None if this program can't be told from its
/// next version.
std::optional<KernelCache::Key> key_of(const llvm::Module& module, const llvm::TargetMachine& machine) {
  static const std::string build = build_id();
  if (build.empty()) return {};
  llvm::SmallVector<char, 0> bitcode;
  llvm::raw_svector_ostream stream(bitcode);
  llvm::WriteBitcodeToFile(module, stream);
  llvm::BLAKE3 hash;
  for (const llvm::StringRef part : {llvm::StringRef(build), llvm::StringRef(LLVM_VERSION_STRING), llvm::StringRef(machine.getTargetTriple().str()), machine.getTargetCPU(),
                                     machine.getTargetFeatureString(), llvm::StringRef(bitcode.data(), bitcode.size())}) {
    hash.update(std::to_string(part.size()) + ":");   // so that no two lists of parts read the same
    hash.update(part);
  }
  return hash.final<32>();
}

using Object = std::unique_ptr<llvm::MemoryBuffer>;

/// The machine code of some shapes, from the cache if it is there.
llvm::Expected<Object> object(const Query& query, const Plans& plans, Shapes shapes, const JitOptions& options, llvm::TargetMachine& machine) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = emit_for(machine, query, plans, shapes, options, context);
  const std::optional<KernelCache::Key> key = options.cache != nullptr ? key_of(*module, machine) : std::nullopt;
  if (key)
    if (std::optional<std::string> kept = options.cache->find(*key)) return llvm::MemoryBuffer::getMemBufferCopy(*kept);
  optimise(*module, machine);
  llvm::Expected<Object> made = orc::SimpleCompiler(machine)(*module);
  if (made && key) options.cache->keep(*key, (*made)->getBuffer());
  return made;
}

/// Shapes that share a module: enough that the two milliseconds that any module takes do not matter. The same for any number of threads, so that kept
/// code is found again.
std::vector<Shapes> modules_of(const Plans& plans) {
  constexpr size_t enough_nodes = 150;
  std::vector<Shapes> modules;
  size_t nodes = enough_nodes;
  for (uint32_t shape = 0; shape < plans.size(); ++shape) {
    if (nodes >= enough_nodes) modules.push_back({shape, shape}), nodes = 0;
    nodes += plans[shape].before.size() + plans[shape].inside.size();
    ++modules.back().end;
  }
  return modules;
}

using Machines = std::vector<std::unique_ptr<llvm::TargetMachine>>;

/// One for each thread.
llvm::Expected<Machines> machines(orc::JITTargetMachineBuilder& builder, size_t threads) {
  Machines all;
  for (size_t i = 0; i < threads; ++i) {
    llvm::Expected<std::unique_ptr<llvm::TargetMachine>> one = builder.createTargetMachine();
    if (!one) return one.takeError();
    all.push_back(std::move(*one));
  }
  return all;
}

/// Module by module, on as many threads as there are machines.
llvm::Expected<std::vector<Object>> objects(const Query& query, const Plans& plans, const std::vector<Shapes>& modules, const JitOptions& options, const Machines& machines) {
  std::vector<Object> made(modules.size());
  std::vector<std::string> wrong(modules.size());
  std::atomic<size_t> next = 0;
  const auto work = [&](llvm::TargetMachine& machine) {
    for (size_t i = next++; i < modules.size(); i = next++) {
      if (llvm::Expected<Object> one = object(query, plans, modules[i], options, machine)) made[i] = std::move(*one);
      else wrong[i] = llvm::toString(one.takeError());
    }
  };
  std::vector<llvm::thread> others;
  constexpr std::optional<unsigned> stack_bytes = 1u << 30;   // as the command's own: graphs are deep
  for (size_t i = 1; i < machines.size(); ++i) others.emplace_back(stack_bytes, work, std::ref(*machines[i]));
  work(*machines[0]);
  for (llvm::thread& other : others) other.join();
  for (const std::string& text : wrong)
    if (!text.empty()) return llvm::createStringError(text);
  return made;
}

/// What compiled code calls; nothing else of the process can be seen by it.
llvm::Error define_elementary(orc::LLJIT& jit) {
  orc::SymbolMap symbols;
  const auto define = [&](const char* name, auto* function) {
    symbols[jit.mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  };
  define("llmsys_exp", &llmsys_exp);
  define("llmsys_log", &llmsys_log);
  define("llmsys_log2", &llmsys_log2);
  define("llmsys_log10", &llmsys_log10);
  define("llmsys_pow", &llmsys_pow);
  define("llmsys_mod", &llmsys_mod);
  define("llmsys_quotient", &llmsys_quotient);
  return jit.getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)));
}

#ifdef __clang__
#define LLMSYS_CALLS_COMPILED [[clang::no_sanitize("function")]]  // it looks for a signature before the code, and compiled functions have none
#else
#define LLMSYS_CALLS_COMPILED
#endif

/// Functions of the machine code, which it keeps alive.
class CompiledKernel : public Kernel {
 public:
  using Function = void(const KernelArgs*);
  CompiledKernel(std::shared_ptr<orc::LLJIT> code, Function* runs, std::optional<Memo> kept, Function* remembers, Function* scans, unsigned width)
      : code_(std::move(code)), run_(runs), memo_(kept), remember_(remembers), scan_(scans), width_(width) {}
  LLMSYS_CALLS_COMPILED Counts run(const KernelArgs& args) const override;
  const Memo* memo() const override { return memo_ ? &*memo_ : nullptr; }
  LLMSYS_CALLS_COMPILED void remember(const KernelArgs& args) const override { remember_(&args); }
  bool can_scan() const override { return scan_ != nullptr; }
  LLMSYS_CALLS_COMPILED Found scan(const KernelArgs& args) const override;
  void can_search(SearchFacts facts, Function* probes) {
    facts_ = std::move(facts);
    probe_ = probes;
  }
  const SearchFacts* facts() const override { return facts_ ? &*facts_ : nullptr; }
  LLMSYS_CALLS_COMPILED void probe(const KernelArgs& args) const override { probe_(&args); }

 private:
  std::shared_ptr<orc::LLJIT> code_;
  Function* run_;
  std::optional<Memo> memo_;
  Function* remember_;   // null without a memo
  Function* scan_;       // null if the phase does not begin with `best`
  unsigned width_;
  std::optional<SearchFacts> facts_;
  Function* probe_ = nullptr;   // without facts
};

Counts CompiledKernel::run(const KernelArgs& args) const {
  Counts counts;
  KernelArgs counted = args;
  counted.counts = &counts;
  run_(&counted);
  return scan_ == nullptr ? counts : count(args.out[0], args.n);
}

Found CompiledKernel::scan(const KernelArgs& args) const {
  double merit[most_lanes], row[most_lanes];
  double* out[] = {args.out[0], merit, row};
  Counts counts;
  KernelArgs scanned = args;
  scanned.out = out;
  scanned.counts = &counts;
  scan_(&scanned);
  unsigned best = 0;
  for (unsigned s = 1; s < width_; ++s) {
    if (merit[s] > merit[best] || (merit[s] == merit[best] && row[s] < row[best])) best = s;
  }
  return {static_cast<int64_t>(row[best]), counts};
}

llvm::Expected<std::shared_ptr<orc::LLJIT>> compile(const Query& query, const Plans& plans, const JitOptions& options) {
  llvm::Expected<orc::JITTargetMachineBuilder> builder = host();
  if (!builder) return builder.takeError();
  const std::vector<Shapes> modules = modules_of(plans);
  llvm::Expected<Machines> all = machines(*builder, std::clamp<size_t>(options.threads, 1, std::max<size_t>(modules.size(), 1)));
  if (!all) return all.takeError();
  llvm::Expected<std::vector<Object>> code = objects(query, plans, modules, options, *all);
  if (!code) return code.takeError();

  // Nothing is left to compile, but ORC would make another machine for it.
  const auto compiler = [&](orc::JITTargetMachineBuilder) -> llvm::Expected<std::unique_ptr<orc::IRCompileLayer::IRCompiler>> {
    return std::make_unique<orc::TMOwningSimpleCompiler>(std::move((*all)[0]));
  };
  const llvm::DataLayout layout = (*all)[0]->createDataLayout();
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(*builder))
                 .setDataLayout(layout)
                 .setCompileFunctionCreator(compiler)
                 .setLinkProcessSymbolsByDefault(false)
                 .setPlatformSetUp(orc::setUpInactivePlatform)  // no static constructors to run
                 .create();
  if (!jit) return jit.takeError();
  if (llvm::Error error = define_elementary(**jit)) return error;
  for (Object& each : *code)
    if (llvm::Error error = (*jit)->addObjectFile(std::move(each))) return error;
  return std::shared_ptr<orc::LLJIT>(std::move(*jit));
}

llvm::Expected<CompiledKernel::Function*> find(orc::LLJIT& code, const std::string& name) {
  llvm::Expected<orc::ExecutorAddr> address = code.lookup(name);
  if (!address) return address.takeError();
  return address->toPtr<CompiledKernel::Function*>();
}

llvm::Expected<std::unique_ptr<Kernel>> kernel(const std::shared_ptr<orc::LLJIT>& code, const Query& query, const Plan& plan, uint32_t shape, unsigned width) {
  const auto found = [&](const std::string& name, bool exists) -> llvm::Expected<CompiledKernel::Function*> {
    return exists ? find(*code, name) : nullptr;
  };
  llvm::Expected<CompiledKernel::Function*> run = found(kernel_name(shape), true);
  if (!run) return run.takeError();
  llvm::Expected<CompiledKernel::Function*> remember = found(memo_name(shape), plan.kept.has_value());
  if (!remember) return remember.takeError();
  llvm::Expected<CompiledKernel::Function*> scan = found(scan_name(shape), scans(query));
  if (!scan) return scan.takeError();
  llvm::Expected<CompiledKernel::Function*> probe = found(probe_name(shape), plan.search.has_value());
  if (!probe) return probe.takeError();
  auto made = std::make_unique<CompiledKernel>(code, *run, plan.kept ? std::optional(plan.kept->memo) : std::nullopt, *remember, *scan, width);
  if (plan.search) made->can_search(plan.search->facts, *probe);
  return made;
}

llvm::Expected<std::vector<std::unique_ptr<Kernel>>> kernels(const Query& query, const Plans& plans, const JitOptions& options) {
  llvm::Expected<std::shared_ptr<orc::LLJIT>> code = compile(query, plans, options);
  if (!code) return code.takeError();
  std::vector<std::unique_ptr<Kernel>> kernels;
  for (uint32_t shape = 0; shape < plans.size(); ++shape) {
    llvm::Expected<std::unique_ptr<Kernel>> one = kernel(*code, query, plans[shape], shape, width_of(options));
    if (!one) return one.takeError();
    kernels.push_back(std::move(*one));
  }
  return kernels;
}

std::string text_of(llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

std::string assembly_of(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) return "this machine has no assembly\n";
  passes.run(module);
  return std::string(text);
}

}  // namespace

Jitted jit(const Query& query, const std::vector<Plan>& plans, const JitOptions& options) {
  llvm::Expected<std::vector<std::unique_ptr<Kernel>>> made = kernels(query, plans, options);
  if (!made) return llvm::toString(made.takeError());
  return std::move(*made);
}

std::string listing(const Query& query, const JitOptions& options, Listing what) {
  llvm::Expected<orc::JITTargetMachineBuilder> builder = host();
  if (!builder) return llvm::toString(builder.takeError());
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = builder->createTargetMachine();
  if (!machine) return llvm::toString(machine.takeError());
  llvm::LLVMContext context;
  const Plans plans = plan(query);
  std::unique_ptr<llvm::Module> module = emit_for(**machine, query, plans, {0, static_cast<uint32_t>(plans.size())}, options, context);
  if (what != Listing::llvm) optimise(*module, **machine);
  return what == Listing::assembly ? assembly_of(*module, **machine) : text_of(*module);
}

}  // namespace llmsys
