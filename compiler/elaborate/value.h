// What expressions evaluate to while a study is elaborated. Numbers are graph nodes (a constant is a node too); records, lists and functions
// are gone when elaboration ends. Presence is a second node: the reason, 0 where the value is present.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/sema/program.h"

namespace llmsys {

using ObjectId = Id<struct ObjectTag>;

struct Value;

struct ListValue {
  std::vector<Value> elements;   // of a list that is no range
  bool is_range = false;         // element i is start + i * step
  double start = 0;
  double step = 1;
  uint64_t count = 0;
  uint64_t size() const;
};

struct ChoiceValue;

struct Value {
  enum class Tag : uint8_t {
    error,    // a diagnostic was given, or an axis must become by-element first
    absent,   // nothing but a reason
    scalar,   // quantity, Bool, Text (index of the text), enum (index of the case)
    object,
    list,
    choice
  };
  Tag tag = Tag::error;
  NodeId node = {};
  NodeId reason = {};
  ObjectId object = {};
  std::shared_ptr<const ListValue> list = nullptr;
  std::shared_ptr<const ChoiceValue> choice = nullptr;

  bool failed() const { return tag == Tag::error; }
};

inline uint64_t ListValue::size() const { return is_range ? count : elements.size(); }

struct ChoiceValue {
  Value label, value, item;
};

/// What an expression can see: by value, so that a late-bound field remembers where its brace stood.
struct Env {
  std::optional<ObjectId> self;   // whose kind's body we are in
  std::optional<ObjectId> made;   // `.f`
  std::shared_ptr<const std::vector<Value>> locals;
};

/// A field given somewhere, waiting for the value it will belong to.
struct LateBinding {
  const uint32_t* path;
  size_t length;
  ExprId value;
  Env env;
  enum class Late : uint8_t { none, made, self } late = Late::none;   // which part of `env` is the final value
  const ast::PlainText* source = nullptr;
  std::shared_ptr<const Value> known = nullptr;   // in the place of what `value` gives
};

struct Object {
  TypeId type;                            // record or per, without refinements
  std::optional<ObjectId> base;           // what a brace amends
  std::vector<LateBinding> layer;         // what the brace gives
  std::vector<std::pair<uint32_t, Value>> data;  // fields that a data file gives: inside of every layer, before the bodies of its kinds
  std::string_view name;                  // of an instance; empty for what was amended
  std::string_view owner;                 // the field it was first read as
  Span span;                              // where it was made
  enum class Progress : uint8_t { untouched, active, done };
  struct Slot {
    Progress progress = Progress::untouched;
    Value value;
  };
  std::vector<Slot> slots;
  Progress guard_progress = Progress::untouched;
  NodeId guard;                           // first requirement that does not hold
};

}  // namespace llmsys
