// Data files: keys and values against the kind that is their schema.
#include <algorithm>
#include <set>

#include "compiler/diag/suggest.h"
#include "compiler/sema/data_check.h"

namespace llmsys {

namespace {

constexpr size_t most_mistakes = 20;   // of one file: a column of another type has one in every row

/// Objects and lists are pointed at, not underlined.
Span short_span(const DataValue& value) {
  bool nested = std::holds_alternative<DataObject>(value.node) || std::holds_alternative<std::vector<DataValue>>(value.node);
  return nested ? Span{value.span.source, value.span.begin, value.span.begin + 1} : value.span;
}

std::string_view found(const DataValue& value) {
  static constexpr std::string_view names[] = {"null", "a Bool", "a number", "a text", "a list", "an object", "a table"};
  return names[value.node.index()];
}

}  // namespace

TypeId Checker::check_data(ExprId id, const ast::Data& node, Context& context) {
  TypeId wanted = slot_type(node.type, context).type;
  program_.type_of[id.index] = wanted;
  return wanted;
}

/// Comes last: only then is it known which fields of a kind have a default.
void Checker::check_data_files() {
  for (const auto& [expr, file] : std::map(data_.begin(), data_.end())) {
    TypeId wanted = program_.type_of[expr];
    if (bad(wanted)) continue;
    auto datum = DataCheck(*this, std::get<ast::Data>(syntax_[ExprId{expr}].node)).run(*file, wanted);
    if (datum) program_.data.emplace(expr, std::move(*datum));
  }
}

std::optional<Datum> DataCheck::run(const DataValue& file, TypeId type) {
  errors_before_ = checker_.mistakes();
  auto result = std::holds_alternative<DataTable>(file.node) ? table(file, type) : value(file, type, {});
  return checker_.mistakes() > errors_before_ ? std::nullopt : result;
}

// --- values ------------------------------------------------------------------------------------------------------------------

std::optional<Datum> DataCheck::value(const DataValue& given, TypeId type_id, Target target) {
  const Type& type = program_.types[type_id];
  auto* text = std::get_if<std::string>(&given.node);
  auto* truth = std::get_if<bool>(&given.node);
  switch (type.tag) {
    case Type::Tag::quantity: return quantity(given, type_id, target);
    case Type::Tag::list: return list(given, type_id, target);
    case Type::Tag::record:
    case Type::Tag::per: return object(given, type_id, target);
    case Type::Tag::text:
      if (text) return Datum{*text, given.span};
      break;
    case Type::Tag::boolean:
      if (truth) return Datum{*truth ? 1.0 : 0.0, given.span};
      break;
    case Type::Tag::enumeration:
      if (text) return enum_case(*text, given.span, type.enumeration);
      break;
    default: return {};
  }
  wrong_type(given, type_id, target);
  return {};
}

std::optional<Datum> DataCheck::enum_case(std::string_view text, Span span, EnumId id) {
  const EnumInfo& info = program_[id];
  std::vector<std::string> names;
  for (size_t i = 0; i < info.cases.size(); ++i) {
    if (info.cases[i].name.text == text) return Datum{static_cast<double>(i), span};
    names.emplace_back(info.cases[i].name.text);
  }
  std::optional<std::string> help;
  if (auto near = suggest(text, names)) help = "did you mean `" + *near + "`?";
  mistake(span, "`" + std::string(info.name.text) + "` has no case `" + std::string(text) + "`", "not a case", help);
  return {};
}

std::optional<Datum> DataCheck::list(const DataValue& given, TypeId type, Target target) {
  auto* elements = std::get_if<std::vector<DataValue>>(&given.node);
  if (!elements) {
    wrong_type(given, type, target);
    return {};
  }
  std::vector<Datum> result;
  for (const DataValue& element : *elements) {
    if (enough()) return {};
    if (auto one = value(element, program_.types[type].element, {target.field, true})) result.push_back(std::move(*one));
  }
  label(result);
  return Datum{std::move(result), given.span};
}

std::optional<Datum> DataCheck::object(const DataValue& given, TypeId type, Target target) {
  auto* object = std::get_if<DataObject>(&given.node);
  if (!object) {
    wrong_type(given, type, target);
    return {};
  }
  if (auto child = child_for(*object, type)) type = *child;
  else return {};
  const Shape& fields = shape(type);
  Slots keys = slots(object->keys, fields, type);
  DatumRecord result{.type = type};
  for (size_t i = 0; i < keys.of_key.size(); ++i) {
    if (!keys.of_key[i] || enough()) continue;
    const Field& field = fields.fields[*keys.of_key[i]];
    const DataValue& one = object->values[i];
    // null is how data says that nothing is given.
    if (std::holds_alternative<DataNull>(one.node)) {
      if (field.required) wrong_type(one, field.type, {&field});
      continue;
    }
    if (auto datum = value(one, field.type, {&field})) {
      result.slots.push_back(*keys.of_key[i]);
      result.values.push_back(std::move(*datum));
    }
  }
  report_missing(keys, fields, type, short_span(given));
  return Datum{std::move(result), given.span};
}

/// A kind of which a Text is open may have children that give it: the data's text chooses one. Nothing if it chooses none of them.
std::optional<TypeId> DataCheck::child_for(const DataObject& object, TypeId type) {
  if (program_.types[type].tag != Type::Tag::record) return type;
  const KindId kind = program_.types[type].kind;
  const Shape& fields = shape(type);
  for (size_t i = 0; i < object.keys.size(); ++i) {
    auto* text = std::get_if<std::string>(&object.values[i].node);
    auto slot = fields.keys.find(object.keys[i].text);
    if (!text || slot == fields.keys.end() || !fields.fields[slot->second].required || program_.types[fields.fields[slot->second].type].tag != Type::Tag::text) continue;
    std::vector<std::string> texts;
    for (uint32_t child = 0; child < program_.kinds.size(); ++child) {
      auto fixed = fixed_text(KindId{child}, kind, slot->second);
      if (!fixed) continue;
      if (*fixed == *text) return program_.types.record(KindId{child});
      texts.push_back(*fixed);
    }
    if (texts.empty()) continue;
    std::string all;
    for (const std::string& one : texts) all += (all.empty() ? "\"" : ", \"") + one + "\"";
    auto near = suggest(*text, texts);
    mistake(object.values[i].span, "no kind of " + quoted(type) + " is for `" + object.keys[i].text + "` \"" + *text + "\"", "not known", near ? std::optional("did you mean `" + *near + "`?") : "known are: " + all);
    return {};
  }
  return type;
}

/// What a descendant of `ancestor` itself gives for a slot, if it is a plain text.
std::optional<std::string> DataCheck::fixed_text(KindId kind, KindId ancestor, uint32_t slot) const {
  std::optional<KindId> step = program_[kind].parent;
  while (step && *step != ancestor) step = program_[*step].parent;
  if (!step) return {};
  for (const Binding& binding : program_[kind].bindings) {
    if (binding.path.size() != 1 || binding.path[0] != slot) continue;
    auto* text = std::get_if<ast::Text>(&checker_.syntax_[binding.value].node);
    if (!text || std::ranges::any_of(text->pieces, [](const ast::Piece& piece) { return piece.value.has_value(); })) return {};
    return text->pieces.empty() ? "" : text->pieces[0].text;
  }
  return {};
}

/// Rows are told apart by the first Text that all of them have and no two share, else by their numbers.
void DataCheck::label(std::vector<Datum>& elements) {
  for (size_t i = 0; i < elements.size(); ++i) {
    auto* record = std::get_if<DatumRecord>(&elements[i].node);
    if (!record) return;
    record->label = std::to_string(i + 1);
  }
  if (elements.empty()) return;
  auto text_of = [](const Datum& element, uint32_t slot) -> const std::string* {
    const auto& record = std::get<DatumRecord>(element.node);
    auto place = std::find(record.slots.begin(), record.slots.end(), slot);
    return place == record.slots.end() ? nullptr : std::get_if<std::string>(&record.values[static_cast<size_t>(place - record.slots.begin())].node);
  };
  const Shape& fields = shape(std::get<DatumRecord>(elements[0].node).type);
  for (uint32_t slot = 0; slot < fields.fields.size(); ++slot) {
    std::set<std::string_view> seen;
    bool tells_apart = std::all_of(elements.begin(), elements.end(), [&](const Datum& element) {
      const std::string* text = text_of(element, slot);
      return text && !text->empty() && seen.insert(*text).second;
    });
    if (!tells_apart) continue;
    for (Datum& element : elements) std::get<DatumRecord>(element.node).label = *text_of(element, slot);
    return;
  }
}

// --- keys --------------------------------------------------------------------------------------------------------------------

bool DataCheck::has_default(KindId kind, uint32_t slot) const {
  for (std::optional<KindId> step = kind; step; step = program_[*step].parent)
    for (const Binding& binding : program_[*step].bindings)
      if (binding.path[0] == slot) return true;
  return false;
}

const DataCheck::Shape& DataCheck::shape(TypeId type_id) {
  auto [place, is_new] = shapes_.try_emplace(type_id);
  Shape& result = place->second;
  if (!is_new) return result;
  const Type& type = program_.types[type_id];
  if (type.tag == Type::Tag::per) {
    for (const auto& one : program_[type.enumeration].cases) result.fields.push_back({std::string(one.name.text), type.element});
  } else {
    const KindInfo& kind = program_[type.kind];
    result.poisoned = kind.poisoned;
    for (const ast::PlainText* key : kind.ignored) result.ignored.insert(key->text);
    for (uint32_t slot = 0; slot < kind.fields.size(); ++slot) {
      const FieldInfo& field = kind.fields[slot];
      bool table = program_.types[field.type].tag == Type::Tag::per;   // always there, its entries need not be
      result.fields.push_back({std::string(field.name.text), field.type, !field.optional && !table && !has_default(type.kind, slot)});
    }
  }
  for (uint32_t slot = 0; slot < result.fields.size(); ++slot) result.keys.emplace(result.fields[slot].name, slot);
  if (type.tag == Type::Tag::record) add_spellings(result, type.kind);
  return result;
}

void DataCheck::add_spellings(Shape& shape, KindId kind) {
  const auto& fields = program_[kind].fields;
  for (uint32_t slot = 0; slot < fields.size(); ++slot) {
    if (!fields[slot].decl) continue;
    for (const ast::PlainText& spelling : fields[slot].decl->spellings) {
      auto [place, is_new] = shape.keys.emplace(spelling.text, slot);
      if (place->second != slot) {
        const FieldInfo& other = fields[place->second];
        sink_.add({Code::duplicate_name, spelling.span, "the key `" + spelling.text + "` belongs to `" + std::string(other.name.text) + "` already", "a second field for it",
                   {{other.name.span, "the first one"}}});
        shape.fields[slot].required = false;   // so that this is told once
      } else if (spelling.text != shape.fields[slot].name) {
        shape.fields[slot].spellings.push_back(spelling.text);
      }
    }
  }
}

DataCheck::Slots DataCheck::slots(const std::vector<DataKey>& keys, const Shape& shape, TypeId type) {
  Slots result{.of_key = std::vector<std::optional<uint32_t>>(keys.size()), .told = {}};
  std::vector<const DataKey*> first(shape.fields.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const DataKey& key = keys[i];
    bool ignored = std::any_of(node_.ignore.begin(), node_.ignore.end(), [&](const ast::PlainText& text) { return text.text == key.text; });
    if (ignored || shape.ignored.contains(key.text) || enough()) continue;
    auto place = shape.keys.find(key.text);
    if (place == shape.keys.end()) {
      if (auto meant = unknown_key(key, shape, type)) result.told.insert(*meant);
    } else if (const DataKey* before = first[place->second]) {
      bool same = before->text == key.text;
      mistake(key.span, same ? "`" + key.text + "` is given twice" : "`" + before->text + "` and `" + key.text + "` are spellings of one field, `" + shape.fields[place->second].name + "`",
              same ? "again here" : "given here as well", {}, {{before->span, "first given here"}});
    } else {
      first[place->second] = &key;
      result.of_key[i] = place->second;
      result.told.insert(place->second);
    }
  }
  return result;
}

/// The field that was meant, if it can be told.
std::optional<uint32_t> DataCheck::unknown_key(const DataKey& key, const Shape& shape, TypeId type) {
  if (shape.poisoned) return {};
  std::vector<std::string> names;
  for (const auto& [name, slot] : shape.keys) names.push_back(name);
  auto near = suggest(key.text, names);
  mistake(key.span, quoted(type) + " has no field for `" + key.text + "`", "no field takes this", near ? "did you mean `" + *near + "`?" : "pass over it knowingly with `ignore [\"" + key.text + "\"]`");
  return near ? std::optional(shape.keys.at(*near)) : std::nullopt;
}

void DataCheck::report_missing(const Slots& given, const Shape& shape, TypeId type, Span span) {
  if (shape.poisoned || enough()) return;
  std::string missing;
  for (uint32_t slot = 0; slot < shape.fields.size(); ++slot) {
    const Field& field = shape.fields[slot];
    if (!field.required || given.told.contains(slot)) continue;
    missing += (missing.empty() ? "`" : ", `") + field.name + ": " + program_.describe(field.type);
    for (const std::string& spelling : field.spellings) missing += (&spelling == &field.spellings.front() ? " from \"" : ", \"") + spelling + "\"";
    missing += "`";
  }
  if (!missing.empty()) mistake(span, "the data lacks required fields of " + quoted(type), "needs " + missing);
}

// --- telling -----------------------------------------------------------------------------------------------------------------

void DataCheck::wrong_type(const DataValue& given, TypeId type, Target target) {
  const Type& wanted = program_.types[type];
  std::optional<std::string> help;
  if (wanted.tag == Type::Tag::enumeration) help = "write the name of a case as a text";
  mistake(short_span(given), told(target) + " must be " + quoted(type) + ", found " + std::string(found(given)), std::string(found(given)), help);
}

void DataCheck::mistake(Span span, std::string message, std::string label_text, std::optional<std::string> help, std::vector<Label> labels) {
  if (enough()) return;
  labels.push_back({checker_.syntax_[node_.type].span, "read as this"});
  std::vector<std::string> notes;
  if (checker_.mistakes() + 1 >= errors_before_ + most_mistakes) notes.push_back("what else is wrong in this file is not told");
  sink_.add({Code::bad_data, span, std::move(message), std::move(label_text), std::move(labels), std::move(notes), std::move(help)});
}

bool DataCheck::enough() const { return checker_.mistakes() >= errors_before_ + most_mistakes; }

std::string DataCheck::told(Target target) const {
  if (!target.field) return target.element ? "an element" : "the data";
  return (target.element ? "an element of `" : "`") + target.field->name + "`";
}

}  // namespace llmsys
