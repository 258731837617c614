// Did-you-mean. In: what was written and what exists there. Out: the nearest name, or nothing if none is near.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llmsys {

/// Edit distance (with transpositions) of at most a third of the length, or a difference in case only; ties to the first.
std::optional<std::string> suggest(std::string_view written, std::span<const std::string> candidates);

}  // namespace llmsys
