#include "compiler/diag/suggest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace llmsys {

namespace {

// The distance is quadratic; nobody mistypes a name this long by hand.
constexpr size_t longest_name = 128;

bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Insertions, deletions, replacements and swaps of neighbours; `enough` if it is that or more.
size_t edit_distance(std::string_view a, std::string_view b, size_t enough) {
  std::array<std::array<uint8_t, longest_name + 1>, 3> rows;
  uint8_t *before_last = rows[0].data(), *last = rows[1].data(), *row = rows[2].data();
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    uint8_t least = row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min<uint8_t>(row[j], before_last[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least >= enough) return enough;   // no later row has less
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string> suggest(std::string_view written, std::span<const std::string> candidates) {
  const std::string* nearest = nullptr;
  size_t nearest_distance = written.size() / 3 + 1;  // only what is below counts
  for (const std::string& candidate : candidates) {
    if (candidate == written) continue;
    if (same_but_for_case(written, candidate)) return candidate;
    const size_t difference = std::max(written.size(), candidate.size()) - std::min(written.size(), candidate.size());
    if (difference >= nearest_distance || std::max(written.size(), candidate.size()) > longest_name) continue;
    const size_t distance = edit_distance(written, candidate, nearest_distance);
    if (distance < nearest_distance) {
      nearest = &candidate;
      nearest_distance = distance;
    }
  }
  return nearest ? std::optional(*nearest) : std::nullopt;
}

}  // namespace llmsys
