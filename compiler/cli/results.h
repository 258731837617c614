// The results of studies, one after the other, in one output. In: rows. Out: text in a format, of each study its first rows only if there is a limit.
// Promise: going on with what an earlier run wrote gives the bytes of a run that was never ended.
#pragma once

#include <optional>

#include "compiler/cli/output.h"
#include "runtime/report/write.h"

namespace llmsys {

class Results : public Sink {
 public:
  /// `several`: more than one study comes. `limit`: rows of each study.
  Results(Output& output, Format format, bool several, std::optional<uint64_t> limit);

  /// A study that the output has already.
  void pass_by(const Sweep& sweep);
  /// The study that comes next is in the output as far as its evaluation was saved.
  void go_on(bool has_rows) { goes_on_ = true, given_ = has_rows ? 1 : 0; }

  bool begin(const Sweep& sweep) override;
  bool row(const Row& row) override;
  bool end(const Totals& totals) override { return writer_->end(totals); }
  bool finish() { return writer_->finish(); }

  bool has_rows() const { return given_ > 0; }
  /// Rows that come will not be seen.
  bool is_full() const { return limit_ && given_ >= *limit_; }

 private:
  bool muted_ = false;     // what is written stands there already
  bool goes_on_ = false;
  uint64_t given_ = 0;     // rows of this study
  std::optional<uint64_t> limit_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace llmsys
