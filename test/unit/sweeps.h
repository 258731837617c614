// Sweeps made by hand for tests, with functions as kernels, and a sink that remembers.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "runtime/evaluate.h"

namespace llmsys::test {

/// One row as a kernel sees it: values of all axes, the combo, and slots.
struct Point {
  std::vector<double> axis;
  int64_t combo;
  const double* slot;
};

/// Gives the status and then the columns of one row.
using PointFunction = std::function<std::vector<double>(const Point&)>;

class FunctionKernel : public Kernel {
 public:
  FunctionKernel(PointFunction function, uint32_t axes) : function_(std::move(function)), axes_(axes) {}
  Counts run(const KernelArgs& args) const override {
    for (int64_t i = 0; i < args.n; ++i) {
      Point point{{args.axis, args.axis + axes_}, args.combo + i * args.combo_step, args.slot};
      if (axes_ > 0) point.axis.back() = args.inner != nullptr ? args.inner[i] : point.axis.back() + static_cast<double>(i);
      const std::vector<double> values = function_(point);
      for (size_t c = 0; c < values.size(); ++c) args.out[c][i] = values[c];
    }
    return count(args.out[0], args.n);
  }

 private:
  PointFunction function_;
  uint32_t axes_;
};

inline KernelSet kernels_of(const Sweep& sweep, const std::vector<PointFunction>& by_phase) {
  KernelSet set;
  const uint32_t shapes = sweep.shape_of_combo.empty() ? 1 : *std::max_element(sweep.shape_of_combo.begin(), sweep.shape_of_combo.end()) + 1;
  for (const PointFunction& function : by_phase) {
    set.kernels.emplace_back();
    for (uint32_t s = 0; s < shapes; ++s) set.kernels.back().push_back(std::make_unique<FunctionKernel>(function, sweep.space.axes));
  }
  set.tables.resize(shapes);
  return set;
}

/// Numeric axes of these sizes: the values of axis a are 0, 1, 2, ...
inline Space grid(const std::vector<uint64_t>& sizes) {
  Space space;
  space.axes = static_cast<uint32_t>(sizes.size());
  for (uint32_t a = 0; a < space.axes; ++a) {
    space.domains.push_back({.size = sizes[a]});
    space.levels.push_back({.size = sizes[a], .domain = a, .children = {a + 1 < space.axes ? a + 1 : 0}});
  }
  count_rows(space);
  return space;
}

inline std::vector<Column> columns(const std::vector<std::string>& titles) {
  std::vector<Column> columns;
  for (const std::string& title : titles) columns.push_back({.title = title});
  return columns;
}

/// One phase; every column is shown.
inline Sweep sweep_of(Space space, const std::vector<std::string>& titles, std::vector<Stage> stages = {}) {
  Sweep sweep;
  sweep.name = "made";
  sweep.space = std::move(space);
  sweep.axes.resize(sweep.space.axes);
  for (uint32_t a = 0; a < sweep.space.axes; ++a) sweep.axes[a].title = std::string(1, static_cast<char>('a' + a));
  sweep.shape_of_combo.assign(sweep.space.combos, 0);
  sweep.phases.push_back({.columns = columns(titles), .stages = std::move(stages)});
  for (uint32_t c = 0; c < titles.size(); ++c) sweep.shown.push_back(c);
  sweep.reasons = {{"too big"}, {"too odd"}};
  sweep.tell = [](uint32_t reason, uint64_t row) { return (reason == 0 ? "too big at " : "too odd at ") + std::to_string(row); };
  return sweep;
}

class Recorder : public Sink {
 public:
  bool begin(const Sweep&) override { return true; }
  bool row(const Row& row) override {
    rows.push_back(row);
    return rows.size() < stop_after;
  }
  bool end(const Totals& all) override {
    totals = all;
    return true;
  }
  std::vector<uint64_t> numbers() const {
    std::vector<uint64_t> numbers;
    for (const Row& row : rows) numbers.push_back(row.number);
    return numbers;
  }

  std::vector<Row> rows;
  Totals totals;
  size_t stop_after = ~size_t{0};
};

}  // namespace llmsys::test
