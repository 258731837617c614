// What is not the same on two sides. In: values and rows of each, by name. Out: differences; as text, json or csv.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/elaborate/elaborate.h"

namespace llmsys {

/// A number with its units, or a text.
struct Told {
  std::optional<double> number;
  std::vector<UnitChoice> units = {{}};
  uint32_t plain_unit = 0;
  std::string text;
};

struct StudyTable {
  std::string name;
  std::vector<std::string> axes;
  std::vector<std::string> columns;
  /// By what the row's axes are, `chip = A, chips = 8`: each column, or what makes it infeasible.
  struct Line {
    std::vector<Told> values;
    std::string reason;
  };
  std::vector<std::pair<std::string, Line>> lines;
};

struct Side {
  std::string name;
  std::vector<Fact> facts;
  std::vector<StudyTable> studies;
};

/// The path of a value that has no name, and of what it requires if that does not hold.
inline constexpr const char *whole_value = "value", *whole_requires = "requirements";

struct Difference {
  enum class Part : uint8_t { input, output, row };
  Part part;
  std::string study, row, name;
  std::optional<Told> a, b;   // nothing: it is not there
};

/// `tolerance`: of the larger of two numbers, what they may differ.
std::vector<Difference> differences(const Side& a, const Side& b, double tolerance);

std::string differences_text(const Side& a, const Side& b, const std::vector<Difference>& all);
std::string differences_json(const Side& a, const Side& b, const std::vector<Difference>& all);
std::string differences_csv(const std::vector<Difference>& all);

}  // namespace llmsys
