// What a column of a report is. In: from the compiler, titles, types and the units a value may be printed in. Out: plain data for writers.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace llmsys {

/// A value of 1 in this unit is `scale` coherent base units.
struct UnitChoice {
  std::string text;   // "TB/s"; empty for a plain number
  double scale = 1;
};

struct Column {
  enum class Type : uint8_t { number, boolean, label };
  std::string title;
  Type type = Type::number;
  /// Number: one entry if the study said `in`, else every unit that reads naturally, by ascending scale.
  std::vector<UnitChoice> units = {{}};
  uint32_t plain_unit = 0;   // the unit for csv and json, which must not depend on the values
  bool may_lack = false;     // where its value is not finite there is none
  bool from_below = false;   // the column before it, approached from below: for people it stands there where it differs
  /// Label (Text, enums, by-element axes): the value is an index into this.
  std::shared_ptr<const std::vector<std::string>> labels = nullptr;
};

}  // namespace llmsys
