// The pages below explain/, put into the binary by cmake/embed.py.
#pragma once

#include <span>

#include "cmake/embedded_file.h"

namespace llmsys {

std::span<const EmbeddedFile> explain_pages();

}  // namespace llmsys
