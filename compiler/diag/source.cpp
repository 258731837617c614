#include "compiler/diag/source.h"

#include <algorithm>

namespace llmsys {

namespace {

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

SourceId SourceMap::add(std::string name, std::string text) {
  sources_.push_back({std::move(name), std::move(text), {}});
  return {static_cast<uint32_t>(sources_.size() - 1)};
}

const std::vector<uint32_t>& SourceMap::line_starts(SourceId id) const {
  const Source& source = sources_[id.index];
  if (source.line_starts.empty()) {
    source.line_starts.push_back(0);
    for (uint32_t i = 0; i < source.text.size(); ++i)
      if (source.text[i] == '\n') source.line_starts.push_back(i + 1);
  }
  return source.line_starts;
}

Position SourceMap::position(SourceId id, uint32_t offset) const {
  const std::string_view all = text(id);
  const auto& starts = line_starts(id);
  offset = std::min<uint32_t>(offset, all.size());
  const auto next = std::upper_bound(starts.begin(), starts.end(), offset);
  const uint32_t start = *(next - 1);
  const std::string_view before = all.substr(start, offset - start);
  const auto extra = std::count_if(before.begin(), before.end(), continues_code_point);
  return {static_cast<uint32_t>(next - starts.begin()), static_cast<uint32_t>(before.size() - extra + 1)};
}

std::string_view SourceMap::line(SourceId id, uint32_t line) const {
  const auto& starts = line_starts(id);
  if (line < 1 || line > starts.size()) return {};
  const std::string_view rest = text(id).substr(starts[line - 1]);
  std::string_view found = rest.substr(0, rest.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

}  // namespace llmsys
