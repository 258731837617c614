#include "compiler/format/format.h"

#include <algorithm>

#include "compiler/format/lines.h"
#include "compiler/syntax/parse.h"

namespace llmsys {

namespace {

std::string laid_out(Lines lines) {
  set_gaps(lines);
  set_columns(lines);
  set_indents(lines);
  set_comments(lines);
  std::string text;
  for (const Line& line : lines.lines) {
    text += line.blank_before ? "\n" : "";
    text.append(line.indent, ' ');
    for (uint32_t i = line.begin; i < line.end; ++i) {
      const Piece& piece = lines.pieces[i];
      if (i > line.begin) text.append(piece.gap, ' ');
      text.append(piece.text).append(piece.comma ? "," : "");
    }
    text += '\n';
  }
  return text;
}

/// What a text says, and its words in order, comments too: all but blanks and commas.
struct Content {
  std::string meaning;
  std::vector<std::string_view> words;
  friend bool operator==(const Content&, const Content&) = default;
};

Content content(const SourceMap& sources, SourceId source, const Syntax& syntax, FileId file) {
  Content result{dump_ast(syntax, sources, file, "", false), {}};
  for (const Word& word : words(sources, source)) {
    std::string_view text = sources.text(word.span);
    if (word.kind == Word::Kind::comment) text = text.substr(0, text.find_last_not_of(" \t") + 1);
    if (text != ",") result.words.push_back(text);
  }
  return result;
}

}  // namespace

std::optional<std::string> format(const SourceMap& sources, SourceId source, DiagSink& sink) {
  Syntax syntax;
  const FileId file = parse(sources, source, syntax, sink);
  if (sink.has_errors()) return std::nullopt;
  std::string text = laid_out(lines_of(sources, words(sources, source), roles_of(syntax, sources)));

  SourceMap again;
  Syntax syntax_again;
  DiagSink mistakes;
  const SourceId source_again = again.add(std::string(sources.name(source)), text);
  const FileId file_again = parse(again, source_again, syntax_again, mistakes);
  if (mistakes.has_errors() || content(sources, source, syntax, file) != content(again, source_again, syntax_again, file_again)) return std::nullopt;
  return text;
}

}  // namespace llmsys
