// Types of expressions and slots. In: from the checker. Out: interned ids; two types are the same if and only if their ids are.
#pragma once

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/dimension/dimension.h"
#include "compiler/syntax/ast.h"

namespace llmsys {

using TypeId = Id<struct TypeTag>;
using KindId = Id<struct KindTag>;
using EnumId = Id<struct EnumTag>;
using FunctionId = Id<struct FunctionTag>;

struct Type {
  enum class Tag : uint8_t {
    error,     // absorbs: what follows from a mistake is not reported
    nothing,   // of `absent` and `[]`: fits everywhere
    quantity,
    boolean,
    text,
    enumeration,
    record,
    per,       // one entry for each case of an enum
    list,
    choice     // what `largest` gives: .label, .value, .item
  };
  Tag tag = Tag::error;
  Dimension dimension = {};   // quantity; choice: of the value
  bool count = false;         // quantity: a slot that takes whole numbers only
  EnumId enumeration = {};    // enumeration, per
  KindId kind = {};           // record
  TypeId element = {};        // per, list; choice: of the item (error: no item)
  /// Record: fields whose value is known to be of a narrower type than the kind declares, by slot.
  std::vector<std::pair<uint32_t, TypeId>> refined = {};
  friend auto operator<=>(const Type&, const Type&) = default;
};

class TypeTable {
 public:
  TypeTable();
  TypeId intern(Type type);
  const Type& operator[](TypeId id) const { return *types_[id.index]; }

  TypeId error() const { return {0}; }
  TypeId nothing() const { return {1}; }
  TypeId real() const { return {2}; }
  TypeId boolean() const { return {3}; }
  TypeId text() const { return {4}; }
  TypeId quantity(Dimension dimension) { return intern({.tag = Type::Tag::quantity, .dimension = std::move(dimension)}); }
  TypeId list(TypeId element) { return intern({.tag = Type::Tag::list, .element = element}); }
  TypeId record(KindId kind) { return intern({.tag = Type::Tag::record, .kind = kind}); }
  TypeId enumeration(EnumId id) { return intern({.tag = Type::Tag::enumeration, .enumeration = id}); }

 private:
  std::map<Type, TypeId> ids_;
  std::vector<const Type*> types_;  // into ids_, whose nodes do not move
};

}  // namespace llmsys
