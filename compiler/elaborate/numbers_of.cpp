// All numbers that a value is made of or that follow from it, for who must not tell them: facts.cpp tells a definition to people, and leaves out what would be long.
#include "compiler/elaborate/evaluator.h"

namespace llmsys {

namespace {

constexpr uint32_t deepest = 8;   // what a kind computes may be a value of the same kind again, without end
constexpr size_t most = 1'000'000;

}  // namespace

void Evaluator::add_numbers(const Value& value, TypeId type_id, std::vector<KnownNumber>& numbers, uint32_t depth, std::optional<uint32_t> only) {
  if (depth > deepest || numbers.size() >= most) return;
  const Type type = program_.types[type_id];
  if (value.tag == Value::Tag::list) {
    for (uint64_t i = 0; i < value.list->size(); ++i)
      if (auto one = element(value, i)) add_numbers(*one, type.element, numbers, depth + 1);
  } else if (value.tag == Value::Tag::object) {
    const size_t slots = objects_[value.object.index].slots.size();
    for (uint32_t i = 0; i < slots && !stopped_; ++i)
      if (!only || *only == i) add_numbers(slot(value.object, i), slot_type(objects_[value.object.index], i), numbers, depth + 1);
  } else if (value.tag == Value::Tag::scalar && type.tag == Type::Tag::quantity && graph_.is_constant(value.node)) {
    uint32_t plain = 0;
    numbers.push_back({graph_.value(value.node), units(type_id, {}, plain)});
  }
}

std::vector<KnownNumber> numbers_of(const Program& program, DeclId decl) {
  std::vector<KnownNumber> numbers;
  // Field by field, so that one without a value hides no other.
  uint32_t fields = 1;
  for (uint32_t i = 0; i < fields; ++i) {
    Graph graph;
    DiagSink sink;
    Evaluator evaluator(program, graph, sink);
    const Value value = evaluator.global(decl);
    const TypeId type = program.global_types.at(decl.index);
    if (value.tag == Value::Tag::object && program.types[type].tag == Type::Tag::record) fields = static_cast<uint32_t>(program[program.types[type].kind].fields.size());
    evaluator.add_numbers(value, type, numbers, 0, i);
  }
  return numbers;
}

}  // namespace llmsys
