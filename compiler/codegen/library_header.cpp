#include <fmt/format.h>

#include "compiler/codegen/describe.h"
#include "compiler/codegen/library.h"

namespace llmsys {
namespace {

/// In a C comment.
std::string quoted(std::string text) {
  for (size_t at = text.find("*/"); at != std::string::npos; at = text.find("*/", at)) text.replace(at, 2, "* /");
  return text;
}

std::string upper(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace

std::string header(const Query& query, const std::string& source) {
  const Sweep& sweep = query.sweep;
  const std::string name = sweep.name, guard = upper(name);
  const std::vector<int64_t> fixed = fixed_axes(sweep.space);
  const auto describe = [](const Column& column) {
    const std::string& unit = column.units[column.plain_unit].text;
    std::string text = column.title;
    if (column.labels) text += ", an index into its labels";
    else if (column.type == Column::Type::boolean) text += ", 1 or 0";
    else if (!unit.empty()) text += " in " + unit;
    return quoted(text);
  };
  std::string text = fmt::format("/* Study `{}` of {}, compiled by llmsys. {} */\n#ifndef LLMSYS_STUDY_{}\n#define LLMSYS_STUDY_{}\n#include <stdint.h>\n\n", name, quoted(source), quoted(sweep.title), guard, guard);
  text +=
      "#ifndef LLMSYS_COLUMN\n#define LLMSYS_COLUMN\ntypedef struct {\n  const char *title;\n  const char *unit;            /* of its numbers; \"\": plain ones */\n"
      "  const char *const *labels;   /* a number is an index into these, if there are any */\n  int64_t label_count;\n} llmsys_column;\n#endif\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  text += fmt::format("#define {}_AXES {}\n#define {}_COLUMNS {}\n#define {}_REASONS {}\n", guard, sweep.axes.size(), guard, sweep.shown.size(), guard, sweep.reasons.size());
  text += fmt::format("extern const llmsys_column {}_axes[], {}_columns[];\nextern const char *const {}_reasons[];\n\n", name, name, name);
  text += "/* n points.\n";
  for (size_t a = 0; a < sweep.axes.size(); ++a) {
    text += fmt::format("   axes[{}]: {}: {}\n", a, fixed[a] != 0 ? "one number for all" : "n numbers", describe(sweep.axes[a]));
  }
  text += "   status: n numbers: 0 feasible; -1 dropped by a `where`; r > 0 infeasible for reasons[r - 1]. Columns of points that are not feasible mean nothing.\n";
  for (size_t c = 0; c < sweep.shown.size(); ++c) text += fmt::format("   columns[{}]: n numbers: {}\n", c, describe(sweep.phases[0].columns[sweep.shown[c]]));
  if (!sweep.phases[0].stages.empty()) text += "   Rows are not reduced: `best`, `pareto`, `top` and what comes after them is left to the caller.\n";
  text += fmt::format("   Gives 0, or 1 if there is no such element where one number is given for all. Any number of threads may call it at once. */\nint {}_points(uint64_t n, const double *const axes[], double *status, double *const columns[]);\n", name);
  text += "\n#ifdef __cplusplus\n}\n#endif\n#endif\n";
  return text;
}

}  // namespace llmsys
