#include "compiler/diag/repair.h"

#include <algorithm>

namespace llmsys {

Span repaired(const SourceMap& sources, Span span) {
  if (span.source.index >= sources.size()) return {span.source, 0, 0};
  const std::string_view text = sources.text(span.source);
  const auto size = static_cast<uint32_t>(text.size());
  span.begin = std::min(span.begin, size);
  span.end = std::clamp(span.end, span.begin, size);
  if (span.begin == size) {
    const size_t last = text.find_last_not_of(" \t\r\n");
    span.begin = span.end = last == text.npos ? 0 : static_cast<uint32_t>(last + 1);
  }
  return span;
}

}  // namespace llmsys
