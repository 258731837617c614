// Values of data files: constants, read once. A field that a file gives lies inside of every brace and outside of the bodies of its kind.
#include "compiler/elaborate/evaluator.h"

namespace llmsys {

Value Evaluator::eval_data(ExprId id) {
  if (auto place = data_.find(id.index); place != data_.end()) return place->second;
  auto datum = program_.data.find(id.index);
  if (datum == program_.data.end()) return {};
  Value value = from_data(datum->second);
  if (!value.failed()) data_[id.index] = value;
  return value;
}

Value Evaluator::from_data(const Datum& datum) {
  if (!fuel(1, datum.span)) return {};
  return match(
      datum.node, [&](double value) { return number(value); }, [&](const std::string& text) { return text_value(text); },
      [&](const std::vector<Datum>& elements) {
        if (elements.size() > max_list) {
          sink_.add({Code::too_many, datum.span, "a list of more than 1000000 elements", "too many elements"});
          stopped_ = true;
          return Value{};
        }
        std::vector<Value> values;
        values.reserve(elements.size());
        for (const Datum& element : elements) {
          values.push_back(from_data(element));
          if (values.back().failed()) return Value{};
        }
        return list(std::move(values));
      },
      [&](const DatumRecord& record) { return record_from_data(record, datum.span); },
      [&](const DatumAbsent& none) { return absent(reason(none.reason, {{.text = none.reason}}, datum.span)); });
}

Value Evaluator::record_from_data(const DatumRecord& record, Span span) {
  std::vector<std::pair<uint32_t, Value>> given;
  given.reserve(record.slots.size());
  for (size_t i = 0; i < record.slots.size(); ++i) {
    given.emplace_back(record.slots[i], from_data(record.values[i]));
    if (given.back().second.failed()) return {};
  }
  Value made = make(record.type, record.label, span);
  objects_[made.object.index].data = std::move(given);
  return made;
}

const Value* Evaluator::given_by_data(ObjectId id, uint32_t index) const {
  while (objects_[id.index].base) id = *objects_[id.index].base;
  for (const auto& [slot, value] : objects_[id.index].data)
    if (slot == index) return &value;
  return nullptr;
}

}  // namespace llmsys
