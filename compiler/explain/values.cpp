#include "compiler/explain/values.h"

#include <algorithm>
#include <cmath>

#include "compiler/syntax/parse.h"
#include "runtime/report/number.h"

namespace llmsys {

namespace {

constexpr size_t most_printed = 64;   // elements of a list

/// Zeros at the end are left out, but for one that says that the number is not whole: `11` is 11, `11.0` is only printed so.
std::string without_zeros(std::string text, double number, bool is_plain) {
  const size_t end = std::min(text.find_first_of(" e"), text.size()), point = text.find('.');
  if (point >= end) {
    const bool is_whole = std::abs(number - std::round(number)) <= 1e-12 * std::abs(number);
    return is_plain && end == text.size() && std::abs(number) < 1e5 && !is_whole ? text + ".0" : text;
  }
  const size_t last = std::max(text.find_last_not_of('0', end - 1), point + 1);
  return text.erase(last + 1, end - last - 1);
}

}  // namespace

std::string Values::why(uint32_t code) const {
  const ReasonInfo& reason = evaluator_.reasons()[code - 1];
  return evaluator_.known_text(reason.pieces).value_or(reason.site);
}

std::string Values::told(const Value& value, TypeId id, Known known) const {
  const Type& type = program_.types[id];
  if (value.failed() || code(value) != 0 || value.tag == Value::Tag::absent) return "absent";
  if (value.tag == Value::Tag::choice) {
    const bool has_item = type.element != program_.types.error();   // else it has a label
    return has_item ? told(value.choice->value, id, known) : told(value.choice->label, program_.types.text(), known);
  }
  if (value.tag == Value::Tag::list) {
    std::string all;
    const uint64_t size = value.list->size(), most = std::min<uint64_t>(size, most_printed);
    for (uint64_t i = 0; i < most; ++i) {
      Value one = value.list->is_range ? evaluator_.number(value.list->start + static_cast<double>(i) * value.list->step) : value.list->elements[i];
      all += (i == 0 ? "" : ", ") + told(one, type.element, known);
    }
    return "[" + all + (size > most ? ", ... " + std::to_string(size) + " in all]" : "]");
  }
  if (value.tag != Value::Tag::scalar || !graph_.is_constant(value.node)) return evaluator_.label(value, id);
  const double number = graph_.value(value.node);
  if (type.tag == Type::Tag::text) return literal(evaluator_.texts()[static_cast<size_t>(number)]);
  if (type.tag != Type::Tag::quantity && type.tag != Type::Tag::choice) return tell_value(program_, evaluator_.texts(), id, {{}}, number);
  if (number != number) return "not a number";
  if (std::isinf(number)) return number > 0 ? "infinite" : "-infinite";
  uint32_t plain = 0;
  const std::vector<UnitChoice> units = program_.units.choices(substitute(type.dimension, *known), plain);
  return without_zeros(with_unit(number, units, options_.digits), number, units[plain].text.empty());
}

void Values::set_value(Derivation& to, const Value& value, TypeId id, Known known) const {
  to.value = told(value, id, known);
  if (const uint32_t reason = code(value); reason != 0) to.reason = why(reason);
  const Type& type = program_.types[id];
  if (type.tag != Type::Tag::quantity || !is_number(value) || !std::isfinite(number(value))) return;
  uint32_t plain = 0;
  const std::vector<UnitChoice> units = program_.units.choices(substitute(type.dimension, *known), plain);
  to.number = number(value) / units[plain].scale;
  to.unit = units[plain].text;
}

}  // namespace llmsys
