#include "compiler/codegen/describe.h"

#include <llvm/IR/IRBuilder.h>

#include <cstddef>
#include <map>

#include "runtime/library/points.h"

namespace llmsys {
namespace {

static_assert(sizeof(PointsLevel) == 32 && offsetof(PointsLibrary, fixed) == 16 && offsetof(PointsLibrary, root) == 48 && offsetof(PointsLibrary, scales) == 80);

/// The axes as a caller sees them: what has the same label under several elements of earlier axes is one element. `numbers[level][i]`: what the caller calls element i.
struct CallerAxes {
  std::vector<Column> columns;
  std::vector<std::vector<double>> numbers;
};
CallerAxes caller_axes(const Sweep& sweep) {
  const Space& space = sweep.space;
  CallerAxes result{sweep.axes, std::vector<std::vector<double>>(space.levels.size())};
  const std::vector<uint32_t> axis_of = axis_of_levels(space);
  const std::vector<int64_t> fixed = fixed_axes(space);
  std::vector<std::map<std::pair<std::string, size_t>, size_t>> known(space.axes);   // by label, and which one of those with this label in a level
  std::vector<std::vector<std::string>> labels(space.axes);
  for (size_t l = 0; l < space.levels.size(); ++l) {
    const uint32_t axis = axis_of[l];
    if (axis >= space.axes || fixed[axis] == 0) continue;
    std::map<std::string, size_t> seen;
    for (uint64_t i = 0; i < space.levels[l].size; ++i) {
      double number = axis_value(space, space.levels[l], axis, i);
      if (sweep.axes[axis].labels) {
        const std::string& label = (*sweep.axes[axis].labels)[static_cast<size_t>(number)];
        const auto [entry, is_new] = known[axis].try_emplace({label, seen[label]++}, labels[axis].size());
        if (is_new) labels[axis].push_back(label);
        number = static_cast<double>(entry->second);
      }
      result.numbers[l].push_back(number);
    }
  }
  for (uint32_t a = 0; a < space.axes; ++a) {
    if (sweep.axes[a].labels) result.columns[a].labels = std::make_shared<const std::vector<std::string>>(labels[a]);
  }
  return result;
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
    if (of.empty()) return llvm::ConstantPointerNull::get(builder_.getPtrTy());
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
  const CallerAxes called = caller_axes(sweep);
  for (const Column& axis : called.columns) axes.push_back(&axis);
  for (uint32_t c : sweep.shown) shown.push_back(&sweep.phases[0].columns[c]);
  columns(axes, sweep.name + "_axes");
  columns(shown, sweep.name + "_columns");
  std::vector<llvm::Constant*> reasons;
  for (const Reason& reason : sweep.reasons) reasons.push_back(text(reason.site));
  pointers(reasons, sweep.name + "_reasons", true);

  std::vector<llvm::Constant*> tables;
  for (const std::vector<double>& table : query_.graph.tables()) tables.push_back(numbers(table, "table"));
  std::vector<double> scales;
  for (const std::vector<const Column*>& each : {axes, shown}) {
    for (const Column* one : each) scales.push_back(one->units[one->plain_unit].scale);
  }
  std::vector<int32_t> shapes(sweep.shape_of_combo.begin(), sweep.shape_of_combo.end());
  const Space& space = sweep.space;
  const std::vector<int64_t> fixed = fixed_axes(space);
  std::vector<int64_t> levels;
  std::vector<double> values;
  std::vector<int32_t> children;
  for (size_t i = 0; i < space.levels.size(); ++i) {
    const Level& level = space.levels[i];
    levels.insert(levels.end(), {static_cast<int64_t>(called.numbers[i].size()), static_cast<int64_t>(values.size()), static_cast<int64_t>(children.size()), static_cast<int64_t>(level.children.size())});
    values.insert(values.end(), called.numbers[i].begin(), called.numbers[i].end());
    children.insert(children.end(), level.children.begin(), level.children.end());
  }
  llvm::Constant* library = llvm::ConstantStruct::getAnon(
      {integer(space.axes), integer(static_cast<int64_t>(shown.size())), numbers(fixed, "fixed"), numbers(levels, "levels"), numbers(values, "values"), numbers(children, "children"),
       integer(space.root), numbers(shapes, "shapes"), pointers({kernels.begin(), kernels.end()}, "kernels"), pointers(tables, "tables"), numbers(scales, "scales")});
  llvm::Constant* study = global(library, "study", false);

  llvm::Type* const pointer = builder_.getPtrTy();
  llvm::FunctionCallee points = module_.getOrInsertFunction("llmsys_points", builder_.getInt32Ty(), pointer, builder_.getInt64Ty(), pointer, pointer, pointer);
  auto* type = llvm::FunctionType::get(builder_.getInt32Ty(), {builder_.getInt64Ty(), pointer, pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, sweep.name + "_points", module_);
  builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "", function));
  builder_.CreateRet(builder_.CreateCall(points, {study, function->getArg(0), function->getArg(1), function->getArg(2), function->getArg(3)}));
}

}  // namespace

std::vector<int64_t> fixed_axes(const Space& space) {
  std::vector<int64_t> fixed(space.axes);
  const std::vector<uint32_t> axis_of = axis_of_levels(space);
  for (size_t i = 0; i < axis_of.size(); ++i) {
    if (axis_of[i] < space.axes && (space.levels[i].by_element || space.levels[i].children.size() > 1)) fixed[axis_of[i]] = 1;
  }
  return fixed;
}

void describe(const Query& query, const std::vector<llvm::Function*>& kernels, llvm::Module& module) { Description(query, module).write(kernels); }

}  // namespace llmsys
