#include "runtime/library/points.h"

#include <alloca.h>

namespace llmsys {
namespace {

constexpr int64_t none = -1;

/// Which element of a level has a number; numbers of a report may be a last digit off.
int64_t element(const PointsLibrary& library, const PointsLevel& level, double number) {
  constexpr double near = 1e-12;
  for (int64_t i = 0; i < level.size; ++i) {
    const double value = library.values[level.first_value + i], off = number - value, most = near * (value < 0 ? -value : value);
    if (off <= most && -off <= most) return i;
  }
  return none;
}

/// Fills in the values of fixed axes.
int64_t combo_of(const PointsLibrary& library, const double* const* axes, double* values) {
  int64_t place = library.root;
  for (int64_t a = 0; a < library.axes; ++a) {
    const PointsLevel& level = library.levels[place];
    int64_t i = 0;
    if (library.fixed[a] != 0) {
      i = element(library, level, axes[a][0] * library.scales[a]);
      if (i == none) return none;
      values[a] = library.values[level.first_value + i];
    }
    place = library.children[level.first_child + (level.children == 1 ? 0 : i)];
  }
  return place;
}

constexpr uint64_t block = 512;   // points, so that their numbers stay in the first-level cache
static_assert(block % most_lanes == 0);

}  // namespace
}  // namespace llmsys

extern "C" int llmsys_points(const llmsys::PointsLibrary* library, uint64_t n, const double* const* axes, double* status, double* const* columns) {
  using namespace llmsys;
  const auto axis_count = static_cast<uint64_t>(library->axes), outputs = static_cast<uint64_t>(1 + library->columns);
  auto* const fixed = static_cast<double*>(alloca((axis_count + 1) * sizeof(double)));
  const int64_t combo = combo_of(*library, axes, fixed);
  if (combo == none) return 1;
  auto* const numbers = static_cast<double*>(alloca((axis_count + 1) * block * sizeof(double)));
  auto* const last = static_cast<double*>(alloca(outputs * most_lanes * sizeof(double)));   // columns of points that are less than a vector
  auto** const in = static_cast<void**>(alloca((axis_count + 1) * sizeof(void*)));
  auto** const out = static_cast<double**>(alloca(outputs * sizeof(double*)));
  KernelArgs args{};
  args.axis = fixed;
  args.table = library->tables;
  args.combo = combo;
  args.out = out;
  args.memo = in;
  for (uint64_t begin = 0, size = 0; begin < n; begin += size) {
    const uint64_t left = n - begin;
    size = left >= block ? block : left >= most_lanes ? left / most_lanes * most_lanes : left;
    uint64_t numeric = 0;
    for (uint64_t a = 0; a < axis_count; ++a) {
      if (library->fixed[a] != 0) continue;
      double* const scaled = numbers + numeric * block;
      in[numeric++] = scaled;
      for (uint64_t i = 0; i < size; ++i) scaled[i] = axes[a][begin + i] * library->scales[a];
      for (uint64_t i = size; i < most_lanes; ++i) scaled[i] = scaled[0];
    }
    const bool is_short = size < most_lanes;
    const auto wanted = [&](uint64_t c) { return (c == 0 ? status : columns[c - 1]) + begin; };
    for (uint64_t c = 0; c < outputs; ++c) out[c] = is_short ? last + c * most_lanes : wanted(c);
    args.n = static_cast<int64_t>(size);
    library->kernels[library->shape_of_combo[combo]](&args);
    for (uint64_t c = 0; c < outputs; ++c) {
      double* const to = wanted(c);
      const double scale = c == 0 ? 1 : library->scales[axis_count + c - 1];
      if (scale == 1 && !is_short) continue;
      for (uint64_t i = 0; i < size; ++i) to[i] = out[c][i] / scale;
    }
  }
  return 0;
}
