// The words of a source as data, for tools that keep what the parser drops. In: a source. Out: its words in order, comments among them.
// Promise: any text has words; between two of them stand blanks only; what a name is to the parser is one here, so `per` is a name and `fn` is not.
#pragma once

#include <vector>

#include "compiler/diag/source.h"

namespace llmsys {

struct Word {
  enum class Kind : uint8_t { reserved, name, number, unit, unit_power, text, mark, comment };
  Kind kind;
  Span span;
};

std::vector<Word> words(const SourceMap& sources, SourceId source);

/// Whether a name may stand there: letters, digits and `_`, and no reserved word.
bool is_name(std::string_view text);

}  // namespace llmsys
