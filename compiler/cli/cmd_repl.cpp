#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/names.h"
#include "compiler/cli/run_studies.h"
#include "compiler/elaborate/elaborate.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/words.h"

namespace llmsys {

namespace {

/// In the folder for what a program of a user keeps, but none would miss.
std::string history_of_user() {
  auto folder = [](const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value == '/' ? std::filesystem::path(value) : std::filesystem::path();
  };
  const auto state = folder("XDG_STATE_HOME"), home = folder("HOME");
  if (state.empty() && home.empty()) return "";
  return (state.empty() ? home / ".local/state" : state) / "llmsys/history";
}

/// Brackets that a line opens, less those it closes: nothing else goes on over the end of a line.
int opened(const std::string& line) {
  SourceMap sources;
  int depth = 0;
  for (const Word& word : words(sources, sources.add("<input>", line))) {
    const std::string_view mark = sources.text(word.span);
    if (word.kind == Word::Kind::mark) depth += (mark == "(" || mark == "[" || mark == "{") - (mark == ")" || mark == "]" || mark == "}");
  }
  return depth;
}

struct Input {
  enum class Kind : uint8_t { nothing, declarations, question };
  Kind kind;
  size_t declarations = 0;
};

/// Which of the two a text can be, and if it is wrong, was meant to be.
Input look_at(const std::string& text) {
  if (text.size() > max_source_bytes) return {Input::Kind::question};
  SourceMap sources;
  const SourceId source = sources.add("<input>", text);
  std::vector<Word> visible = words(sources, source);
  std::erase_if(visible, [](const Word& word) { return word.kind == Word::Kind::comment; });
  if (visible.empty()) return {Input::Kind::nothing};
  Syntax syntax;
  DiagSink declarations, question;
  const FileId file = parse(sources, source, syntax, declarations);
  if (!declarations.has_errors()) return {Input::Kind::declarations, syntax[file].decls.size()};
  if (parse_question(sources, source, syntax, question)) return {Input::Kind::question};
  size_t name = 0;
  while (name + 2 < visible.size() && visible[name].kind == Word::Kind::name && sources.text(visible[name + 1].span) == ".") name += 2;
  const bool instance = name + 1 < visible.size() && visible[name].kind == Word::Kind::name && visible[name + 1].kind == Word::Kind::name;
  const std::string_view first = sources.text(visible[0].span);
  const auto begins = {"import", "dimension", "unit", "prefixes", "enum", "kind", "fn", "let", "expect", "study"};
  const bool declares = instance || std::any_of(begins.begin(), begins.end(), [&](std::string_view word) { return first == word; });
  return {declares ? Input::Kind::declarations : Input::Kind::question};
}

/// What was declared so far, a text for each declaration, and the file in front of it.
class Conversation {
 public:
  Conversation(const CommonFlags& flags, const std::string& file) : flags_(flags), typed_{.file = file} {}

  /// False: the file has a mistake.
  bool open() {
    good_ = open_typed(typed_, flags_.session);
    print_diagnostics(*good_, good_->sink, flags_);
    return !good_->sink.has_errors();
  }
  const Session& good() const { return *good_; }

  int answer(const std::string& text) {
    const Input input = look_at(text);
    if (input.kind == Input::Kind::nothing) return done;
    return input.kind == Input::Kind::question ? tell(text) : declare(text, input.declarations);
  }

 private:
  int tell(const std::string& text) {
    Typed asked = typed_;
    asked.question = text;
    auto session = open_typed(asked, flags_.session);
    std::optional<std::string> value;
    const DeclId let = session->sink.has_errors() ? DeclId{} : session->syntax[session->main].decls.back();
    if (session->program.ok) value = told(session->program, let, session->sink);
    print_new(*session);
    if (session->sink.has_errors()) return file_wrong;
    if (value) fmt::print("{}\n", *value);
    else fmt::print(stderr, "llmsys: this has no text as a whole; ask for a part of it, such as `.value` of a choice\n");
    return value ? done : file_wrong;
  }

  int declare(const std::string& text, size_t count) {
    Typed next = typed_;
    const std::vector<Declaration> declared = declarations_of(text);
    std::erase_if(next.inputs, [&](const std::string& old) {
      return std::any_of(declared.begin(), declared.end(), [&](const Declaration& one) { return one.replaces(declarations_of(old)[0]); });
    });
    next.inputs.push_back(text);
    auto session = open_typed(next, flags_.session);
    int status = session->program.ok ? run(*session, count) : file_wrong;
    print_new(*session);
    if (!session->program.ok) return file_wrong;
    next.inputs.pop_back();
    for (const Declaration& one : declared)
      if (one.stays) next.inputs.push_back(one.text);
    typed_ = std::move(next);
    good_ = std::move(session);
    return status;
  }

  /// The studies and expectations among the last declarations.
  int run(Session& session, size_t count) {
    int status = done;
    const std::vector<DeclId> decls = session.syntax[session.main].decls;
    std::vector<std::string> studies;
    for (size_t i = decls.size() - count; i < decls.size(); ++i) {
      const ast::Decl& decl = session.syntax[decls[i]];
      if (auto* expect = std::get_if<ast::Expect>(&decl.node); expect && !check_expectation(session.program, *expect, session.sink)) status = expectation_wrong;
      if (std::holds_alternative<ast::Study>(decl.node)) studies.emplace_back(name_of(decl));
    }
    if (studies.empty()) return status;
    RunFlags flags{.common = flags_, .engine = {.cache = kernel_cache_of_user()}};
    const std::vector<Question> asked = questions(session, studies);
    for (const Question& question : asked) check_rows(session, question, flags);
    if (session.sink.has_errors()) return file_wrong;
    EngineTimes times;
    return std::max(status, run_studies(flags, session, asked, nullptr, times));
  }

  /// Warnings of what was said before were told before.
  void print_new(const Session& session) {
    DiagSink fresh;
    for (Diagnostic& each : session.sink.sorted())
      if (info(each.code).severity == Severity::error || each.span.source.index + 1 == session.sources.size()) fresh.add(std::move(each));
    print_diagnostics(session, fresh, flags_);
  }

  struct Declaration {
    std::string text, name;
    bool type, stays;
    bool replaces(const Declaration& other) const { return name.empty() ? text == other.text : name == other.name && type == other.type; }
  };
  static std::vector<Declaration> declarations_of(const std::string& text) {
    SourceMap sources;
    Syntax syntax;
    DiagSink sink;
    const FileId file = parse(sources, sources.add("<input>", text), syntax, sink);
    std::vector<Declaration> result;
    for (DeclId id : syntax[file].decls) {
      const ast::Decl& decl = syntax[id];
      const bool type = std::holds_alternative<ast::Kind>(decl.node) || std::holds_alternative<ast::Enum>(decl.node);
      const bool is_asked = std::holds_alternative<ast::Study>(decl.node) || std::holds_alternative<ast::Expect>(decl.node);
      result.push_back({std::string(sources.text(decl.span)), std::string(name_of(decl)), type, !is_asked});
    }
    return result;
  }

  const CommonFlags& flags_;
  Typed typed_;
  std::unique_ptr<Session> good_;   // after the last input that was no mistake
};

}  // namespace

int repl(const CommonFlags& flags, const std::string& file) {
  if (file == "-") {
    fmt::print(stderr, "llmsys: standard input is for what is asked; the file in front of it has a name\n");
    return command_wrong;
  }
  Conversation conversation(flags, file);
  if (!conversation.open()) return file_wrong;
  const std::vector<std::string> modules = library_modules(flags.session);
  LineEditor editor([&](const std::string& before) { return complete(conversation.good(), modules, before); }, history_of_user());
  if (editor.is_terminal()) fmt::print("expressions, `EXPR in UNIT`, and declarations; Tab completes, Ctrl-D ends\n");
  int status = done, open = 0;
  std::string text;
  for (;;) {
    const Line line = editor.read(text.empty() ? "> " : ". ");
    if (line.kind == Line::Kind::cleared) {
      text.clear();
      open = 0;
      continue;
    }
    const bool ends = line.kind == Line::Kind::end || text.size() + line.text.size() > max_source_bytes;
    text += (text.empty() ? "" : "\n") + line.text;
    open += ends ? 0 : opened(line.text);
    if (open > 0 && !ends) continue;
    open = 0;
    status = std::max(status, conversation.answer(std::exchange(text, {})));
    std::fflush(stdout);
    if (ends) return editor.is_terminal() ? done : status;
  }
}

}  // namespace llmsys
