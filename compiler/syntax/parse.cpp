#include "compiler/syntax/parse.h"

#include <fmt/format.h>

#include <charconv>

#include "compiler/syntax/limits.h"
#include "compiler/syntax/parse_build.h"
#include "compiler/syntax/parse_mistakes.h"
#include "compiler/syntax/parse_pieces.h"

namespace llmsys {

namespace {

using P = LlmSysParser;

constexpr int language_version = 1;
/// After so many mistakes nobody reads on, so the rest is not looked at.
constexpr size_t max_mistakes = 100;

/// Reads the parts of one source: a file, an expression, what stands between the braces of a text.
class Reader {
 public:
  Reader(const SourceMap& sources, SourceId source, FileId file, Syntax& syntax, DiagSink& sink)
      : sources_(sources), source_(source), file_(file), syntax_(syntax), sink_(sink) {}

  std::vector<DeclId> declarations();
  std::optional<ExprId> expression(Span range);
  std::optional<Interpolation> interpolation(Span range, std::string_view whole);
  std::optional<ast::Sensitivity> sensitivity(Span range);

 private:
  Builder builder(const Tokens& tokens) {
    return Builder({sources_, source_, file_, tokens}, syntax_, {.report = [this](Diagnostic mistake) { report(std::move(mistake)); }, .read = [this](Span braces) { return this->braces(braces); }});
  }
  MistakeReader mistakes(std::string_view whole) const { return {sources_, source_, whole}; }

  template <class Context, class Build>
  auto alone(Span range, Context* (P::*rule)(), Build build) -> decltype(build(std::declval<Builder&>(), std::declval<Context*>()));
  bool for_newer_language(const Tokens& tokens);
  std::vector<DeclId> build(const Tokens& tokens, P::FileContext* file);
  std::vector<DeclId> recover(const Tokens& tokens, const Mistake& of_whole);
  std::vector<DeclId> read_piece(const Tokens& tokens, Piece piece);
  std::vector<DeclId> read_sound(const Tokens& tokens, Piece piece);
  DeclId broken(Piece piece);
  std::optional<Interpolation> braces(Span braces);
  void report(Diagnostic mistake) {
    if (++mistakes_ <= max_mistakes) sink_.add(std::move(mistake));
  }

  const SourceMap& sources_;
  SourceId source_;
  FileId file_;
  Syntax& syntax_;
  DiagSink& sink_;
  size_t mistakes_ = 0;
  uint32_t interpolations_ = 0;
};

// --- files -------------------------------------------------------------------------------------------------------------------

std::vector<DeclId> Reader::declarations() {
  if (!within_limits(sources_, source_, sink_)) return {};
  const std::string_view text = sources_.text(source_);
  const Tokens tokens = tokenize(text, begin_of(text), text.size());
  if (for_newer_language(tokens)) return {};
  Mistake mistake;
  {
    GrammarRun run(tokens.visible);
    if (P::FileContext* file = run.read(&P::file)) return build(tokens, file);
    mistake = run.mistake();
  }
  return recover(tokens, mistake);
}

bool Reader::for_newer_language(const Tokens& tokens) {
  const auto& words = tokens.visible;
  if (words.size() < 2 || words[0]->getType() != P::LANGUAGE || words[1]->getType() != P::NUMBER) return false;
  const Span where = span_of(source_, *words[1]);
  const std::string_view digits = sources_.text(where);
  int version = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (error == std::errc() && end == digits.data() + digits.size() && version >= 1 && version <= language_version) return false;
  sink_.add({Code::newer_language, where, fmt::format("this file is for version {} of the language", digits),
             fmt::format("this compiler knows version {}", language_version)});
  return true;
}

std::vector<DeclId> Reader::build(const Tokens& tokens, P::FileContext* file) {
  Builder build = builder(tokens);
  std::vector<DeclId> decls;
  for (P::ItemContext* item : file->item()) decls.push_back(build.item(item));
  return decls;
}

/// Every declaration for itself: those without a mistake are kept, the others give one diagnostic each.
std::vector<DeclId> Reader::recover(const Tokens& tokens, const Mistake& of_whole) {
  std::vector<DeclId> decls;
  size_t mistakes_seen = 0;
  for (Piece piece : cut_into_declarations(tokens.visible)) {
    if (mistakes_seen == max_mistakes) break;
    const size_t before = sink_.errors();
    const std::vector<DeclId> read = read_piece(tokens, piece);
    decls.insert(decls.end(), read.begin(), read.end());
    mistakes_seen += sink_.errors() > before;
  }
  if (mistakes_seen == 0) sink_.add(mistakes("the file").explain(tokens.visible, of_whole));
  return decls;
}

std::vector<DeclId> Reader::read_piece(const Tokens& tokens, Piece piece) {
  const MistakeReader reader = mistakes(piece.data() + piece.size() == tokens.visible.data() + tokens.visible.size() ? "the file" : "the declaration");
  if (auto word = reader.word(piece)) {
    sink_.add(std::move(*word));
    return {broken(piece)};
  }
  GrammarRun run(piece);
  if (P::FileContext* file = run.read(&P::file)) return build(tokens, file);
  sink_.add(reader.explain(piece, run.mistake()));
  const size_t item = run.mistake().item;
  const bool apart = item > 0 && piece[item - 1]->getLine() < piece[item]->getLine() && is_balanced(piece.subspan(item));
  if (!apart) return {broken(piece)};
  std::vector<DeclId> decls = read_sound(tokens, piece.first(item));
  decls.push_back(broken(piece.subspan(item)));
  return decls;
}

/// The declarations in front of the one with the mistake, if they are no part of it.
std::vector<DeclId> Reader::read_sound(const Tokens& tokens, Piece piece) {
  GrammarRun run(piece);
  P::FileContext* file = run.read(&P::file);
  if (!file) return {broken(piece)};
  return build(tokens, file);
}

DeclId Reader::broken(Piece piece) {
  ast::Broken node;
  for (const Token* name : declared_names(piece)) node.names.push_back({sources_.text(span_of(source_, *name)), span_of(source_, *name)});
  node.names_unclear = is_name_unclear(piece);
  return syntax_.add(ast::Decl{node, file_, join(span_of(source_, *piece.front()), span_of(source_, *piece.back())), {}});
}

// --- expressions -------------------------------------------------------------------------------------------------------------

/// What `build` makes of all that stands in the range, by one rule of the grammar.
template <class Context, class Build>
auto Reader::alone(Span range, Context* (P::*rule)(), Build build) -> decltype(build(std::declval<Builder&>(), std::declval<Context*>())) {
  if (!within_limits(sources_, range, sink_)) return std::nullopt;
  const Tokens tokens = tokenize(sources_.text(source_), range.begin, range.end);
  const MistakeReader reader = mistakes("the expression");
  if (auto word = reader.word(tokens.visible)) {
    sink_.add(std::move(*word));
    return std::nullopt;
  }
  GrammarRun run(tokens.visible);
  if (Context* tree = run.read(rule)) {
    Builder made = builder(tokens);
    return build(made, tree);
  }
  sink_.add(reader.explain(tokens.visible, run.mistake()));
  return std::nullopt;
}

std::optional<ExprId> Reader::expression(Span range) {
  return alone(range, &P::lone, [](Builder& build, P::LoneContext* lone) { return std::optional(build.expr(lone->expr())); });
}

std::optional<ast::Sensitivity> Reader::sensitivity(Span range) {
  return alone(range, &P::loneSensitivity, [](Builder& build, P::LoneSensitivityContext* lone) { return std::optional(build.sensitivity(lone->sensitivity())); });
}

std::optional<Interpolation> Reader::braces(Span braces) {
  if (++interpolations_ > max_interpolations) {
    if (interpolations_ == max_interpolations + 1) sink_.add({Code::too_large, braces, fmt::format("this source has more than {} values inside texts", max_interpolations), "one too many"});
    return std::nullopt;
  }
  if (mistakes_ >= max_mistakes || !within_limits(sources_, braces, sink_)) return std::nullopt;
  if (tokenize(sources_.text(source_), braces.begin, braces.end).visible.empty()) {
    report({Code::unexpected_token, {source_, braces.begin - 1, braces.end + 1}, "expected an expression between the braces", "a brace of the text itself is written `\\{`"});
    return std::nullopt;
  }
  return interpolation(braces, "the braces");
}

std::optional<Interpolation> Reader::interpolation(Span range, std::string_view whole) {
  const Tokens tokens = tokenize(sources_.text(source_), range.begin, range.end);
  const MistakeReader reader = mistakes(whole);
  if (auto word = reader.word(tokens.visible)) {
    report(std::move(*word));
    return std::nullopt;
  }
  GrammarRun run(tokens.visible);
  if (P::InterpolationContext* read = run.read(&P::interpolation)) {
    Builder build = builder(tokens);
    Interpolation result{build.expr(read->expr()), std::nullopt};
    if (read->unit()) result.unit = build.unit(read->unit());
    return result;
  }
  report(reader.explain(tokens.visible, run.mistake()));
  return std::nullopt;
}

}  // namespace

FileId parse(const SourceMap& sources, SourceId source, Syntax& syntax, DiagSink& sink) {
  const FileId file = syntax.add(File{source, {}});
  auto decls = Reader(sources, source, file, syntax, sink).declarations();
  syntax.file(file).decls = std::move(decls);
  return file;
}

std::optional<ExprId> parse_expression(const SourceMap& sources, Span range, Syntax& syntax, DiagSink& sink) {
  return Reader(sources, range.source, FileId{}, syntax, sink).expression(range);
}

std::optional<Interpolation> parse_question(const SourceMap& sources, SourceId source, Syntax& syntax, DiagSink& sink) {
  if (!within_limits(sources, source, sink)) return std::nullopt;
  const auto end = static_cast<uint32_t>(sources.text(source).size());
  return Reader(sources, source, FileId{}, syntax, sink).interpolation({source, 0, end}, "the expression");
}

std::optional<ast::Sensitivity> parse_sensitivity(const SourceMap& sources, Span range, Syntax& syntax, DiagSink& sink) {
  return Reader(sources, range.source, FileId{}, syntax, sink).sensitivity(range);
}

std::string dump_tokens(const SourceMap& sources, SourceId source) {
  const std::string_view text = sources.text(source);
  const Tokens tokens = tokenize(text, begin_of(text), text.size());
  std::string result;
  for (const auto& token : tokens.all) {
    const Span where = span_of(source, *token);
    const Position position = sources.position(source, where.begin);
    result += fmt::format("{}:{} {} \"{}\"\n", position.line, position.column, vocabulary().getSymbolicName(token->getType()), sources.text(where));
  }
  return result;
}

}  // namespace llmsys
