// The results of studies, one after the other, in one output. In: rows. Out: text in a format, or a database, of each study its first rows only if there is a limit.
// Promise: going on with what an earlier run wrote gives the bytes of a run that was never ended.
#pragma once

#include <optional>

#include "compiler/cli/output.h"
#include "runtime/report/write_page.h"
#include "runtime/sqlite/write_sqlite.h"

namespace llmsys {

class Results : public Sink {
 public:
  /// `several`: more than one study comes. `limit`: rows of each study.
  /// `anew`: the output has nothing of an earlier run. `page`: of the format html.
  Results(Output& output, Format format, bool several, std::optional<uint64_t> limit, bool anew, PageHead page = {});

  /// A study that the output has already.
  void pass_by(const Sweep& sweep);
  /// The study that comes next is in the output as far as its evaluation was saved.
  void go_on(uint64_t rows) { goes_on_ = true, given_ = rows; }

  bool begin(const Sweep& sweep) override;
  bool row(const Row& row) override;
  bool end(const Totals& totals) override { return writer_->end(totals); }
  bool finish() { return writer_->finish(); }

  uint64_t rows() const { return given_; }
  /// What was given can be gone on from.
  bool save();
  /// Of a database; text is the output's.
  const std::string& error() const { return error_; }
  /// Rows that come will not be seen.
  bool is_full() const { return limit_ && given_ >= *limit_; }

 private:
  bool muted_ = false;     // what is written stands there already
  bool goes_on_ = false;
  uint64_t given_ = 0;     // rows of this study
  std::optional<uint64_t> limit_;
  std::string error_;
  std::unique_ptr<Writer> writer_;
  SqliteWriter* database_ = nullptr;   // the writer, if it is one
};

}  // namespace llmsys
