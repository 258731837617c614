// Texts, labels, and the units values are told in.
#include "compiler/dimension/number.h"
#include "compiler/elaborate/evaluator.h"
#include "runtime/report/number.h"

namespace llmsys {

Value Evaluator::text_value(std::string text) {
  auto [place, is_new] = text_ids_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(std::move(text));
  return number(place->second);
}

std::vector<UnitChoice> Evaluator::units(TypeId type, std::optional<ExprId> unit, uint32_t& plain) const {
  plain = 0;
  if (unit) {
    auto place = program_.display_units.find(unit->index);
    if (place != program_.display_units.end()) return {{place->second.text, round_once(place->second.scale)}};
  }
  if (program_.types[type].tag != Type::Tag::quantity) return {{}};
  return program_.units.choices(program_.types[type].dimension, plain);
}

std::vector<TextPiece> Evaluator::pieces(const ast::Text& text, const Env& env) {
  std::vector<TextPiece> result;
  for (const ast::Piece& piece : text.pieces) {
    if (!piece.value) {
      result.push_back({.text = piece.text});
      continue;
    }
    TypeId type = program_.type(*piece.value);
    Value value = eval(*piece.value, env);
    if (value.tag == Value::Tag::scalar) {
      uint32_t plain;
      std::vector<UnitChoice> choices = units(type, piece.unit, plain);
      // An absent value in a message is told as such, not as a number.
      NodeId told = graph_.apply(Op::select, value.reason, graph_.constant(std::numeric_limits<double>::quiet_NaN()), value.node);
      result.push_back({.node = told, .type = type, .units = std::move(choices)});
    } else if (value.tag == Value::Tag::object) {
      result.push_back({.text = label(value, type)});
    } else {
      result.push_back({.text = "(absent)"});
    }
  }
  return result;
}

std::optional<std::string> Evaluator::known_text(const std::vector<TextPiece>& text) const {
  for (const TextPiece& piece : text)
    if (piece.node && !graph_.is_constant(*piece.node)) return {};
  return tell(program_, texts_, text, [&](NodeId node) { return graph_.value(node); });
}

Value Evaluator::eval_text(ExprId id, const ast::Text& text, const Env& env) {
  std::vector<TextPiece> told = pieces(text, env);
  NodeId why = zero_;
  for (const ast::Piece& piece : text.pieces)
    if (piece.value) why = first_reason(why, eval(*piece.value, env).reason);
  if (auto whole = known_text(told)) return guarded(why, text_value(std::move(*whole)));
  // A text is one of a known set: the axes that its numbers depend on are gone through by element.
  for (const TextPiece& piece : told)
    if (piece.node) known(scalar(*piece.node), id);
  return {};
}

std::string Evaluator::label(const Value& value, TypeId type) {
  if (value.tag == Value::Tag::object) return object_label(value.object);
  if (value.tag == Value::Tag::list) {
    constexpr uint64_t most_told = 8;
    uint64_t size = value.list->size();
    std::string told;
    for (uint64_t i = 0; i < std::min(size, most_told); ++i) told += (i == 0 ? "" : ", ") + label(*element(value, i), program_.types[type].element);
    return "[" + told + (size > most_told ? ", ... " + std::to_string(size) + " in all]" : "]");
  }
  bool gone = graph_.is_constant(value.reason) && graph_.value(value.reason) != 0;
  if (gone || value.tag != Value::Tag::scalar || !graph_.is_constant(value.node)) return "(absent)";
  uint32_t plain;
  return tell_value(program_, texts_, type, units(type, {}, plain), graph_.value(value.node));
}

std::string Evaluator::object_label(ObjectId id) {
  if (!objects_[id.index].name.empty()) return std::string(objects_[id.index].name);
  std::string differs;
  std::vector<LateBinding> layer = objects_[id.index].layer;
  for (const LateBinding& binding : layer) {
    ObjectId at = id;
    std::string path;
    for (size_t i = 0; i < binding.length; ++i) {
      uint32_t index = binding.path[i];
      path.append(path.empty() ? "" : ".").append(slot_name(objects_[at.index], index));
      Value value = slot(at, index);
      if (i + 1 == binding.length) differs += (differs.empty() ? "" : ", ") + path + " = " + label(value, slot_type(objects_[at.index], index));
      else if (value.tag != Value::Tag::object) break;
      at = value.object;
    }
  }
  if (!differs.empty()) return differs;
  if (objects_[id.index].base) return object_label(*objects_[id.index].base);
  return program_.describe(objects_[id.index].type);
}

std::string tell_value(const Program& program, const std::vector<std::string>& texts, TypeId type, const std::vector<UnitChoice>& units, double value, int digits) {
  if (value != value) return "(absent)";
  const Type& what = program.types[type];
  const auto among = [&](size_t count) { return value >= 0 && value < static_cast<double>(count); };   // of what is absent, any number may be left
  switch (what.tag) {
    case Type::Tag::boolean: return value != 0 ? "true" : "false";
    case Type::Tag::text: return among(texts.size()) ? texts[static_cast<size_t>(value)] : "";
    case Type::Tag::enumeration: {
      const auto& cases = program[what.enumeration].cases;
      return among(cases.size()) ? std::string(cases[static_cast<size_t>(value)].name.text) : "";
    }
    default: break;
  }
  if (value - value != 0) return value > 0 ? "too large a number" : "too small a number";
  return with_unit(value, units, digits);
}

std::string tell(const Program& program, const std::vector<std::string>& texts, const std::vector<TextPiece>& pieces, const std::function<double(NodeId)>& value) {
  std::string result;
  for (const TextPiece& piece : pieces) result += piece.node ? tell_value(program, texts, piece.type, piece.units, value(*piece.node)) : piece.text;
  return result;
}

}  // namespace llmsys
