// A checked file as text, for --emit=types. In: a program. Out: one line a declaration or field, with its type; or those of `only`.
#pragma once

#include <string>

#include "compiler/sema/program.h"

namespace llmsys {

std::string dump_types(const Program& program, FileId file, std::string_view only);

}  // namespace llmsys
