// A file with a mistake, cut into its declarations by how files are laid out. In: tokens. Out: pieces in order that cover them all.
// Promise: a missing brace can't swallow the declarations after it, as long as those start in column 1.
#pragma once

#include <span>

#include "compiler/syntax/ast.h"
#include "compiler/syntax/parse_tokens.h"

namespace llmsys {

std::vector<std::span<Token* const>> cut_into_declarations(std::span<Token* const> tokens);

/// The tokens of a piece with a mistake that may name what it declares, the likeliest first: the names in front of its first `=`, `(` or `{`.
std::vector<const Token*> declared_names(std::span<Token* const> piece);

/// An import, or a declaration whose name is missing: what it declares can't be told.
bool is_name_unclear(std::span<Token* const> piece);

/// Every bracket that closes was opened in here.
bool is_balanced(std::span<Token* const> piece);

}  // namespace llmsys
