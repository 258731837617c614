// Lines that a person types, or that a script has. In: a prompt, a function that completes words, a file for what was typed before. Out: one line after the other.
// Promise: libedit is known here only. Without a terminal nothing is written and nothing kept; at one, Ctrl-C clears the line, Ctrl-D in an empty one ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llmsys {

/// For a line up to the cursor: what its last word may be, each candidate beginning with that word.
struct Completion {
  std::string word;
  std::vector<std::string> candidates;
};
using Complete = std::function<Completion(const std::string& before)>;

struct Line {
  enum class Kind : uint8_t { text, cleared, end };
  Kind kind;
  std::string text;
};

class LineEditor {
 public:
  /// `history`: empty for none.
  LineEditor(Complete complete, std::string history);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  Line read(const char* prompt);
  bool is_terminal() const { return terminal_ != nullptr; }

 private:
  struct Terminal;
  std::unique_ptr<Terminal> terminal_;   // null: lines of standard input
};

}  // namespace llmsys
