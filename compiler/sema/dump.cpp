#include "compiler/sema/dump.h"

namespace llmsys {

namespace {

std::string signature(const Program& program, FunctionId id) {
  const FunctionInfo& function = program[id];
  std::string text = "fn " + std::string(function.ast->name.text) + "(";
  for (size_t i = 0; i < function.params.size(); ++i)
    text += (i ? ", " : "") + std::string(function.ast->params[i].name.text) + ": " + program.describe(function.params[i]);
  return text + ") -> " + program.describe(function.result) + "\n";
}

std::string kind_text(const Program& program, const KindInfo& kind) {
  std::string text = "kind " + std::string(kind.name.text) + (kind.parent ? " : " + std::string(program[*kind.parent].name.text) : "") + "\n";
  for (const FieldInfo& field : kind.fields)
    text += "  " + std::string(field.name.text) + ": " + program.describe(field.type) + (field.optional ? "?" : "") + "\n";
  for (const MethodInfo& method : kind.methods) text += "  " + signature(program, method.function);
  return text;
}

std::string study_text(const Program& program, const ast::Study& study) {
  std::string text = "study " + std::string(study.name.text) + "\n";
  for (const ast::Clause& clause : study.clauses) {
    if (auto* sweep = std::get_if<ast::Sweep>(&clause.node))
      for (size_t i = 0; i < sweep->names.size(); ++i) text += "  sweep " + std::string(sweep->names[i].text) + " in " + program.describe(program.type(sweep->domains[i])) + "\n";
    if (auto* let = std::get_if<ast::Let>(&clause.node)) text += "  let " + std::string(let->name.text) + ": " + program.describe(program.type(let->value)) + "\n";
    if (auto* show = std::get_if<ast::Show>(&clause.node))
      for (const ast::ShowItem& item : show->items)
        text += "  show " + std::string(program.sources->text((*program.syntax)[item.value].span)) + ": " + program.describe(program.type(item.value)) + "\n";
  }
  return text;
}

}  // namespace

std::string dump_types(const Program& program, FileId file, std::string_view only) {
  std::string text;
  const Syntax& syntax = *program.syntax;
  auto wanted = [&](std::string_view name) { return only.empty() || name == only; };
  for (const KindInfo& kind : program.kinds)
    if (syntax[kind.decl].file == file && wanted(kind.name.text)) text += kind_text(program, kind);
  for (DeclId decl : syntax[file].decls) {
    const auto& node = syntax[decl].node;
    auto global = program.global_types.find(decl.index);
    if (auto* let = std::get_if<ast::Let>(&node); let && wanted(let->name.text) && global != program.global_types.end())
      text += "let " + std::string(let->name.text) + ": " + program.describe(global->second) + "\n";
    if (auto* instance = std::get_if<ast::Instance>(&node); instance && wanted(instance->name.text) && global != program.global_types.end())
      text += std::string(instance->name.text) + ": " + program.describe(global->second) + "\n";
    if (auto* function = std::get_if<ast::Function>(&node); function && wanted(function->name.text)) text += signature(program, program.function_ids.at(decl.index));
    if (auto* study = std::get_if<ast::Study>(&node); study && wanted(study->name.text)) text += study_text(program, *study);
  }
  return text;
}

}  // namespace llmsys
