// A study's rows as cells of text, for formats that people read. In: rows, held until the end. Out: a Sheet with units and decimals chosen.
#pragma once

#include "runtime/report/layout.h"
#include "runtime/report/write.h"

namespace llmsys {

struct Sheet {
  struct Line {
    std::vector<std::string> cells;   // of an infeasible row: its axes only
    std::string reason;               // empty if feasible
  };
  std::string title;
  std::vector<std::string> headings;
  std::vector<bool> numbers;          // by column: numbers stand to the right
  std::vector<Line> lines;
  std::vector<std::string> footer;
};

/// Holds rows and at the end of each study gives its sheet to `print`.
class SheetWriter : public Writer {
 public:
  using Print = std::string (*)(const Sheet&);
  SheetWriter(Write write, Print print) : write_(std::move(write)), print_(print) {}

  bool begin(const Sweep& sweep) override;
  bool row(const Row& row) override;
  bool end(const Totals& totals) override;
  bool finish() override { return true; }

 private:
  Sheet sheet(const Totals& totals) const;
  bool put_before(Sheet& sheet, const Field& field) const;

  Write write_;
  Print print_;
  bool is_first_ = true;
  const Sweep* sweep_ = nullptr;
  std::vector<Row> rows_;
};

}  // namespace llmsys
