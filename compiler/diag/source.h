// Sources and spans. In: names and texts of files. Out: ids, and for a span its text, line and column.
// Promise: a text added here never moves, so string_views into it live as long as the SourceMap.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace llmsys {

struct SourceId {
  uint32_t index = 0;
  friend auto operator<=>(const SourceId&, const SourceId&) = default;
};

/// Bytes [begin, end) of one source. Lines and columns are the renderer's business.
struct Span {
  SourceId source;
  uint32_t begin = 0;
  uint32_t end = 0;
  friend auto operator<=>(const Span&, const Span&) = default;
};

/// From the first byte of `first` to the last of `last`.
inline Span join(Span first, Span last) { return {first.source, first.begin, last.end}; }

/// One-based; a column counts code points.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

class SourceMap {
 public:
  SourceId add(std::string name, std::string text);

  std::string_view name(SourceId id) const { return sources_[id.index].name; }
  std::string_view text(SourceId id) const { return sources_[id.index].text; }
  std::string_view text(Span span) const { return text(span.source).substr(span.begin, span.end - span.begin); }
  size_t size() const { return sources_.size(); }

  /// An offset past the end counts as the end.
  Position position(SourceId id, uint32_t offset) const;
  /// The line without its line break; empty past the last one.
  std::string_view line(SourceId id, uint32_t line) const;

 private:
  struct Source {
    std::string name;
    std::string text;
    mutable std::vector<uint32_t> line_starts;  // made when first asked for
  };
  const std::vector<uint32_t>& line_starts(SourceId id) const;

  std::deque<Source> sources_;
};

}  // namespace llmsys
