// Names, types and dimensions. In: the syntax of a program and where its imports lead. Out: a Program, mistakes in `sink`.
// Promise: one message for one mistake; a definition is checked once, where it stands, whether it is used or not.
#pragma once

#include <unordered_map>

#include "compiler/diag/diagnostic.h"
#include "compiler/sema/data_value.h"
#include "compiler/sema/program.h"

namespace llmsys {

/// File of each Import that was found, by DeclId; one that is missing was reported already.
using ImportTargets = std::unordered_map<uint32_t, FileId>;

Program check(const Syntax& syntax, const SourceMap& sources, const ImportTargets& imports, const DataFiles& data, DiagSink& sink);

}  // namespace llmsys
