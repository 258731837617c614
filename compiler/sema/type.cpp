#include "compiler/sema/type.h"

namespace llmsys {

TypeTable::TypeTable() {
  for (Type::Tag tag : {Type::Tag::error, Type::Tag::nothing, Type::Tag::quantity, Type::Tag::boolean, Type::Tag::text}) intern({.tag = tag});
}

TypeId TypeTable::intern(Type type) {
  auto [place, is_new] = ids_.try_emplace(std::move(type), TypeId{static_cast<uint32_t>(types_.size())});
  if (is_new) types_.push_back(&place->first);
  return place->second;
}

}  // namespace llmsys
