// Names that may be typed next. In: a checked session, the text in front of the cursor. Out: the word that is being typed, and what it may become.
#pragma once

#include "compiler/cli/line_editor.h"
#include "compiler/session/session.h"

namespace llmsys {

/// `modules`: of the library, for `import std/`.
Completion complete(const Session& session, const std::vector<std::string>& modules, const std::string& before);

/// What a declaration declares; empty for an import and an expectation.
std::string_view name_of(const ast::Decl& decl);

}  // namespace llmsys
