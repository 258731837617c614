// What is wrong with a user's file, as data. In: codes, spans and words from any stage. Out: a list in source order.
// Wording: lower case, no full stop, code in back-ticks, what was seen first, then what helps.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/source.h"

namespace llmsys {

enum class Severity : uint8_t { error, warning };

enum class Code : uint16_t {
#define LLMSYS_CODE(id, name, severity, title) name,
#include "compiler/diag/codes.def"
#undef LLMSYS_CODE
};

struct CodeInfo {
  std::string_view id;     // "E0201"
  std::string_view name;   // "unknown_name"
  Severity severity;
  std::string_view title;  // one line for `explain`
};
const CodeInfo& info(Code code);
/// All of codes.def, in its order.
const std::vector<CodeInfo>& all_codes();

struct Label {
  Span span;
  std::string text;
};

/// Replacing `span` by `replacement` is what the help line suggests.
struct Fix {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  Code code;
  Span span;                   // the narrowest range that is wrong
  std::string message;         // the headline
  std::string label = {};      // hangs off `span`
  std::vector<Label> labels = {};  // other places that are involved
  std::vector<std::string> notes = {};
  std::optional<std::string> help = {};
  std::vector<Fix> fixes = {};
};

/// More are counted, but not kept: nobody reads on.
inline constexpr size_t most_diagnostics = 300;

class DiagSink {
 public:
  void add(Diagnostic diagnostic);
  bool has_errors() const { return errors_ > 0; }
  size_t errors() const { return errors_; }
  size_t dropped() const { return dropped_; }   // beyond the first `most_diagnostics`
  /// In source order; those of one place in the order of their arrival; exact repetitions once.
  std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> diagnostics_;
  size_t errors_ = 0;
  size_t dropped_ = 0;
};

}  // namespace llmsys
