#include "compiler/syntax/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace llmsys {

namespace {

unsigned byte_at(std::string_view text, size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; }

/// Bytes of the well-formed UTF-8 sequence that starts at `at`; 0 if there is none.
uint32_t sequence_length(std::string_view text, size_t at) {
  const unsigned first = byte_at(text, at), second = byte_at(text, at + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const uint32_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  for (uint32_t i = 1; i < length; ++i)
    if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_control(unsigned c) { return (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F; }

bool is_text(std::string_view text, SourceId source, DiagSink& sink) {
  for (uint32_t i = 0; i < text.size();) {
    const uint32_t length = sequence_length(text, i);
    const unsigned c = byte_at(text, i);
    if (length == 0 || is_control(c)) {
      std::string message = length == 0 ? fmt::format("the byte 0x{:02X} is not UTF-8 here", c) : c == 0 ? "a NUL byte" : fmt::format("the control character U+{:04X}", c);
      sink.add({Code::bad_character, {source, i, i + 1}, std::move(message), "not a character of a text"});
      return false;
    }
    i += length;
  }
  return true;
}

bool in_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Words that join operands or stand before one. Any other word after an operand starts something new.
bool is_operator(std::string_view word) {
  static constexpr auto words = std::to_array<std::string_view>({"absent", "and", "as", "by", "div", "else", "for", "if", "in", "largest", "match", "mod", "not", "or", "per", "smallest",
                                                                 "sort", "then", "within"});
  return std::ranges::binary_search(words, word);
}

/// One pass over the bytes: words, texts, comments and brackets are all it tells apart.
/// An expression's tree is at most as deep as its run of words on one bracket level plus the deepest bracket in that run.
class Scan {
 public:
  Scan(std::string_view text, Span part, DiagSink& sink) : text_(text.substr(0, part.end)), source_(part.source), at_(part.begin), sink_(sink) {}

  bool run() {
    while (ok_ && at_ < text_.size()) step();
    return ok_;
  }

 private:
  struct Level {
    uint32_t run = 0;      // words since the last separator
    uint32_t inner = 0;    // the deepest bracket since then
    uint32_t deepest = 0;  // over all of the level
  };

  void step() {
    const uint32_t begin = at_;
    const char c = text_[at_++];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return;
    if (c == '/' && next() == '/') return comment();
    if (c == '"') return text(begin);
    if (in_word(c)) return word(begin);
    if (c == '(' || c == '[' || c == '{') return open(begin);
    if (c == ')' || c == ']' || c == '}') return close(begin);
    sign(begin, c);
  }

  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void comment() { at_ = static_cast<uint32_t>(std::min(text_.find('\n', at_), text_.size())); }

  void text(uint32_t begin) {
    while (at_ < text_.size() && next() != '"' && next() != '\n') {
      const bool escapes = next() == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n';
      at_ += escapes ? 2 : 1;
    }
    if (next() == '"') ++at_;
    token(begin);
    after_operand_ = true;
  }

  void word(uint32_t begin) {
    while (in_word(next())) ++at_;
    const char first = text_[begin];
    if (at_ - begin > max_name_bytes)
      return refuse({source_, begin, at_}, fmt::format("a {} of more than {} letters", first >= '0' && first <= '9' ? "number" : "name", max_name_bytes), "too long");
    const bool joins = is_operator(text_.substr(begin, at_ - begin));
    if (after_operand_ && !joins) separate();
    token(begin);
    after_operand_ = !joins;
  }

  void sign(uint32_t begin, char c) {
    const bool compares = c == '=' && (next() == '=' || (begin > 0 && std::string_view("=<>!").find(text_[begin - 1]) != std::string_view::npos));
    if (c == ',' || c == ':' || (c == '=' && !compares)) separate();
    token(begin);
  }

  void open(uint32_t begin) {
    token(begin);
    if (++depth_ > max_nesting) return refuse({source_, begin, at_}, fmt::format("brackets are nested more than {} deep", max_nesting), "one too many");
    levels_[depth_] = {};
  }

  void close(uint32_t begin) {
    if (depth_ > 0) {
      separate();
      const uint32_t deepest = levels_[depth_--].deepest;
      levels_[depth_].inner = std::max(levels_[depth_].inner, deepest);
    }
    token(begin);
    after_operand_ = true;
  }

  void separate() {
    Level& level = levels_[depth_];
    level.deepest = std::max(level.deepest, level.run + level.inner);
    level.run = level.inner = 0;
  }

  void token(uint32_t begin) {
    after_operand_ = false;
    Level& level = levels_[depth_];
    if (++level.run + level.inner > max_run)
      return refuse({source_, begin, at_}, fmt::format("an expression of more than {} words and signs", max_run), "too long here",
                    "add up a list with `sum([...])`, or give parts of it names");
    if (++tokens_ > max_tokens) refuse({source_, begin, at_}, fmt::format("this source has more than {} words and signs", max_tokens), "one too many");
  }

  void refuse(Span span, std::string message, std::string label, std::optional<std::string> help = {}) {
    if (ok_) sink_.add({Code::too_large, span, std::move(message), std::move(label), {}, {}, std::move(help)});
    ok_ = false;
  }

  std::string_view text_;
  SourceId source_;
  uint32_t at_;
  DiagSink& sink_;
  bool ok_ = true;
  bool after_operand_ = false;
  uint32_t tokens_ = 0;
  uint32_t depth_ = 0;
  std::array<Level, max_nesting + 2> levels_ = {};
};

}  // namespace

bool within_limits(const SourceMap& sources, SourceId source, DiagSink& sink) {
  const std::string_view text = sources.text(source);
  if (text.size() > max_source_bytes) {
    sink.add({Code::too_large, {source, 0, 0}, fmt::format("this source has more than {} MiB", max_source_bytes >> 20)});
    return false;
  }
  return is_text(text, source, sink) && within_limits(sources, Span{source, 0, static_cast<uint32_t>(text.size())}, sink);
}

bool within_limits(const SourceMap& sources, Span expression, DiagSink& sink) { return Scan(sources.text(expression.source), expression, sink).run(); }

}  // namespace llmsys
