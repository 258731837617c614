// What a built library is made of, besides its kernels: they and these functions become one file that needs nothing else. In: numbers of points, by axis.
// Out: a status and columns for each. Promise: nothing is read or written beyond the points given; no state, so any number of threads may call at once.
#pragma once

#include <cstdint>

#include "runtime/kernel.h"

namespace llmsys {

/// A level of a Space, of which a call takes one element: element i has the number values[first_value + i] and leads to children[first_child + i], or all lead to the first child.
struct PointsLevel {
  int64_t size = 0;
  int64_t first_value = 0;
  int64_t first_child = 0;
  int64_t children = 0;
};

/// Made by the compiler (codegen/library.cpp), so its layout is an ABI.
struct PointsLibrary {
  int64_t axes = 0;
  int64_t columns = 0;
  const int64_t* fixed = nullptr;              // by axis: 1 if all points of a call have the same element, 0 if each has a number of its own
  const PointsLevel* levels = nullptr;
  const double* values = nullptr;
  const int32_t* children = nullptr;           // levels, below the last axis combos
  int64_t root = 0;
  const int32_t* shape_of_combo = nullptr;
  void (*const* kernels)(const KernelArgs*) = nullptr;   // by shape; the numeric axes are their memo
  const double* const* tables = nullptr;
  const double* scales = nullptr;              // of the units of axes, then of columns: a number times this is in base units
};

}  // namespace llmsys

/// axes[a] has n numbers, in the axis' unit, or one if it is fixed. 0, or 1 if a fixed axis has no such element.
extern "C" [[gnu::weak]] int llmsys_points(const llmsys::PointsLibrary* library, uint64_t n, const double* const* axes, double* status, double* const* columns);
