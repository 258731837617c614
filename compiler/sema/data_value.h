// A data file as it was read, before any kind is looked at. In: from the readers of the session. Out: for check_data.
// Promise: every value and every key has the span it was read from, so a mistake can be shown where it stands.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "compiler/diag/source.h"

namespace llmsys {

struct DataValue;

struct DataKey {
  std::string text;
  Span span;
  std::optional<Span> unit = {};   // of a csv column `latency [us]`: what is between the brackets
};

struct DataNull {};
/// Its text is that of its span: a number of JSON, or one of the words NaN, Infinity, -Infinity.
struct DataNumber {};
struct DataObject {
  std::vector<DataKey> keys;       // in written order, repetitions included
  std::vector<DataValue> values;   // one for each key
};
/// A cell of a csv file has no type of its own: that of its column decides.
struct DataCell {
  Span span;                       // without the quotes
  bool quoted = false;             // then two quotes stand for one
};
struct DataTable {
  struct Row {
    Span span;
    std::vector<DataCell> cells;   // one for each column
  };
  std::vector<DataKey> columns;
  std::vector<Row> rows;
};

struct DataValue {
  std::variant<DataNull, bool, DataNumber, std::string, std::vector<DataValue>, DataObject, DataTable> node;
  Span span;
};

/// What each `json(...)` and `csv(...)` of a program was read as, by ExprId; one that is missing was reported already.
using DataFiles = std::unordered_map<uint32_t, std::shared_ptr<const DataValue>>;

}  // namespace llmsys
