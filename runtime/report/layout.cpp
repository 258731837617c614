#include "runtime/report/layout.h"

#include <algorithm>
#include <cctype>

namespace llmsys {

std::vector<Field> fields_of(const Sweep& sweep) {
  AxisMask folded = 0;
  for (const Phase& phase : sweep.phases) {
    for (const Summarise& end : phase.end) folded |= end.over;
  }
  std::vector<Field> fields;
  for (uint32_t a = 0; a < sweep.axes.size(); ++a) {
    if ((folded >> a & 1) == 0) fields.push_back({&sweep.axes[a], true, a});
  }
  for (uint32_t c : sweep.shown) fields.push_back({&sweep.phases.back().columns[c], false, c});
  return fields;
}

std::vector<std::string> names_of(const std::vector<Field>& fields, const std::vector<std::string>& taken, bool letters_have_size) {
  const auto same = [&](const std::string& a, const std::string& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](unsigned char x, unsigned char y) { return letters_have_size ? x == y : std::tolower(x) == std::tolower(y); });
  };
  std::vector<std::string> names = taken;
  for (const Field& field : fields) {
    std::string name = field.column->title;
    for (int n = 2; std::any_of(names.begin(), names.end(), [&](const std::string& other) { return same(other, name); }); ++n) {
      name = field.column->title + " (" + std::to_string(n) + ")";
    }
    names.push_back(name);
  }
  names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(taken.size()));
  return names;
}

std::string heading(const std::string& title, const std::string& unit) { return unit.empty() ? title : title + " [" + unit + "]"; }

std::string why(const Sweep& sweep, const Row& row) { return sweep.tell(row.reason - 1, row.number); }

const std::string& title_of(const Sweep& sweep) { return sweep.title.empty() ? sweep.name : sweep.title; }

std::vector<std::string> infeasible_lines(const Totals& totals) {
  if (totals.infeasible == 0) return {};
  std::vector<std::pair<std::string, uint64_t>> reasons(totals.by_reason.begin(), totals.by_reason.end());
  std::sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  std::vector<std::string> lines = {std::to_string(totals.infeasible) + " of " + std::to_string(totals.points) + " rows infeasible:"};
  for (const auto& [site, count] : reasons) lines.push_back("  " + std::to_string(count) + " x " + site);
  return lines;
}

}  // namespace llmsys
