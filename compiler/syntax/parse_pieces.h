// A file with a mistake, cut into its declarations by how files are laid out. In: tokens. Out: pieces in order that cover them all.
// Promise: a missing brace can't swallow the declarations after it, as long as those start in column 1.
#pragma once

#include <span>

#include "compiler/syntax/ast.h"
#include "compiler/syntax/parse_tokens.h"

namespace llmsys {

std::vector<std::span<Token* const>> cut_into_declarations(std::span<Token* const> tokens);

/// The token that names what a piece declares, if that can be told: of `kind NAME`, `chip NAME {`.
const Token* declared_name(std::span<Token* const> piece);

}  // namespace llmsys
