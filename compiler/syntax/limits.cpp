#include "compiler/syntax/limits.h"

#include <array>

namespace llmsys {

namespace {

bool is_word(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Length of the UTF-8 sequence at `text`, 0 if there is none.
uint32_t utf8_length(std::string_view text) {
  auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto follows = [&](size_t i) { return (at(i) & 0xC0) == 0x80; };
  unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    bool overlong = first == 0xE0 && at(1) < 0xA0, surrogate = first == 0xED && at(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    bool overlong = first == 0xF0 && at(1) < 0x90, beyond = first == 0xF4 && at(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

/// One pass over the bytes: words, texts, comments and brackets are all it tells apart.
class Scan {
 public:
  Scan(std::string_view text, Span part, DiagSink& sink) : text_(text), part_(part), sink_(sink) {}

  bool run() {
    if (text_.size() > max_source_bytes) return refuse(0, 0, Code::too_large, "this source has more than 4 MiB", "");
    while (at_ < text_.size())
      if (!step()) return false;
    return true;
  }

 private:
  bool step() {
    unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (is_word(c)) return word();
    if (c == '"') return text();
    if (c == '/' && next() == '/') return comment();
    if (c == '(' || c == '[' || c == '{') {
      runs_.push_back(0);
      if (runs_.size() > max_nesting + 1) return refuse(at_, at_ + 1, Code::too_large, "brackets are nested more than 200 deep", "one too many");
      return token(1);
    }
    if (c == ')' || c == ']' || c == '}') {
      if (runs_.size() > 1) runs_.pop_back();
      return token(1);
    }
    if (c == ',' || c == '=') runs_.back() = 0;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
      return true;
    }
    return character() && token(0);
  }

  /// One token more in this row; `bytes` of it are still to be stepped over.
  bool token(uint32_t bytes) {
    at_ += bytes;
    if (++tokens_ > max_tokens) return refuse(at_ - 1, at_, Code::too_large, "this source has more than 1000000 words and signs", "one too many");
    if (++runs_.back() > max_run)
      return refuse(at_ - 1, at_, Code::too_large, "an expression of more than 2000 words and signs", "too long here", "add up a list with `sum([...])`, or give parts of it names");
    return true;
  }

  bool word() {
    uint32_t begin = at_;
    while (at_ < text_.size() && is_word(static_cast<unsigned char>(text_[at_]))) ++at_;
    bool number = text_[begin] >= '0' && text_[begin] <= '9';
    if (at_ - begin > max_name_bytes) return refuse(begin, at_, Code::too_large, std::string(number ? "a number" : "a name") + " of more than 256 letters", "too long");
    return token(0);
  }

  bool text() {
    for (++at_; at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n'; ) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      if (!character()) return false;
    }
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
    return token(0);
  }

  bool comment() {
    while (at_ < text_.size() && text_[at_] != '\n')
      if (!character()) return false;
    return true;
  }

  bool character() {
    unsigned char c = static_cast<unsigned char>(text_[at_]);
    uint32_t length = utf8_length(text_.substr(at_, 4));
    if (length == 0) return refuse(at_, at_ + 1, Code::bad_character, "this byte is not UTF-8", "not a character");
    if (c == 0) return refuse(at_, at_ + 1, Code::bad_character, "a NUL byte", "not a character of a text");
    if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F) return refuse(at_, at_ + 1, Code::bad_character, "a control character", "not a character of a text");
    at_ += length;
    return true;
  }

  char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  bool refuse(size_t begin, size_t end, Code code, std::string message, std::string label, std::optional<std::string> help = {}) {
    sink_.add({code, Span{part_.source, part_.begin + static_cast<uint32_t>(begin), part_.begin + static_cast<uint32_t>(end)}, std::move(message), std::move(label), {}, {}, std::move(help)});
    return false;
  }

  std::string_view text_;
  Span part_;
  DiagSink& sink_;
  uint32_t at_ = 0;
  uint32_t tokens_ = 0;
  std::vector<uint32_t> runs_ = {0};   // by nesting: tokens since the last separator
};

}  // namespace

bool within_limits(const SourceMap& sources, SourceId source, DiagSink& sink) {
  return within_limits(sources, Span{source, 0, static_cast<uint32_t>(sources.text(source).size())}, sink);
}

bool within_limits(const SourceMap& sources, Span part, DiagSink& sink) { return Scan(sources.text(part), part, sink).run(); }

}  // namespace llmsys
