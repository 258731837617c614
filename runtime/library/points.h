// What a built library is made of, besides its kernels: they and these functions become one file that needs nothing else. In: numbers of points, by axis.
// Out: a status and columns for each. Promise: nothing is read or written beyond the points given; no state, so any number of threads may call at once.
#pragma once

#include <cstdint>

#include "runtime/kernel.h"

namespace llmsys {

/// Made by the compiler (codegen/library.cpp), so its layout is an ABI.
struct PointsLibrary {
  int64_t axes = 0;
  int64_t columns = 0;
  const int64_t* elements = nullptr;           // by axis: how many it has at most; 0 if it is numeric
  const int32_t* combos = nullptr;             // by elements, the last axis fastest; -1: there is no such choice
  const int32_t* shape_of_combo = nullptr;
  void (*const* kernels)(const KernelArgs*) = nullptr;   // by shape; the numeric axes are their memo
  const double* const* tables = nullptr;
  const double* scales = nullptr;              // of the units of axes, then of columns: a number times this is in base units
};

}  // namespace llmsys

/// axes[a] has n numbers, in the axis' unit, if axis a is numeric, else one: the element that all points have. 0, or 1 if there is no such element.
extern "C" [[gnu::weak]] int llmsys_points(const llmsys::PointsLibrary* library, uint64_t n, const double* const* axes, double* status, double* const* columns);
