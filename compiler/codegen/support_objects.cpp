#include "compiler/codegen/support_objects.h"

// The assembler takes the files in; where they are says CMakeLists.txt.
__asm__(
    ".section .rodata\n"
    "llmsys_points_begin: .incbin \"" LLMSYS_POINTS_OBJECT "\"\nllmsys_points_end:\n"
    "llmsys_elementary_begin: .incbin \"" LLMSYS_ELEMENTARY_OBJECT "\"\nllmsys_elementary_end:\n"
    ".previous\n");
extern "C" const char llmsys_points_begin[], llmsys_points_end[], llmsys_elementary_begin[], llmsys_elementary_end[];

namespace llmsys {

std::array<SupportObject, 2> support_objects() {
  const auto between = [](const char* begin, const char* end) { return std::string_view(begin, static_cast<size_t>(end - begin)); };
  return {{{"points.o", between(llmsys_points_begin, llmsys_points_end)}, {"elementary.o", between(llmsys_elementary_begin, llmsys_elementary_end)}}};
}

}  // namespace llmsys
