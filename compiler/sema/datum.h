// A value of a data file that fits its type. In: from check_data. Out: for elaborate, which makes objects and lists of it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "compiler/diag/source.h"
#include "compiler/sema/type.h"

namespace llmsys {

struct Datum;

/// A kind or a `T per E`. Fields that the data does not give are not here: they have a default, or need not be given.
struct DatumRecord {
  TypeId type;
  std::vector<uint32_t> slots;
  std::vector<Datum> values;   // one for each slot
  std::string label = {};      // among the elements of a list: what tells it from the others
};
/// A number that is none: NaN, Infinity.
struct DatumAbsent {
  std::string reason;
};

struct Datum {
  /// double: a quantity in base units, a Bool, or the index of an enum's case.
  std::variant<double, std::string, std::vector<Datum>, DatumRecord, DatumAbsent> node;
  Span span;
};

}  // namespace llmsys
