// Data files. In: the text of a json or csv file as a source. Out: its values, each with its span; or nothing and diagnostics.
// Promise: no input crashes it; nesting and the number of cells are bounded; texts are valid UTF-8 without control characters.
#pragma once

#include <memory>

#include "compiler/diag/diagnostic.h"
#include "compiler/sema/data_value.h"

namespace llmsys {

inline constexpr uint32_t max_json_bytes = 4u << 20;
inline constexpr uint32_t max_csv_bytes = 64u << 20;
inline constexpr uint32_t max_json_nesting = 200;
inline constexpr uint64_t max_csv_cells = 10'000'000;

/// RFC 8259, and the words NaN, Infinity, -Infinity, which Python writes.
std::shared_ptr<const DataValue> read_json(const SourceMap& sources, SourceId source, DiagSink& sink);

/// RFC 4180 with a header; a head such as `latency [us]` names a unit. Empty lines mean nothing.
std::shared_ptr<const DataValue> read_csv(const SourceMap& sources, SourceId source, DiagSink& sink);

}  // namespace llmsys
