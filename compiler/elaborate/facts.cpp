// A definition as a list of its values: what is given for it, in depth, and what follows from that.
#include <algorithm>

#include "compiler/elaborate/evaluator.h"
#include "compiler/syntax/parse.h"

namespace llmsys {

namespace {

constexpr uint64_t most_elements = 1000;   // of a list
constexpr size_t most_facts = 100'000;

}  // namespace

/// Nothing is computed for it.
bool Evaluator::is_plain(ExprId id) const {
  const Ref& ref = program_.ref(id);
  if (std::holds_alternative<ConstantRef>(ref) || std::holds_alternative<CaseRef>(ref) || program_.literal_lists.contains(id.index)) return true;
  return match(
      syntax_[id].node, [](const ast::Number&) { return true; }, [](const ast::Bool&) { return true; },
      [](const ast::Text& text) { return std::ranges::none_of(text.pieces, [](const ast::Piece& piece) { return piece.value.has_value(); }); },
      [&](const ast::Unary& node) { return is_plain(node.operand); },
      [&](const ast::List& node) { return std::ranges::all_of(node.elements, [&](ExprId one) { return is_plain(one); }); }, [](const auto&) { return false; });
}

void Evaluator::facts(const Value& value, TypeId type_id, std::string path, bool is_given, bool follows, std::vector<Fact>& out) {
  if (value.failed() || stopped_ || out.size() >= most_facts) return;
  const Type& type = program_.types[type_id];
  const auto code = graph_.is_constant(value.reason) ? static_cast<size_t>(graph_.value(value.reason)) : 0;
  if (code == 0 && value.tag == Value::Tag::object) return object_facts(value.object, path, follows, out);
  if (code == 0 && value.tag == Value::Tag::list && (type.tag != Type::Tag::list || value.list->size() <= most_elements)) {
    for (uint64_t i = 0; i < value.list->size(); ++i) facts(*element(value, i), type.element, path + "[" + std::to_string(i) + "]", is_given, follows, out);
    return;
  }
  Fact fact{.path = std::move(path), .is_given = is_given};
  if (code > 0) {
    const ReasonInfo& why = reasons_[code - 1];
    fact.text = "absent: " + known_text(why.pieces).value_or(why.site);
  } else if (value.tag == Value::Tag::scalar && graph_.is_constant(value.node) && type.tag == Type::Tag::quantity) {
    fact.number = graph_.value(value.node);
    fact.units = units(type_id, {}, fact.plain_unit);
  } else if (value.tag == Value::Tag::scalar && graph_.is_constant(value.node) && type.tag == Type::Tag::text) {
    fact.text = literal(texts_[static_cast<size_t>(graph_.value(value.node))]);
  } else if (value.tag == Value::Tag::choice) {
    return;
  } else {
    fact.text = label(value, type_id);
  }
  out.push_back(std::move(fact));
}

void Evaluator::object_facts(ObjectId id, const std::string& path, bool follows, std::vector<Fact>& out) {
  const Type type = program_.types[objects_[id.index].type];
  const NodeId broken = guard(id);
  if (stopped_) return;
  const bool holds = graph_.is_constant(broken) && graph_.value(broken) == 0;
  if (follows && !holds) {
    facts(absent(broken), objects_[id.index].type, path, false, false, out);
    if (!out.empty()) out.back().is_whole = true;
  }
  std::set<uint32_t> given;
  for (std::optional<ObjectId> step = id; step; step = objects_[step->index].base)
    for (const LateBinding& binding : objects_[step->index].layer) given.insert(binding.path[0]);
  for (uint32_t index = 0; index < objects_[id.index].slots.size() && !stopped_; ++index) {
    const bool is_given = given.contains(index) || given_by_data(id, index) != nullptr;
    std::vector<LateBinding> own;
    const std::vector<const LateBinding*> bindings = bindings_of(id, index, own);
    const Type::Tag tag = program_.types[slot_type(objects_[id.index], index)].tag;
    const bool is_default = !is_given && !bindings.empty() && bindings.back()->length == 1 && is_plain(bindings.back()->value);
    const bool is_table = !is_given && tag == Type::Tag::per && (bindings.empty() || bindings.back()->length > 1);   // given entry by entry
    const bool is_computed = !is_given && !is_default && !is_table && !bindings.empty();
    // What a kind computes may be a value of the same kind again, without end.
    const bool is_value = tag != Type::Tag::record && tag != Type::Tag::per && tag != Type::Tag::list;
    if (!is_given && !is_default && !is_table && !(is_computed && follows && holds && is_value)) continue;
    facts(slot(id, index), slot_type(objects_[id.index], index), path + "." + std::string(slot_name(objects_[id.index], index)), !is_computed, follows, out);
  }
}

std::vector<Fact> facts_of(const Program& program, DeclId decl, bool follows, DiagSink& sink) {
  Graph graph;
  Evaluator evaluator(program, graph, sink);
  const auto& node = (*program.syntax)[decl].node;
  const auto* let = std::get_if<ast::Let>(&node);
  const std::string name(let ? let->name.text : std::get<ast::Instance>(node).name.text);
  std::vector<Fact> result;
  const bool is_given = !let || evaluator.is_plain(let->value);
  evaluator.facts(evaluator.global(decl), program.global_types.at(decl.index), name, is_given, follows, result);
  return result;
}

}  // namespace llmsys
