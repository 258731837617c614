#include "compiler/diag/diagnostic.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace llmsys {

const std::vector<CodeInfo>& all_codes() {
  static const std::vector<CodeInfo> codes = {
#define LLMSYS_CODE(id, name, severity, title) {id, #name, Severity::severity, title},
#include "compiler/diag/codes.def"
#undef LLMSYS_CODE
  };
  return codes;
}

const CodeInfo& info(Code code) { return all_codes()[static_cast<size_t>(code)]; }

void DiagSink::add(Diagnostic diagnostic) {
  if (info(diagnostic.code).severity == Severity::error) ++errors_;
  if (diagnostics_.size() < most_diagnostics) diagnostics_.push_back(std::move(diagnostic));
  else ++dropped_;
}

std::vector<Diagnostic> DiagSink::sorted() const {
  std::vector<Diagnostic> result;
  std::set<std::tuple<Code, Span, std::string_view, std::string_view>> seen;
  for (const Diagnostic& d : diagnostics_)
    if (seen.emplace(d.code, d.span, d.message, d.label).second) result.push_back(d);
  std::ranges::stable_sort(result, {}, [](const Diagnostic& d) { return std::tuple(d.span.source, d.span.begin); });
  return result;
}

}  // namespace llmsys
