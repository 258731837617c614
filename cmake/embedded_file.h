// A file that was put into the binary by cmake/embed.py. Both views live as long as the program.
#pragma once

#include <string_view>

namespace llmsys {

struct EmbeddedFile {
  std::string_view name;  // without its folder: `hardware.llmsys`
  std::string_view text;  // its bytes
};

}  // namespace llmsys
