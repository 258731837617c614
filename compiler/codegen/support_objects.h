// Object files that are part of the program, for libraries that it builds. Out: views that live as long as the program.
#pragma once

#include <array>
#include <string_view>

namespace llmsys {

struct SupportObject {
  std::string_view name, bytes;
};
std::array<SupportObject, 2> support_objects();

}  // namespace llmsys
