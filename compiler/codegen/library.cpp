#include "compiler/codegen/library.h"

#include <fmt/format.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Program.h>
#include <llvm/Target/TargetMachine.h>

#include <cassert>
#include <filesystem>

#include "compiler/codegen/emitter.h"
#include "compiler/codegen/machine.h"
#include "compiler/codegen/support_objects.h"
#include "runtime/library/points.h"

namespace llmsys {
namespace {

static_assert(offsetof(PointsLibrary, columns) == 8 && offsetof(PointsLibrary, elements) == 16 && offsetof(PointsLibrary, tables) == 48 && sizeof(PointsLibrary) == 64);

/// In a C comment.
std::string quoted(std::string text) {
  for (size_t at = text.find("*/"); at != std::string::npos; at = text.find("*/", at)) text.replace(at, 2, "* /");
  return text;
}

std::string upper(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

/// Elements of each by-element axis, 0 for a numeric one.
std::vector<int64_t> elements(const Space& space) {
  std::vector<int64_t> result(space.axes);
  const std::vector<uint64_t> size = axis_sizes(space);
  const std::vector<uint32_t> axis_of = axis_of_levels(space);
  for (size_t i = 0; i < axis_of.size(); ++i) {
    if (axis_of[i] < space.axes && space.levels[i].by_element) result[axis_of[i]] = static_cast<int64_t>(size[axis_of[i]]);
  }
  return result;
}

/// Combos by choice of elements, in the order of the axes, the last one fastest.
std::vector<int32_t> combos(const Space& space, const std::vector<int64_t>& elements) {
  std::vector<int32_t> places = {static_cast<int32_t>(space.root)};
  for (uint32_t a = 0; a < space.axes; ++a) {
    std::vector<int32_t> below;
    for (int32_t place : places) {
      const Level* const level = place < 0 ? nullptr : &space.levels[static_cast<size_t>(place)];
      for (int64_t i = 0; i < std::max<int64_t>(elements[a], 1); ++i) {
        const bool is_there = level != nullptr && static_cast<uint64_t>(i) < level->size;
        below.push_back(is_there ? static_cast<int32_t>(level->children[level->children.size() == 1 ? 0 : static_cast<size_t>(i)]) : -1);
      }
    }
    places = std::move(below);
  }
  return places;
}

/// What a C program sees of a study, as constants of a module.
class Description {
 public:
  Description(const Query& query, llvm::Module& module) : query_(query), module_(module), builder_(module.getContext()) {}
  void write(const std::vector<llvm::Function*>& kernels);

 private:
  llvm::Constant* text(const std::string& of) { return builder_.CreateGlobalString(of, "text", 0, &module_); }
  llvm::Constant* integer(int64_t value) { return builder_.getInt64(static_cast<uint64_t>(value)); }
  llvm::GlobalVariable* global(llvm::Constant* value, const std::string& name, bool is_seen) {
    auto* made = new llvm::GlobalVariable(module_, value->getType(), true, is_seen ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::PrivateLinkage, value, name);
    return made;
  }
  llvm::Constant* pointers(const std::vector<llvm::Constant*>& to, const std::string& name, bool is_seen = false) {
    std::vector<llvm::Constant*> all = to;
    if (all.empty()) all.push_back(llvm::ConstantPointerNull::get(builder_.getPtrTy()));   // C has no empty arrays
    return global(llvm::ConstantArray::get(llvm::ArrayType::get(builder_.getPtrTy(), all.size()), all), name, is_seen);
  }
  template <class Number>
  llvm::Constant* numbers(const std::vector<Number>& of, const std::string& name) {
    return global(llvm::ConstantDataArray::get(module_.getContext(), of), name, false);
  }
  llvm::Constant* column(const Column& of);
  void columns(const std::vector<const Column*>& of, const std::string& name);

  const Query& query_;
  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
};

llvm::Constant* Description::column(const Column& of) {
  std::vector<llvm::Constant*> labels;
  if (of.labels) {
    for (const std::string& label : *of.labels) labels.push_back(text(label));
  }
  llvm::Constant* const none = llvm::ConstantPointerNull::get(builder_.getPtrTy());
  return llvm::ConstantStruct::getAnon({text(of.title), text(of.units[of.plain_unit].text), labels.empty() ? none : pointers(labels, "labels"), integer(static_cast<int64_t>(labels.size()))});
}

void Description::columns(const std::vector<const Column*>& of, const std::string& name) {
  std::vector<llvm::Constant*> all;
  for (const Column* one : of) all.push_back(column(*one));
  static const Column nothing;
  if (all.empty()) all.push_back(column(nothing));
  global(llvm::ConstantArray::get(llvm::ArrayType::get(all[0]->getType(), all.size()), all), name, true);
}

void Description::write(const std::vector<llvm::Function*>& kernels) {
  const Sweep& sweep = query_.sweep;
  std::vector<const Column*> axes, shown;
  for (const Column& axis : sweep.axes) axes.push_back(&axis);
  for (uint32_t c : sweep.shown) shown.push_back(&sweep.phases[0].columns[c]);
  columns(axes, sweep.name + "_axes");
  columns(shown, sweep.name + "_columns");
  std::vector<llvm::Constant*> reasons;
  for (const Reason& reason : sweep.reasons) reasons.push_back(text(reason.site));
  pointers(reasons, sweep.name + "_reasons", true);

  std::vector<llvm::Constant*> tables;
  for (const std::vector<double>& table : query_.graph.tables()) tables.push_back(numbers(table, "table"));
  const std::vector<int64_t> by_axis = elements(sweep.space);
  std::vector<double> scales;
  for (const std::vector<const Column*>& each : {axes, shown}) {
    for (const Column* one : each) scales.push_back(one->units[one->plain_unit].scale);
  }
  scales.push_back(1);   // so that there is one
  std::vector<int32_t> shapes(sweep.shape_of_combo.begin(), sweep.shape_of_combo.end());
  llvm::Constant* library = llvm::ConstantStruct::getAnon(
      {integer(sweep.space.axes), integer(static_cast<int64_t>(shown.size())), by_axis.empty() ? llvm::ConstantPointerNull::get(builder_.getPtrTy()) : numbers(by_axis, "elements"),
       numbers(combos(sweep.space, by_axis), "combos"), numbers(shapes, "shapes"), pointers({kernels.begin(), kernels.end()}, "kernels"), pointers(tables, "tables"), numbers(scales, "scales")});
  llvm::Constant* study = global(library, "study", false);

  llvm::Type* const pointer = builder_.getPtrTy();
  llvm::FunctionCallee points = module_.getOrInsertFunction("llmsys_points", builder_.getInt32Ty(), pointer, builder_.getInt64Ty(), pointer, pointer, pointer);
  auto* type = llvm::FunctionType::get(builder_.getInt32Ty(), {builder_.getInt64Ty(), pointer, pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, sweep.name + "_points", module_);
  builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "", function));
  builder_.CreateRet(builder_.CreateCall(points, {study, function->getArg(0), function->getArg(1), function->getArg(2), function->getArg(3)}));
}

/// A kernel to which every numeric axis is what a memo is to others: numbers of each row.
llvm::Function* emit_points(Query& query, uint32_t shape, unsigned width, llvm::Module& module) {
  const std::vector<int64_t> by_axis = elements(query.sweep.space);
  Kept numeric;
  AxisMask varies = 0;
  for (uint32_t a = 0; a < by_axis.size(); ++a) {
    if (by_axis[a] != 0) continue;
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
  Description(query, module).write(kernels);
  optimise(module, **machine);
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) return llvm::createStringError("this machine has no object files");
  passes.run(module);
  return std::string(bytes);
}

/// A folder of temporary files.
class Folder {
 public:
  Folder() {
    llvm::SmallString<128> path;
    if (!llvm::sys::fs::createUniqueDirectory("llmsys", path)) path_ = std::string(path);
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  bool exists() const { return !path_.empty(); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Its path; empty if it can't be written.
  std::string write(const std::string& name, std::string_view bytes) const {
    std::error_code error;
    llvm::raw_fd_ostream stream(file(name), error);
    if (error) return {};
    stream << bytes;
    stream.close();
    return stream.has_error() ? std::string() : file(name);
  }

 private:
  std::string path_;
};

std::string text_of(const std::string& path) {
  auto file = llvm::MemoryBuffer::getFile(path, false, false);
  return file ? (*file)->getBuffer().str() : std::string();
}

/// With the machine's linker, which whoever wants a library for other programs has: LLVM's as a library would bring the code generators of all machines along.
llvm::Expected<std::string> linked(const std::string& object, const std::string& name, Product product) {
  llvm::ErrorOr<std::string> linker = llvm::sys::findProgramByName("ld");
  if (!linker) return llvm::createStringError("there is no linker `ld` on the PATH (Debian's package binutils has one)");
  const Folder folder;
  if (!folder.exists()) return llvm::createStringError("no folder for temporary files can be made");
  std::vector<std::string> arguments = {*linker, "-o", folder.file("out"), "--gc-sections", "-z", "noexecstack"};
  if (product == Product::object) arguments.insert(arguments.end(), {"-r", "-u", name + "_points", "-u", name + "_axes", "-u", name + "_columns", "-u", name + "_reasons"});
  else arguments.insert(arguments.end(), {"-shared", "-soname", "lib" + name + ".so"});
  arguments.push_back(folder.write("study.o", object));
  for (const SupportObject& support : support_objects()) arguments.push_back(folder.write(std::string(support.name), support.bytes));
  const std::vector<llvm::StringRef> words(arguments.begin(), arguments.end());
  const std::string nothing, said = folder.file("said");
  const std::optional<llvm::StringRef> streams[] = {llvm::StringRef(nothing), llvm::StringRef(said), llvm::StringRef(said)};
  std::string failure;
  if (llvm::sys::ExecuteAndWait(*linker, words, std::nullopt, streams, 0, 0, &failure) != 0) return llvm::createStringError("the linker failed: " + failure + text_of(said));
  return text_of(folder.file("out"));
}

}  // namespace

std::variant<std::string, Failure> build(const Query& query, Product product) {
  assert(has_points(query));
  constexpr double most_choices = 1 << 24;
  double choices = 1;
  for (int64_t each : elements(query.sweep.space)) choices *= static_cast<double>(std::max<int64_t>(each, 1));
  if (choices > most_choices) return Failure{fmt::format("there would be {:.3g} choices of elements, and at most {:.3g} fit", choices, most_choices)};
  llvm::Expected<std::string> object = object_of(query);
  if (!object) return Failure{llvm::toString(object.takeError())};
  llvm::Expected<std::string> product_bytes = linked(*object, query.sweep.name, product);
  if (!product_bytes) return Failure{llvm::toString(product_bytes.takeError())};
  return std::move(*product_bytes);
}

std::string header(const Query& query, const std::string& source) {
  const Sweep& sweep = query.sweep;
  const std::string name = sweep.name, guard = upper(name);
  const std::vector<int64_t> by_axis = elements(sweep.space);
  const auto describe = [](const Column& column, bool by_element) {
    const std::string& unit = column.units[column.plain_unit].text;
    std::string text = column.title;
    if (by_element) text += ", the number of its element, from 0 on";
    else if (column.labels) text += ", an index into its labels";
    else if (column.type == Column::Type::boolean) text += ", 1 or 0";
    else if (!unit.empty()) text += " in " + unit;
    return quoted(text);
  };
  std::string text = fmt::format("/* Study `{}` of {}, compiled by llmsys. {} */\n#ifndef LLMSYS_STUDY_{}\n#define LLMSYS_STUDY_{}\n#include <stdint.h>\n\n", name, quoted(source), quoted(sweep.title), guard, guard);
  text +=
      "#ifndef LLMSYS_COLUMN\n#define LLMSYS_COLUMN\ntypedef struct {\n  const char *title;\n  const char *unit;            /* of its numbers; \"\": plain ones */\n"
      "  const char *const *labels;   /* a number is an index into these, if there are any */\n  int64_t label_count;\n} llmsys_column;\n#endif\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  text += fmt::format("#define {}_AXES {}\n#define {}_COLUMNS {}\n#define {}_REASONS {}\n", guard, sweep.axes.size(), guard, sweep.shown.size(), guard, sweep.reasons.size());
  text += fmt::format("extern const llmsys_column {}_axes[], {}_columns[];\nextern const char *const {}_reasons[];\n\n", name, name, name);
  text += "/* n points.\n";
  for (size_t a = 0; a < sweep.axes.size(); ++a) {
    text += fmt::format("   axes[{}]: {}: {}\n", a, by_axis[a] != 0 ? "one number for all" : "n numbers", describe(sweep.axes[a], by_axis[a] != 0));
  }
  text += "   status: n numbers: 0 feasible; -1 dropped by a `where`; r > 0 infeasible for reasons[r - 1]. Columns of points that are not feasible mean nothing.\n";
  for (size_t c = 0; c < sweep.shown.size(); ++c) text += fmt::format("   columns[{}]: n numbers: {}\n", c, describe(sweep.phases[0].columns[sweep.shown[c]], false));
  if (!sweep.phases[0].stages.empty()) text += "   Rows are not reduced: `best`, `pareto`, `top` and what comes after them is left to the caller.\n";
  text += fmt::format("   Gives 0, or 1 if an axis has no such element. Any number of threads may call it at once. */\nint {}_points(uint64_t n, const double *const axes[], double *status, double *const columns[]);\n", name);
  text += "\n#ifdef __cplusplus\n}\n#endif\n#endif\n";
  return text;
}

}  // namespace llmsys
