#include "compiler/cli/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/report/number.h"

namespace llmsys {

namespace {

bool same(const Told& a, const Told& b, double tolerance) {
  if (a.number.has_value() != b.number.has_value()) return false;
  if (!a.number) return a.text == b.text;
  if (a.units[a.plain_unit].text != b.units[b.plain_unit].text) return false;
  if (*a.number == *b.number || (std::isnan(*a.number) && std::isnan(*b.number))) return true;
  return std::abs(*a.number - *b.number) <= tolerance * std::max(std::abs(*a.number), std::abs(*b.number));
}

Told told(const Fact& fact) { return {fact.number, fact.units.empty() ? std::vector<UnitChoice>{{}} : fact.units, fact.plain_unit, fact.text}; }
Told told(std::string text) { return {.text = std::move(text)}; }

/// Names in the order of the first side, then those that only the second one has.
template <class Value, class Name>
std::vector<std::pair<const Value*, const Value*>> matched(const std::vector<Value>& a, const std::vector<Value>& b, Name name) {
  std::map<std::string, const Value*> of_b;
  for (const Value& one : b) of_b.emplace(name(one), &one);
  std::vector<std::pair<const Value*, const Value*>> pairs;
  std::set<std::string> seen;
  for (const Value& one : a) {
    auto place = of_b.find(name(one));
    pairs.emplace_back(&one, place == of_b.end() ? nullptr : place->second);
    seen.insert(name(one));
  }
  for (const Value& one : b)
    if (!seen.contains(name(one))) pairs.emplace_back(nullptr, &one);
  return pairs;
}

class Comparison {
 public:
  explicit Comparison(double tolerance) : tolerance_(tolerance) {}

  void facts(const std::vector<Fact>& a, const std::vector<Fact>& b) {
    for (const auto& [one, other] : matched(a, b, [](const Fact& fact) { return fact.path; })) {
      const Fact& any = *(one ? one : other);
      if (!one != !other && (any.is_whole || (!any.is_given && lies_below_absent(any.path, one ? b : a)))) {
        if (any.is_whole) found.push_back({Difference::Part::output, "", "", any.path, one ? told(*one) : told("feasible"), other ? told(*other) : told("feasible")});
        continue;
      }
      if (one && other && same(told(*one), told(*other), tolerance_)) continue;
      const bool is_given = (one ? one : other)->is_given && (other ? other : one)->is_given;
      found.push_back({is_given ? Difference::Part::input : Difference::Part::output, "", "", (one ? one : other)->path, one ? std::optional(told(*one)) : std::nullopt,
                       other ? std::optional(told(*other)) : std::nullopt});
    }
    std::ranges::stable_sort(found, {}, &Difference::part);
  }

  void study(const StudyTable* a, const StudyTable* b) {
    const std::string& name = (a ? a : b)->name;
    const auto add = [&](std::string row, std::string column, std::optional<Told> one, std::optional<Told> other) {
      found.push_back({Difference::Part::row, name, std::move(row), std::move(column), std::move(one), std::move(other)});
    };
    if (!a || !b) return add("", "study", a ? std::optional(told("there")) : std::nullopt, b ? std::optional(told("there")) : std::nullopt);
    if (a->axes != b->axes) return add("", "axes", told(fmt::format("{}", fmt::join(a->axes, ", "))), told(fmt::format("{}", fmt::join(b->axes, ", "))));
    const auto columns = matched(a->columns, b->columns, [](const std::string& column) { return column; });
    for (const auto& [one, other] : columns)
      if (!one || !other) add("", "column `" + *(one ? one : other) + "`", one ? std::optional(told("there")) : std::nullopt, other ? std::optional(told("there")) : std::nullopt);
    for (const auto& [one, other] : matched(a->lines, b->lines, [](const auto& line) { return line.first; })) {
      const std::string& row = (one ? one : other)->first;
      if (!one || !other) {
        add(row, "row", one ? std::optional(told("there")) : std::nullopt, other ? std::optional(told("there")) : std::nullopt);
        continue;
      }
      const auto state = [](const StudyTable::Line& line) { return told(line.reason.empty() ? "feasible" : line.reason); };
      if (one->second.reason != other->second.reason) add(row, "row", state(one->second), state(other->second));
      if (!one->second.reason.empty() || !other->second.reason.empty()) continue;
      for (const auto& [left, right] : columns) {
        if (!left || !right) continue;
        const Told& x = one->second.values[static_cast<size_t>(left - a->columns.data())];
        const Told& y = other->second.values[static_cast<size_t>(right - b->columns.data())];
        if (!same(x, y, tolerance_)) add(row, *left, x, y);
      }
    }
  }

  std::vector<Difference> found;

 private:
  /// What follows from a value that is not there isn't either.
  static bool lies_below_absent(const std::string& path, const std::vector<Fact>& facts) {
    return std::ranges::any_of(facts, [&](const Fact& fact) { return fact.is_whole && (fact.path == whole_requires || path.starts_with(fact.path + ".")); });
  }
  double tolerance_;
};

std::string shown(const std::optional<Told>& one, int digits) {
  if (!one) return "-";
  if (!one->number) return one->text;
  if (!std::isfinite(*one->number)) return std::isnan(*one->number) ? "not a number" : "infinite";
  return with_unit(*one->number, one->units, digits);
}

/// With as many digits as it takes to see the difference.
std::pair<std::string, std::string> shown(const Difference& one) {
  const bool both = one.a && one.b && one.a->number && one.b->number && std::isfinite(*one.a->number) && std::isfinite(*one.b->number);
  const int digits = both ? telling_digits([&](double value, int count) { return with_unit(value, one.a->units, count); }, *one.a->number, *one.b->number) : 4;
  return {shown(one.a, digits), shown(one.b, digits)};
}

std::optional<double> ratio(const Difference& one) {
  const bool has_one = one.a && one.b && one.a->number && one.b->number && *one.a->number != 0 && one.a->units[one.a->plain_unit].text == one.b->units[one.b->plain_unit].text;
  const double value = has_one ? *one.b->number / *one.a->number : NAN;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

const char* part_name(Difference::Part part) {
  switch (part) {
    case Difference::Part::input: return "input";
    case Difference::Part::output: return "output";
    case Difference::Part::row: return "row";
  }
  return "";
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string result = "\"";
  for (char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string in_plain_unit(const std::optional<Told>& one) {
  if (!one) return "";
  if (!one->number) return one->text;
  return std::isfinite(*one->number) ? shortest(*one->number / one->units[one->plain_unit].scale) : "not finite";
}

std::string unit_of(const std::optional<Told>& one) { return one && one->number ? one->units[one->plain_unit].text : ""; }

}  // namespace

std::vector<Difference> differences(const Side& a, const Side& b, double tolerance) {
  Comparison comparison(tolerance);
  comparison.facts(a.facts, b.facts);
  for (const auto& [one, other] : matched(a.studies, b.studies, [](const StudyTable& study) { return study.name; })) comparison.study(one, other);
  return std::move(comparison.found);
}

/// Under the row that they are of, names and values in columns.
std::string differences_text(const Side& a, const Side& b, const std::vector<Difference>& all) {
  if (all.empty()) return "no difference\n";
  constexpr size_t widest = 48;
  using Cells = std::array<std::string, 4>;
  const auto width = [](std::string_view text) { return static_cast<size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; })); };
  std::vector<Cells> lines;
  std::array<size_t, 4> widths = {};
  for (const Difference& one : all) {
    const auto [left, right] = shown(one);
    const auto factor = ratio(one);
    lines.push_back({(one.row.empty() ? "" : "  ") + one.name, left, right, factor ? readable(*factor, telling_digits([](double x, int digits) { return readable(x, digits); }, *factor, 1)) : ""});
    for (size_t i = 0; i < 4; ++i) widths[i] = std::max(widths[i], std::min(width(lines.back()[i]), widest));
  }
  std::string text = "A: " + a.name + "\nB: " + b.name + "\n", section, row;
  const auto add = [&](const Cells& cells) {
    std::string line = " ";
    for (size_t i = 0; i < 4; ++i) line += (i == 0 ? " " : "  ") + cells[i] + std::string(widths[i] - std::min(widths[i], width(cells[i])), ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  for (size_t i = 0; i < all.size(); ++i) {
    const Difference& one = all[i];
    const std::string of = one.part == Difference::Part::input ? "given" : one.part == Difference::Part::output ? "what follows" : "study " + one.study;
    if (of != section) {
      text += "\n";
      widths[0] = std::max(widths[0], std::min(width(of), widest) - std::min(width(of), size_t{2}));
      std::string head = of + std::string(widths[0] + 2 - std::min(widths[0] + 2, width(of)), ' ') + "  A" + std::string(widths[1], ' ') + " B" + std::string(widths[2], ' ') + " B / A";
      text += head + "\n";
      row.clear();
    }
    if (one.row != row) text += "  " + one.row + "\n";
    section = of;
    row = one.row;
    add(lines[i]);
  }
  return text;
}

std::string differences_json(const Side& a, const Side& b, const std::vector<Difference>& all) {
  using Json = nlohmann::ordered_json;
  Json result = {{"a", a.name}, {"b", b.name}, {"differences", Json::array()}};
  const auto value = [](const std::optional<Told>& one) {
    if (!one) return Json();
    if (one->number && std::isfinite(*one->number)) return Json{{"number", *one->number / one->units[one->plain_unit].scale}, {"unit", one->units[one->plain_unit].text}};
    return Json{{"text", one->number ? "not finite" : one->text}};
  };
  for (const Difference& one : all) {
    Json entry = {{"part", part_name(one.part)}};
    if (one.part == Difference::Part::row) entry["study"] = one.study, entry["row"] = one.row;
    entry["name"] = one.name;
    entry["a"] = value(one.a);
    entry["b"] = value(one.b);
    if (auto factor = ratio(one)) entry["ratio"] = *factor;
    result["differences"].push_back(std::move(entry));
  }
  return result.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string differences_csv(const std::vector<Difference>& all) {
  std::string text = "part,study,row,name,a,unit of a,b,unit of b,ratio\n";
  for (const Difference& one : all) {
    const auto factor = ratio(one);
    const std::string cells[] = {part_name(one.part), one.study, one.row, one.name, in_plain_unit(one.a), unit_of(one.a), in_plain_unit(one.b), unit_of(one.b), factor ? shortest(*factor) : ""};
    for (const std::string& cell : cells) text += (&cell == cells ? "" : ",") + quoted(cell);
    text += "\n";
  }
  return text;
}

}  // namespace llmsys
