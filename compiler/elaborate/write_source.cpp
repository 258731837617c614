// A value written back as source: what was given for it, from the outside in, each part computed. What follows from the given is left to the kind.
#include <algorithm>
#include <set>

#include "compiler/elaborate/evaluator.h"
#include "compiler/syntax/parse.h"
#include "runtime/report/number.h"

namespace llmsys {

/// Nothing: the value, or a part of it, is absent; a diagnostic says why.
std::optional<std::string> Evaluator::source(const Value& value, TypeId type_id, size_t indent, std::set<uint32_t>& kinds, bool for_people) {
  if (value.failed()) return {};
  const Type& type = program_.types[type_id];
  if (const double code = graph_.is_constant(value.reason) ? graph_.value(value.reason) : 0; code > 0) {
    const ReasonInfo& why = reasons_[static_cast<size_t>(code) - 1];
    sink_.add({Code::absent_value, why.span, "this has no value: " + known_text(why.pieces).value_or(why.site), "absent", why.chain});
    return {};
  }
  switch (value.tag) {
    case Value::Tag::list: {
      std::string all;
      bool tall = false;
      std::vector<std::string> elements;
      constexpr uint64_t most_told = 20;
      const uint64_t size = value.list->size(), told = for_people ? std::min(size, most_told) : size;
      for (uint64_t i = 0; i < told; ++i) {
        auto one = source(*element(value, i), type.element, indent + 2, kinds, for_people);
        if (!one) return {};
        tall = tall || one->find('\n') != std::string::npos;
        elements.push_back(std::move(*one));
      }
      const std::string line = tall ? "\n" + std::string(indent + 2, ' ') : "";
      for (size_t i = 0; i < elements.size(); ++i) all += (i == 0 ? line : tall ? "," + line : ", ") + elements[i];
      if (told < size) all += ", ... " + std::to_string(size) + " in all";
      return "[" + all + (tall ? "\n" + std::string(indent, ' ') : "") + "]";
    }
    case Value::Tag::object: return object_source(value.object, indent, kinds, for_people);
    default: break;
  }
  if (value.tag != Value::Tag::scalar || !graph_.is_constant(value.node)) return {};
  double number = graph_.value(value.node);
  if (type.tag == Type::Tag::text) return literal(texts_[static_cast<size_t>(number)]);
  uint32_t plain = 0;
  if (type.tag != Type::Tag::quantity || for_people) return tell_value(program_, texts_, type_id, units(type_id, {}, plain), number);
  for (const UnitChoice& unit : units(type_id, {}, plain))
    if (unit.scale == 1) return shortest(number) + (unit.text.empty() ? "" : " " + unit.text);
  return shortest(number);
}

std::optional<std::string> Evaluator::told(const Value& value, TypeId type) {
  std::set<uint32_t> kinds;
  auto text = source(value, type, 0, kinds, true);
  const bool bare = text && program_.types[type].tag == Type::Tag::text;
  return bare ? texts_[static_cast<size_t>(graph_.value(value.node))] : text;
}

std::optional<std::string> Evaluator::object_source(ObjectId id, size_t indent, std::set<uint32_t>& kinds, bool for_people) {
  NodeId broken = guard(id);
  Value whole{.tag = Value::Tag::scalar, .node = zero_, .reason = broken};
  if (stopped_ || !source(whole, program_.types.real(), 0, kinds)) return {};
  const Type type = program_.types[objects_[id.index].type];
  if (type.tag == Type::Tag::record) kinds.insert(type.kind.index);
  // As the kind declares them, which is how a reader looks for them.
  std::set<uint32_t> given;
  for (std::optional<ObjectId> step = id; step; step = objects_[step->index].base) {
    for (const LateBinding& binding : objects_[step->index].layer) given.insert(binding.path[0]);
    for (const auto& [slot, unused] : objects_[step->index].data) given.insert(slot);
  }
  constexpr size_t width = 110;
  std::vector<std::string> lines;   // short parts share one
  for (uint32_t index : given) {
    Value value = slot(id, index);
    if (value.failed()) return {};
    bool optional = type.tag != Type::Tag::record || program_[type.kind].fields[index].optional;
    bool gone = graph_.is_constant(value.reason) && graph_.value(value.reason) != 0;
    if (gone && optional) continue;
    auto told = source(value, slot_type(objects_[id.index], index), indent + 2, kinds, for_people);
    if (!told) return {};
    std::string part = std::string(slot_name(objects_[id.index], index)) + " = " + *told;
    auto simple = [](const std::string& text) { return text.find('{') == std::string::npos; };
    if (!lines.empty() && simple(lines.back()) && simple(part) && lines.back().size() + part.size() + 2 <= width) lines.back() += ", " + part;
    else lines.push_back(std::move(part));
  }
  std::string name = type.tag == Type::Tag::record ? std::string(program_[type.kind].name.text) : std::string();
  std::string open = name + (name.empty() ? "{" : " {"), all;
  if (lines.empty()) return open + "}";
  if (lines.size() == 1 && lines[0].find('{') == std::string::npos && indent > 0) return open + " " + lines[0] + " }";
  for (const std::string& line : lines) all += "\n" + std::string(indent + 2, ' ') + line;
  return open + all + "\n" + std::string(indent, ' ') + "}";
}

std::optional<WrittenValue> written(const Program& program, DeclId let, DiagSink& sink) {
  Graph graph;
  Evaluator evaluator(program, graph, sink);
  Value value = evaluator.global(let);
  std::set<uint32_t> kinds;
  auto text = evaluator.source(value, program.global_types.at(let.index), 0, kinds);
  if (!text) return {};
  WrittenValue result{.text = std::move(*text), .kinds = {}};
  for (uint32_t kind : kinds) result.kinds.push_back(KindId{kind});
  return result;
}

std::optional<std::string> told(const Program& program, DeclId let, DiagSink& sink) {
  Graph graph;
  Evaluator evaluator(program, graph, sink);
  const TypeId type = program.global_types.at(let.index);
  return evaluator.told(evaluator.global(let), type);
}

}  // namespace llmsys
