// A study compiled ahead of time, for other programs. In: a query whose rows are points. Out: an object file or a shared library, and a C header that describes it.
// Promise: for the same numbers the bits that `run` gives; the file needs no part of llmsys. Errors are the machine's, as text.
#pragma once

#include <string>
#include <variant>

#include "compiler/graph/query.h"

namespace llmsys {

/// Rows that are summarised belong to many points, so such a study can't be built.
inline bool has_points(const Query& query) { return query.sweep.phases.size() == 1; }

enum class Product : uint8_t { object, shared_library };

struct Failure {
  std::string text;
};
/// The file's bytes.
std::variant<std::string, Failure> build(const Query& query, Product product);
/// `source`: the file that the study is in.
std::string header(const Query& query, const std::string& source);

}  // namespace llmsys
