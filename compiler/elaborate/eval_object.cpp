// Values of kinds: fields bound late, braces as layers, requirements as guards.
#include <algorithm>
#include <utility>

#include "compiler/elaborate/evaluator.h"

namespace llmsys {

TypeId Evaluator::slot_type(const Object& object, uint32_t index) const {
  const Type& type = program_.types[object.type];
  return type.tag == Type::Tag::per ? type.element : program_[type.kind].fields[index].type;
}

std::string_view Evaluator::slot_name(const Object& object, uint32_t index) const {
  const Type& type = program_.types[object.type];
  return type.tag == Type::Tag::per ? program_[type.enumeration].cases[index].name.text : program_[type.kind].fields[index].name.text;
}

Value Evaluator::make(TypeId type_id, std::string_view name, Span span) {
  const Type& type = program_.types[type_id];
  size_t slots = type.tag == Type::Tag::per ? program_[type.enumeration].cases.size() : program_[type.kind].fields.size();
  Object object{.type = type_id, .name = name, .span = span, .guard = zero_};
  object.slots.resize(slots);
  objects_.push_back(std::move(object));
  steps_ += 1 + slots / 8;
  return {.tag = Value::Tag::object, .reason = zero_, .object = {static_cast<uint32_t>(objects_.size() - 1)}};
}

ObjectId Evaluator::amend_late(ObjectId base, std::vector<LateBinding> layer, Span span) {
  Value made = make(objects_[base.index].type, "", span);
  Object& object = objects_[made.object.index];
  object.base = base;
  object.layer = std::move(layer);
  return made.object;
}

Value Evaluator::amend(const Value& base, const std::vector<Binding>& bindings, const Env& env, Span span, std::string_view name) {
  if (base.tag != Value::Tag::object) return base;
  std::vector<LateBinding> layer;
  for (const Binding& binding : bindings) layer.push_back({binding.path.data(), binding.path.size(), binding.value, env, LateBinding::Late::made, binding.source});
  ObjectId made = amend_late(base.object, std::move(layer), span);
  objects_[made.index].name = name;
  return {.tag = Value::Tag::object, .reason = base.reason, .object = made};
}

Value Evaluator::global(DeclId decl) {
  const auto step = [&] { return Step{.what = Step::What::global, .of = decl.index}; };
  if (auto place = globals_.find(decl.index); place != globals_.end()) {
    if (trace_ != nullptr) trace_->see(step());
    return place->second;
  }
  Traced traced(trace_, step);
  const ast::Decl& node = syntax_[decl];
  Value result;
  if (auto* let = std::get_if<ast::Let>(&node.node)) {
    Enter enter(*this, let->name.text, let->name.span);
    result = eval(let->value, {});
    if (result.tag == Value::Tag::object && objects_[result.object.index].name.empty()) objects_[result.object.index].name = let->name.text;
  } else {
    const auto& instance = std::get<ast::Instance>(node.node);
    KindId kind = program_.instance_kinds.at(decl.index);
    Value base = make(program_.kind_types[kind.index], "", instance.name.span);
    result = amend(base, program_.instance_braces.at(decl.index), {}, instance.name.span, instance.name.text);
    if (auto settings = program_.instance_settings.find(decl.index); settings != program_.instance_settings.end())
      result = amend(result, settings->second, {}, instance.name.span, instance.name.text);
  }
  // What failed because an axis must become by-element is tried again later.
  if (!result.failed()) globals_[decl.index] = result;
  return traced.leave(std::move(result));
}

std::vector<const LateBinding*> Evaluator::bindings_of(ObjectId id, uint32_t index, std::vector<LateBinding>& own) {
  // Newest first, down to the one that gives the whole field.
  std::vector<const LateBinding*> found;
  std::optional<ObjectId> step = id;
  for (; step; step = objects_[step->index].base)
    for (const LateBinding& binding : objects_[step->index].layer) {
      if (binding.path[0] != index) continue;
      found.push_back(&binding);
      if (binding.length == 1) return found;
    }
  const Type& type = program_.types[objects_[id.index].type];
  if (type.tag != Type::Tag::record || given_by_data(id, index)) return found;
  // The kinds are the innermost layers: the most derived one first.
  for (std::optional<KindId> kind = type.kind; kind; kind = program_[*kind].parent)
    for (const Binding& binding : program_[*kind].bindings)
      if (binding.path[0] == index) own.push_back({binding.path.data(), binding.path.size(), binding.value, {}, LateBinding::Late::self, binding.source});
  for (const LateBinding& binding : own) {
    found.push_back(&binding);
    if (binding.length == 1) break;
  }
  return found;
}

Value Evaluator::bound(const LateBinding& binding, ObjectId final_object) {
  if (binding.known) return *binding.known;
  Env env = binding.env;
  if (binding.late == LateBinding::Late::made) env.made = final_object;
  if (binding.late == LateBinding::Late::self) env.self = final_object;
  return eval(binding.value, env);
}

Value Evaluator::slot(ObjectId id, uint32_t index) {
  Object::Slot& slot = objects_[id.index].slots[index];
  const auto step = [&] { return Step{.what = Step::What::field, .of = index, .owner = id.index}; };
  if (slot.progress == Object::Progress::done) {
    if (trace_ != nullptr) trace_->see(step());
    return slot.value;
  }
  std::string_view name = slot_name(objects_[id.index], index);
  if (slot.progress == Object::Progress::active) {
    if (!stopped_) {
      Diagnostic cycle{Code::cycle, stack_.back().span, "`" + std::string(name) + "` is defined by itself", "needs `" + std::string(name) + "` again"};
      auto start = std::find_if(stack_.begin(), stack_.end(), [&](const Frame& frame) { return frame.name == name; });
      for (; start != stack_.end() && cycle.labels.size() < 8; ++start)
        if (start->span != cycle.span) cycle.labels.push_back({start->span, "by way of `" + std::string(start->name) + "`"});
      sink_.add(std::move(cycle));
    }
    stopped_ = true;
    return {};
  }
  slot.progress = Object::Progress::active;
  Traced traced(trace_, step);
  Value value = traced.leave(compute_slot(id, index));
  Object::Slot& done = objects_[id.index].slots[index];
  done.value = value;
  done.progress = value.failed() ? Object::Progress::untouched : Object::Progress::done;
  return value;
}

Value Evaluator::compute_slot(ObjectId id, uint32_t index) {
  std::vector<LateBinding> own;
  std::vector<const LateBinding*> bindings = bindings_of(id, index, own);
  const Type& type = program_.types[objects_[id.index].type];
  TypeId wanted = slot_type(objects_[id.index], index);
  std::string_view name = slot_name(objects_[id.index], index);
  bool whole = !bindings.empty() && bindings.back()->length == 1;
  Span here = objects_[id.index].span;
  Span given_at = bindings.empty() ? here : syntax_[bindings.back()->value].span;
  Enter enter(*this, name, given_at);

  Value value;
  if (whole) {
    if (trace_ != nullptr) trace_->set_source(bindings.back()->source);
    value = bound(*bindings.back(), id);
    bindings.pop_back();
  } else if (const Value* given = given_by_data(id, index)) {
    value = *given;
  } else if (program_.types[wanted].tag == Type::Tag::per || (!bindings.empty() && program_.types[wanted].tag == Type::Tag::record)) {
    value = make(wanted, "", here);
  } else {
    bool optional = type.tag == Type::Tag::per || program_[type.kind].fields[index].optional;
    if (!optional || (type.tag == Type::Tag::per && !type.count)) {
      if (type.tag == Type::Tag::record) {
        report_missing(id);
        return {};
      }
    }
    std::string site = "no `" + std::string(name) + "` is given";
    std::string owner = object_owner_name(id);
    if (!owner.empty()) site = "`" + owner + "` has no `" + std::string(name) + "`";
    Span where = type.tag == Type::Tag::record ? program_[type.kind].fields[index].name.span : here;
    return absent(reason(site, {{.text = site}}, where));
  }
  if (value.failed()) return value;
  // What lies below the field, oldest first, each as a brace on top of what is there.
  for (size_t i = bindings.size(); i-- > 0;) {
    if (value.tag != Value::Tag::object) break;
    LateBinding below = *bindings[i];
    if (below.late == LateBinding::Late::made) below.env.made = id;
    if (below.late == LateBinding::Late::self) below.env.self = id;
    below.late = LateBinding::Late::none;
    ++below.path;
    --below.length;
    value.object = amend_late(value.object, {below}, syntax_[below.value].span);
  }
  if (value.tag == Value::Tag::object && objects_[value.object.index].owner.empty()) objects_[value.object.index].owner = name;
  return check_slot(value, wanted, name, whole ? given_at : here);
}

Value Evaluator::at_path(Value base, const std::vector<uint32_t>& path) {
  for (uint32_t field : path) {
    if (base.tag != Value::Tag::object) return base;
    base = guarded(base.reason, slot(base.object, field));
  }
  return base;
}

Value Evaluator::with(const Value& base, const std::vector<uint32_t>& path, Value value, ExprId where) {
  if (path.empty()) return value;
  if (base.tag != Value::Tag::object) return base;
  const LateBinding binding{.path = path.data(), .length = path.size(), .value = where, .env = {}, .known = std::make_shared<const Value>(std::move(value))};
  return {.tag = Value::Tag::object, .reason = base.reason, .object = amend_late(base.object, {binding}, syntax_[where].span)};
}

Value Evaluator::where_global_is(DeclId decl, const Value& value, const std::function<Value()>& body) {
  auto globals = std::exchange(globals_, {{decl.index, value}});
  auto case_fields = std::exchange(case_fields_, {});
  Value result = body();
  globals_ = std::move(globals);
  case_fields_ = std::move(case_fields);
  return result;
}

std::string Evaluator::object_owner_name(ObjectId id) const {
  for (std::optional<ObjectId> step = id; step; step = objects_[step->index].base) {
    const Object& object = objects_[step->index];
    if (!object.name.empty()) return std::string(object.name);
    if (!object.owner.empty()) return std::string(object.owner);
  }
  return "";
}

void Evaluator::report_missing(ObjectId id) {
  if (stopped_) return;
  stopped_ = true;
  const Type& type = program_.types[objects_[id.index].type];
  const KindInfo& kind = program_[type.kind];
  Span span = objects_[id.index].span;
  std::string missing;
  for (uint32_t i = 0; i < kind.fields.size(); ++i) {
    std::vector<LateBinding> own;
    bool nested = program_.types[kind.fields[i].type].tag == Type::Tag::per;
    if (nested || kind.fields[i].optional || given_by_data(id, i) || !bindings_of(id, i, own).empty()) continue;
    missing += (missing.empty() ? "`" : ", `") + std::string(kind.fields[i].name.text) + ": " + program_.describe(kind.fields[i].type) + "`";
  }
  std::string owner = object_owner_name(id);
  std::string who = (owner.empty() || owner == kind.name.text ? "this `" : "`" + owner + "`, a `") + std::string(kind.name.text) + "`";
  Diagnostic diagnostic{Code::missing_fields, span, who + (who.starts_with("this") ? "" : ",") + " lacks required fields", "needs " + missing};
  diagnostic.labels.push_back({kind.name.span, "the kind is declared here"});
  sink_.add(std::move(diagnostic));
}

NodeId Evaluator::guard(ObjectId id) {
  Object& object = objects_[id.index];
  const auto step = [&] { return Step{.what = Step::What::guard, .of = id.index}; };
  if (object.guard_progress == Object::Progress::done) {
    if (trace_ != nullptr) trace_->see(step());
    return object.guard;
  }
  if (object.guard_progress == Object::Progress::active) return zero_;   // a requirement may look at its own value from outside
  const Type& type = program_.types[object.type];
  if (type.tag != Type::Tag::record) return zero_;
  object.guard_progress = Object::Progress::active;
  Traced traced(trace_, step);
  std::vector<KindId> chain;
  for (std::optional<KindId> kind = type.kind; kind; kind = program_[*kind].parent) chain.insert(chain.begin(), *kind);
  NodeId result = zero_;
  Env env{.self = id, .made = {}, .locals = nullptr};
  for (KindId kind : chain)
    for (const ast::Require* require : program_[kind].requires_) {
      Enter enter(*this, "require", syntax_[require->condition].span);
      Traced required(trace_, [&] { return Step{.what = Step::What::requirement, .of = require->condition.index, .owner = id.index}; });
      Value holds = eval(require->condition, env);
      if (holds.failed()) {
        traced.leave(required.leave(holds));
        objects_[id.index].guard_progress = Object::Progress::untouched;
        return zero_;
      }
      NodeId broken = zero_;
      bool certain = holds.tag == Value::Tag::scalar && graph_.is_constant(holds.node) && graph_.value(holds.node) != 0;
      if (holds.tag == Value::Tag::scalar && !certain) {
        NodeId why = zero_;
        Span span = syntax_[require->condition].span;
        const auto* text = require->message ? std::get_if<ast::Text>(&syntax_[*require->message].node) : nullptr;
        if (text) {
          why = reason_of(*text, env, span);
        } else {
          std::string site = "`" + std::string(program_.sources->text(span)) + "` does not hold";
          why = reason(site, {{.text = site}}, span);
        }
        broken = graph_.apply(Op::select, holds.node, zero_, why);
      }
      const NodeId why = first_reason(holds.reason, broken);
      required.leave(guarded(why, holds));
      result = first_reason(result, why);
    }
  objects_[id.index].guard = result;
  objects_[id.index].guard_progress = Object::Progress::done;
  traced.leave(absent(result));
  return result;
}

std::optional<Value> Evaluator::case_field(EnumId id, uint32_t index, uint32_t field) {
  auto key = std::tuple(id.index, index, field);
  const auto step = [&] { return Step{.what = Step::What::entry, .of = field, .owner = id.index, .index = index}; };
  if (auto place = case_fields_.find(key); place != case_fields_.end()) {
    if (trace_ != nullptr) trace_->see(step());
    return place->second;
  }
  Traced traced(trace_, step);
  const EnumInfo& info = program_[id];
  Value value;
  const Binding* given = nullptr;
  for (const Binding& binding : info.cases[index].bindings)
    if (binding.path[0] == field) given = &binding;
  if (given) {
    if (trace_ != nullptr) trace_->set_source(given->source);
    value = eval(given->value, {});
  } else if (info.fields[field].decl && info.fields[field].decl->value) {
    value = eval(*info.fields[field].decl->value, {});
  } else {
    std::string site = "`" + std::string(info.cases[index].name.text) + "` has no `" + std::string(info.fields[field].name.text) + "`";
    value = absent(reason(site, {{.text = site}}, info.cases[index].name.span));
  }
  if (!value.failed()) case_fields_[key] = value = check_slot(value, info.fields[field].type, info.fields[field].name.text, info.cases[index].name.span);
  return traced.leave(std::move(value));
}

}  // namespace llmsys
