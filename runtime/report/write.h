// Rows as text. In: what `evaluate` gives. Out: a table, csv, json or markdown, written piece by piece to `write`.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "runtime/evaluate.h"

namespace llmsys {

/// False: the machine could not write.
using Write = std::function<bool(std::string_view)>;

enum class Format : uint8_t { table, csv, json, markdown, sqlite, html };

/// table and markdown hold a study's rows until its end; a caller that expects more rows than this asks for another format.
inline constexpr uint64_t max_table_rows = 1'000'000;
inline constexpr uint64_t max_table_cells = 20'000'000;

/// A sink for one study after another. table and markdown choose units and widths by all rows of a study; csv and json stream.
/// sqlite is no text: see runtime/sqlite. html needs to know more: see write_page.h.
/// json is one array of studies: call finish() after the last study. The sweep must live until its end().
class Writer : public Sink {
 public:
  virtual bool finish() = 0;
  /// After begin(): rows of this study have been written before, by another writer.
  virtual void go_on() {}
};

/// `several`: more than one study will be written, so csv has a first column that says which one a row is of.
std::unique_ptr<Writer> make_writer(Format format, Write write, bool several = false);

}  // namespace llmsys
