// What an evaluation did, step by step. In: told by an Evaluator that was given one. Out: steps, each with its value and the steps inside of it.
// Promise: what is remembered and read again is the same step, so steps are a graph without circles. Who gives none pays one comparison a step.
#pragma once

#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "compiler/elaborate/value.h"

namespace llmsys {

using StepId = Id<struct StepTag>;

struct Step {
  enum class What : uint8_t {
    expression,    // of: ExprId
    global,        // of: DeclId of a `let` or an instance
    field,         // of: slot of `object`
    entry,         // of: field of case `index` of the enum `owner`
    call,          // of: FunctionId
    guard,         // of: object; the requirements of a value that is read from outside
    requirement,   // of: ExprId of its condition
    swept,         // an element of an axis
    summary        // a result of `summarise`; of: its number among them
  };
  What what = What::expression;
  uint32_t of = 0;
  uint32_t owner = 0;                          // object or enum
  uint32_t index = 0;
  const ast::PlainText* source = nullptr;      // of a field
  Value value = {};
  std::vector<StepId> inside = {};
};

class Trace {
 public:
  const Step& operator[](StepId id) const { return steps_[id.index]; }
  size_t size() const { return steps_.size(); }

  StepId enter(Step step) {
    const StepId id = add(std::move(step));
    if (!open_.empty()) steps_[open_.back().index].inside.push_back(id);
    open_.push_back(id);
    return id;
  }
  void leave(const Value& value) {
    Step& step = steps_[open_.back().index];
    step.value = value;
    if (step.what != Step::What::expression && step.what != Step::What::call && step.what != Step::What::requirement) known_[key(step)] = open_.back();
    open_.pop_back();
  }
  /// What was evaluated before is read again.
  void see(const Step& step) {
    if (auto place = known_.find(key(step)); place != known_.end() && !open_.empty()) steps_[open_.back().index].inside.push_back(place->second);
  }
  void set_source(const ast::PlainText* source) { steps_[open_.back().index].source = source; }

  // --- locals: where the value of each came from, if it came from somewhere
  using Locals = std::shared_ptr<const std::vector<Value>>;
  static constexpr StepId nowhere{UINT32_MAX};
  void set_locals(const Locals& locals, std::vector<StepId> from) { locals_[locals.get()] = {locals, std::move(from)}; }
  /// Those of a function: the arguments are the last steps of the call that is open.
  void set_arguments(const Locals& locals) {
    std::vector<StepId> from;
    for (StepId id : steps_[open_[open_.size() - 2].index].inside)
      if (steps_[id.index].what == Step::What::expression) from.push_back(id);
    from.erase(from.begin(), from.end() - static_cast<std::ptrdiff_t>(locals->size()));   // before them, what a method is of
    set_locals(locals, std::move(from));
  }
  void extend_locals(const Locals& old, const Locals& now) {
    auto place = locals_.find(old.get());
    if (place == locals_.end()) return;
    std::vector<StepId> from = place->second.from;
    from.resize(now->size(), nowhere);
    set_locals(now, std::move(from));
  }
  void see_local(const Locals& locals, uint32_t slot) {
    auto place = locals_.find(locals.get());
    if (place == locals_.end() || slot >= place->second.from.size() || place->second.from[slot] == nowhere) return;
    steps_[open_.back().index].inside.push_back(place->second.from[slot]);
  }
  StepId add(Step step) {
    steps_.push_back(std::move(step));
    return {static_cast<uint32_t>(steps_.size() - 1)};
  }

 private:
  using Key = std::tuple<Step::What, uint32_t, uint32_t, uint32_t>;
  static Key key(const Step& step) { return {step.what, step.of, step.owner, step.index}; }
  struct From {
    Locals locals;   // kept, so that its address is no other's
    std::vector<StepId> from;
  };

  std::vector<Step> steps_;
  std::vector<StepId> open_;
  std::map<Key, StepId> known_;
  std::unordered_map<const void*, From> locals_;
};

/// One step for as long as it lives.
class Traced {
 public:
  template <class Make>
  Traced(Trace* trace, Make make) : trace_(trace) {
    if (trace_ != nullptr) trace_->enter(make());
  }
  Value leave(Value value) {
    if (trace_ != nullptr) trace_->leave(value);
    return value;
  }

 private:
  Trace* trace_;
};

}  // namespace llmsys
