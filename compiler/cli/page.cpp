#include "compiler/cli/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

#include "compiler/diag/suggest.h"
#include "compiler/explain/derive.h"
#include "runtime/report/layout.h"
#include "runtime/report/number.h"

namespace llmsys {
namespace {

constexpr size_t most_source = 256 << 10;   // bytes of a file that the page tells

bool is_plain(std::string_view word) {
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-_./=+:,@%").find(c) != std::string_view::npos; };
  return !word.empty() && std::all_of(word.begin(), word.end(), plain);
}

std::string in_shell(std::string_view word) {
  if (is_plain(word)) return std::string(word);
  std::string text = "'";
  for (char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

/// The name that a declaration gives to a value, a kind, an enum, a function or a study.
std::string_view name_of(const ast::Decl& decl) {
  return match(decl.node, [](const auto& node) -> std::string_view {
    if constexpr (requires { node.name.text; }) return node.name.text;
    else return {};
  });
}

std::vector<std::string> texts_of_sources(const ast::Decl& decl) {
  std::vector<std::string> texts;
  const auto add = [&](const std::optional<ast::PlainText>& source) {
    if (source) texts.push_back(source->text);
  };
  if (auto* let = std::get_if<ast::Let>(&decl.node)) add(let->source);
  if (auto* instance = std::get_if<ast::Instance>(&decl.node)) {
    add(instance->source);
    for (const auto* assigns : {&instance->assigns, &instance->settings})
      for (const ast::Assign& assign : *assigns) add(assign.source);
  }
  return texts;
}

template <class Visit> void for_each_column(const std::vector<Question>& asked, const Visit& visit) {
  for (const Question& question : asked)
    for (const Field& field : fields_of(question.elaborated.query->sweep)) visit(field.column->title);
}

/// A column goes if its title is named, or if what it shows names it.
bool names(std::string_view text, std::string_view name) {
  const auto in_word = [&](size_t at) { return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_'); };
  for (size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; ++at)
    if (!(at > 0 && in_word(at - 1)) && !in_word(at + name.size())) return true;
  return false;
}

Redaction redaction_of(const Session& session, const std::vector<Question>& asked, const std::vector<std::string>& secret) {
  Redaction redaction;
  for (size_t i = 0; i < secret.size(); ++i) redaction.names.push_back({secret[i], fmt::format("redacted {}", i + 1)});
  for (uint32_t i = 0; i < session.syntax.decls(); ++i) {
    const ast::Decl& decl = session.syntax[DeclId{i}];
    if (std::ranges::find(secret, name_of(decl)) == secret.end()) continue;
    for (std::string& text : texts_of_sources(decl)) redaction.names.push_back({std::move(text), "redacted"});
    if (!std::holds_alternative<ast::Let>(decl.node) && !std::holds_alternative<ast::Instance>(decl.node)) continue;
    for (const auto& [value, units] : numbers_of(session.program, DeclId{i})) {
      const bool has_unit = !units.empty() && !units[0].text.empty();
      // what is counted everywhere tells nothing
      if (value == 0 || (!has_unit && value == std::floor(value) && std::abs(value) < 1000)) continue;
      redaction.numbers.insert({value, has_unit});
      if (!has_unit) continue;
      for (const UnitChoice& unit : units) redaction.names.push_back({readable(value / unit.scale) + " " + unit.text, "redacted"});
    }
  }
  for (const Question& question : asked) {
    const auto& study = std::get<ast::Study>(session.syntax[question.study->decl].node);
    for (const ast::Clause& clause : study.clauses) {
      const auto* show = std::get_if<ast::Show>(&clause.node);
      for (const ast::ShowItem& item : show != nullptr ? show->items : std::vector<ast::ShowItem>{}) {
        const std::string_view text = session.sources.text(session.syntax[item.value].span);
        const auto* title = item.title ? std::get_if<ast::Text>(&session.syntax[*item.title].node) : nullptr;
        const std::string shown = title != nullptr && title->pieces.size() == 1 ? title->pieces[0].text : std::string(text);
        if (std::ranges::any_of(secret, [&](const std::string& name) { return names(text, name); })) redaction.columns.push_back(shown);
      }
    }
  }
  for_each_column(asked, [&](const std::string& title) {
    if (std::ranges::find(secret, title) != secret.end()) redaction.columns.push_back(title);
  });
  // of two that begin alike the longer one first
  std::ranges::stable_sort(redaction.names, std::greater{}, [](const Redaction::Name& one) { return one.name.size(); });
  return redaction;
}

/// JSON in one line: a line break in a text is escaped.
std::string in_one_line(const std::string& json) {
  std::string line;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '\n') i = std::min(json.find_first_not_of(' ', i + 1), json.size()) - 1;
    else line += json[i];
  }
  return line;
}

/// Of a study that sums rows up, they are gone when its table is written.
std::string explained(const Session& session, const std::vector<Question>& asked, const Sweep& sweep, const Row& row) {
  const auto question = std::ranges::find_if(asked, [&](const Question& one) { return &one.elaborated.query->sweep == &sweep; });
  if (question == asked.end() || sweep.phases.size() > 1) return {};
  StudyRow at{.study = static_cast<uint32_t>(question->study - session.program.studies.data())};
  locate(sweep.space, row.number, at.place);
  if (row.reason != 0) at.reason = why(sweep, row);
  DiagSink unheard;
  const auto explanation = explain_row(session.program, at, {}, {.depth = 3}, unheard);
  return explanation ? in_one_line(explanation_json(*explanation)) : "";
}

}  // namespace

std::string command_line(int argc, const char* const* argv) {
  std::string line = "llmsys";
  for (int i = 1; i < argc; ++i) line += " " + in_shell(argv[i]);
  return line;
}

bool know_redacted(const Session& session, const std::vector<Question>& asked, const RunFlags& flags) {
  std::vector<std::string> known;
  for (uint32_t i = 0; i < session.syntax.decls(); ++i) known.emplace_back(name_of(session.syntax[DeclId{i}]));
  for_each_column(asked, [&](const std::string& title) { known.push_back(title); });
  for (const std::string& name : flags.redacted) {
    if (!name.empty() && std::ranges::find(known, name) != known.end()) continue;
    const auto near = suggest(name, known);
    fmt::print(stderr, "llmsys: nothing in `{}` is called `{}`{}; no page is written\n", flags.file, name, near ? ", did you mean `" + *near + "`?" : "");
    return false;
  }
  return true;
}

PageHead page_head(const Session& session, const std::vector<Question>& asked, const RunFlags& flags) {
  PageHead head{.title = std::filesystem::path(flags.file).filename().string(), .command = flags.command, .version = "llmsys " LLMSYS_VERSION, .sources = {}};
  if (!flags.redacted.empty()) {
    head.redaction = redaction_of(session, asked, flags.redacted);
    head.command.clear();
    return head;
  }
  head.version += flags.common.session.library ? ", with the library in " + flags.common.session.library->string() : " and its library";
  for (uint32_t i = 0; i < session.sources.size(); ++i) {
    const std::string_view name = session.sources.name(SourceId{i}), text = session.sources.text(SourceId{i});
    const bool is_program = SourceId{i} == session.syntax[session.main].source || (name.ends_with(".llmsys") && !name.starts_with("std/"));
    if (is_program) head.sources.push_back({std::string(name), text.size() > most_source ? fmt::format("// {} bytes are left out", text.size()) : std::string(text)});
  }
  head.explain = [&](const Sweep& sweep, const Row& row) { return explained(session, asked, sweep, row); };
  return head;
}

}  // namespace llmsys
