// Rows as text. In: what `evaluate` gives. Out: a table, csv, json or markdown, written piece by piece to `write`.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "runtime/evaluate.h"

namespace llmsys {

/// False: the machine could not write.
using Write = std::function<bool(std::string_view)>;

enum class Format : uint8_t { table, csv, json, markdown };

/// A sink for one study after another. table and markdown hold a study's rows until its end (they choose units and widths by them);
/// csv and json stream. json is one array of studies: call finish() after the last study.
class Writer : public Sink {
 public:
  virtual bool finish() = 0;
};
std::unique_ptr<Writer> make_writer(Format format, Write write);

}  // namespace llmsys
