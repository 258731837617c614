// Private, since it shows LLVM. Object files to one file. In: the object file of a study. Out: an object file or a shared library that needs nothing else.
#pragma once

#include <llvm/Support/Error.h>

#include <string>

#include "compiler/codegen/library.h"

namespace llmsys {

/// `name`: of the study.
llvm::Expected<std::string> linked(const std::string& object, const std::string& name, Product product);

}  // namespace llmsys
