#include "compiler/session/data.h"
#include "compiler/session/data_text.h"

namespace llmsys {

namespace {

/// By recursive descent; the first mistake ends it, for what follows can't be told.
class JsonReader {
 public:
  JsonReader(const SourceMap& sources, SourceId source, DiagSink& sink) : source_(source), text_(sources.text(source)), at_(text_begin(text_)), sink_(sink) {}

  std::optional<DataValue> run() {
    std::optional<DataValue> result = value(0);
    skip_blanks();
    if (result && at_ < text_.size()) return refuse("there is more after the value", "JSON is one value");
    return result;
  }

 private:
  std::optional<DataValue> value(uint32_t depth) {
    skip_blanks();
    const uint32_t begin = at_;
    if (depth > max_json_nesting) return refuse("brackets are nested more than 200 deep", "one too many");
    if (take('{')) return object(begin, depth);
    if (take('[')) return list(begin, depth);
    if (peek() == '"') {
      auto read = text();
      if (!read) return {};
      return DataValue{std::move(*read), here(begin)};
    }
    if (peek() == '-' || is_digit(peek())) return number(begin);
    return word(begin);
  }

  std::optional<DataValue> object(uint32_t begin, uint32_t depth) {
    DataObject result;
    skip_blanks();
    if (take('}')) return DataValue{std::move(result), here(begin)};
    do {
      skip_blanks();
      const uint32_t key_begin = at_;
      if (peek() != '"') return refuse("expected a key in quotes", "not a key");
      auto key = text();
      if (!key) return {};
      result.keys.push_back({std::move(*key), here(key_begin)});
      skip_blanks();
      if (!take(':')) return refuse("expected `:` after the key", "no `:` here");
      auto one = value(depth + 1);
      if (!one) return {};
      result.values.push_back(std::move(*one));
      skip_blanks();
    } while (take(','));
    if (!take('}')) return refuse("expected `,` or `}`", "neither of them", begin, "the object begins here");
    return DataValue{std::move(result), here(begin)};
  }

  std::optional<DataValue> list(uint32_t begin, uint32_t depth) {
    std::vector<DataValue> result;
    skip_blanks();
    if (take(']')) return DataValue{std::move(result), here(begin)};
    do {
      auto one = value(depth + 1);
      if (!one) return {};
      result.push_back(std::move(*one));
      skip_blanks();
    } while (take(','));
    if (!take(']')) return refuse("expected `,` or `]`", "neither of them", begin, "the list begins here");
    return DataValue{std::move(result), here(begin)};
  }

  std::optional<std::string> text() {
    const uint32_t begin = at_;
    std::string result;
    for (++at_; peek() != '"';) {
      if (at_ >= text_.size() || peek() == '\n' || peek() == '\r') return unclosed(begin);
      if (peek() != '\\') {
        result += text_[at_++];
        continue;
      }
      if (!escape(result)) return {};
    }
    ++at_;
    return result;
  }

  bool escape(std::string& result) {
    static constexpr std::string_view letters = "\"\\/tnr", meanings = "\"\\/\t\n\r";
    const uint32_t begin = at_++;
    if (const size_t which = letters.find(peek()); which != letters.npos && at_ < text_.size()) {
      result += meanings[which];
      ++at_;
      return true;
    }
    std::optional<uint32_t> code_point = take('u') ? hexadecimal() : std::nullopt;
    if (code_point && *code_point >> 10 == 0x36 && take('\\') && take('u')) {
      const std::optional<uint32_t> low = hexadecimal();
      code_point = low && *low >> 10 == 0x37 ? std::optional(0x10000 + ((*code_point & 0x3FF) << 10) + (*low & 0x3FF)) : std::nullopt;
    }
    const bool surrogate = code_point && *code_point >= 0xD800 && *code_point <= 0xDFFF;
    if (!code_point || surrogate || *code_point < 0x20 || *code_point == 0x7F) {
      sink_.add({Code::bad_data, here(begin), "no character that a text may have", "can't be read"});
      return false;
    }
    append_utf8(result, *code_point);
    return true;
  }

  std::optional<uint32_t> hexadecimal() {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      static constexpr std::string_view digits = "0123456789abcdef";
      const char c = peek();
      const size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      if (digit == digits.npos || at_ >= text_.size()) return {};
      value = value << 4 | static_cast<uint32_t>(digit);
    }
    return value;
  }

  std::optional<DataValue> number(uint32_t begin) {
    take('-');
    if (text_.substr(at_).starts_with("Infinity")) return word(begin);
    const bool zero_first = peek() == '0';
    uint32_t digits = take_digits();
    bool good = digits > 0 && !(zero_first && digits > 1);
    if (take('.')) good &= take_digits() > 0;
    if (take('e') || take('E')) {
      if (!take('-')) take('+');
      good &= take_digits() > 0;
    }
    if (good) return DataValue{DataNumber{}, here(begin)};
    sink_.add({Code::bad_data, here(begin), "this is not a number of JSON", "not a number"});
    return {};
  }

  std::optional<DataValue> word(uint32_t begin) {
    while (is_letter(peek())) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "null") return DataValue{DataNull{}, here(begin)};
    if (word == "true" || word == "false") return DataValue{word == "true", here(begin)};
    if (word == "NaN" || word == "Infinity" || word == "-Infinity") return DataValue{DataNumber{}, here(begin)};
    if (word.empty()) return refuse("expected a value", at_ < text_.size() ? "not a value" : "the file ends here");
    sink_.add({Code::bad_data, here(begin), "`" + std::string(word) + "` is not a value of JSON", "a text needs quotes"});
    return {};
  }

  std::nullopt_t refuse(std::string message, std::string label, std::optional<uint32_t> opened = {}, std::string opened_label = {}) {
    Diagnostic diagnostic{Code::bad_data, {source_, at_, at_ + 1}, std::move(message), std::move(label)};
    if (opened) diagnostic.labels.push_back({{source_, *opened, *opened + 1}, std::move(opened_label)});
    sink_.add(std::move(diagnostic));
    return std::nullopt;
  }
  std::nullopt_t unclosed(uint32_t begin) {
    sink_.add({Code::bad_data, here(begin), "this text is not closed", "no `\"` before the line ends"});
    return std::nullopt;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  uint32_t take_digits() {
    const uint32_t begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ - begin;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  Span here(uint32_t begin) const { return {source_, begin, at_}; }

  SourceId source_;
  std::string_view text_;
  uint32_t at_;
  DiagSink& sink_;
};

}  // namespace

std::shared_ptr<const DataValue> read_json(const SourceMap& sources, SourceId source, DiagSink& sink) {
  if (!is_plain_text(sources, source, sink)) return nullptr;
  std::optional<DataValue> value = JsonReader(sources, source, sink).run();
  return value ? std::make_shared<const DataValue>(std::move(*value)) : nullptr;
}

}  // namespace llmsys
