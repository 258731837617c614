// The library of the language, as files in the binary.
#pragma once

#include <span>

#include "cmake/embedded_file.h"

namespace llmsys {

/// Every `*.llmsys` of this folder, by name.
std::span<const EmbeddedFile> embedded_stdlib();

/// Under the same names, the image of each file's syntax (compiler/syntax/image.h).
std::span<const EmbeddedFile> embedded_stdlib_syntax();

/// Files to begin with (`llmsys new`), each of which checks as it stands and calls what it declares `NAME`.
std::span<const EmbeddedFile> embedded_templates();

}  // namespace llmsys
