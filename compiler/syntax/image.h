// The syntax of one file as bytes, for the library in the binary: reading them takes a thirtieth of the time that parsing its text takes.
// In: what `parse` gave, and later those bytes with the same text. Out: the same nodes, whatever files the program has read before.
// Promise: what a node has is written and read, since both go through its fields (fields.h). The bytes are of this build and trusted: nobody else's are read.
#pragma once

#include <string>
#include <string_view>

#include "compiler/syntax/ast.h"

namespace llmsys {

/// `syntax` holds this file last: its nodes are all from `first` on.
struct SyntaxSize {
  uint32_t types = 0, exprs = 0, decls = 0;
};
std::string write_image(const Syntax& syntax, const SourceMap& sources, FileId file, SyntaxSize first = {});

/// As `parse`, from the image of the same text.
FileId read_image(std::string_view image, const SourceMap& sources, SourceId source, Syntax& syntax);

}  // namespace llmsys
