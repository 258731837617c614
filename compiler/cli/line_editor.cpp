#include "compiler/cli/line_editor.h"

#include <histedit.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace llmsys {

namespace fs = std::filesystem;

struct LineEditor::Terminal {
  EditLine* editor = nullptr;
  History* past = nullptr;
  HistEvent event = {};
  Complete complete;
  std::string history;
  const char* prompt = "";
  bool cleared = false;
};

namespace {

constexpr int kept_lines = 1000;
constexpr size_t most_bytes = size_t{5} << 20;   // of a line: more than any source may have

std::string common_beginning(const std::vector<std::string>& words) {
  const auto [first, last] = std::minmax_element(words.begin(), words.end());
  return first->substr(0, static_cast<size_t>(std::mismatch(first->begin(), first->end(), last->begin(), last->end()).first - first->begin()));
}

void list(const std::vector<std::string>& words) {
  constexpr size_t width = 100, most = 200;
  size_t column = 0;
  for (size_t i = 0; i < std::min(words.size(), most); ++i) {
    const bool breaks = column == 0 || column + words[i].size() + 2 > width;
    std::printf("%s%s", breaks ? "\n" : "  ", words[i].c_str());
    column = (breaks ? 0 : column + 2) + words[i].size();
  }
  std::printf(words.size() > most ? "\nand %zu more\n" : "\n", words.size() - most);
  std::fflush(stdout);
}

}  // namespace

LineEditor::LineEditor(Complete complete, std::string history) {
  if (isatty(STDIN_FILENO) == 0) return;
  std::setlocale(LC_CTYPE, "");
  terminal_ = std::make_unique<Terminal>();
  Terminal& t = *terminal_;
  t.complete = std::move(complete);
  t.history = std::move(history);
  t.past = history_init();
  ::history(t.past, &t.event, H_SETSIZE, kept_lines);
  ::history(t.past, &t.event, H_SETUNIQUE, 1);
  std::error_code code;
  if (!t.history.empty()) {
    fs::create_directories(fs::path(t.history).parent_path(), code);
    ::history(t.past, &t.event, H_LOAD, t.history.c_str());
  }
  t.editor = el_init("llmsys", stdin, stdout, stderr);
  el_set(t.editor, EL_CLIENTDATA, &t);
  el_set(t.editor, EL_PROMPT, +[](EditLine* editor) {
    Terminal* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return const_cast<char*>(self->prompt);
  });
  el_set(t.editor, EL_EDITOR, "emacs");
  el_set(t.editor, EL_HIST, ::history, t.past);
  el_set(t.editor, EL_ADDFN, "complete-name", "completes a name", +[](EditLine* editor, int) -> unsigned char {
    Terminal* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    const LineInfo* line = el_line(editor);
    const Completion found = self->complete(std::string(line->buffer, line->cursor));
    if (found.candidates.empty()) return CC_REFRESH_BEEP;
    const std::string rest = common_beginning(found.candidates).substr(found.word.size());
    if (!rest.empty()) return el_insertstr(editor, rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    if (found.candidates.size() == 1) return CC_NORM;
    list(found.candidates);
    return CC_REDISPLAY;
  });
  el_set(t.editor, EL_ADDFN, "clear-line", "clears the line", +[](EditLine* editor, int) -> unsigned char {
    Terminal* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    self->cleared = true;
    std::fputs("^C\n", stdout);
    return CC_NEWLINE;
  });
  el_set(t.editor, EL_BIND, "^I", "complete-name", nullptr);
  el_set(t.editor, EL_BIND, "^C", "clear-line", nullptr);
  el_set(t.editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(t.editor, EL_SETTY, "-d", "-isig", nullptr);   // while a line is edited Ctrl-C is a key, ...
  std::signal(SIGINT, SIG_IGN);                         // ... and otherwise nothing, but where an evaluation asks for it
  el_source(t.editor, nullptr);
}

LineEditor::~LineEditor() {
  if (!terminal_) return;
  el_end(terminal_->editor);
  history_end(terminal_->past);
}

Line LineEditor::read(const char* prompt) {
  if (!terminal_) {
    std::string text;
    int c = std::getchar();
    if (c == EOF) return {Line::Kind::end, ""};
    for (; c != EOF && c != '\n' && text.size() < most_bytes; c = std::getchar()) text += static_cast<char>(c);
    return {Line::Kind::text, std::move(text)};
  }
  Terminal& t = *terminal_;
  t.prompt = prompt;
  t.cleared = false;
  int size = 0;
  el_set(t.editor, EL_PREP_TERM, 1);   // before the prompt, or else Ctrl-C could still be a signal
  const char* line = el_gets(t.editor, &size);
  if (std::exchange(t.cleared, false)) return {Line::Kind::cleared, ""};
  if (line == nullptr || size <= 0) {
    std::printf("\n");
    return {Line::Kind::end, ""};
  }
  std::string text(line, static_cast<size_t>(size));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.find_first_not_of(" \t") != std::string::npos) {
    ::history(t.past, &t.event, H_ENTER, text.c_str());
    if (!t.history.empty()) ::history(t.past, &t.event, H_SAVE, t.history.c_str());
  }
  return {Line::Kind::text, std::move(text)};
}

}  // namespace llmsys
