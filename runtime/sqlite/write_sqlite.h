// Rows as a SQLite database. In: what `evaluate` gives. Out: for each study a table of its name with typed columns, and what they mean in `llmsys_columns`,
// `llmsys_studies` and `llmsys_reasons`.
// Promise: rows up to the last save() are there however the process ends; the bytes of the finished file don't depend on how often it was saved.
#pragma once

#include <memory>

#include "runtime/report/write.h"

namespace llmsys {

class SqliteWriter : public Writer {
 public:
  /// Of the study that comes next; rows behind them were written by a run that did not get to save them.
  virtual void keep(uint64_t rows) = 0;
  virtual bool save() = 0;
};

/// `anew`: nothing of an earlier run is of use. `error` is what happened when a function gave false.
std::unique_ptr<SqliteWriter> make_sqlite_writer(const std::string& path, bool anew, std::string& error);

}  // namespace llmsys
