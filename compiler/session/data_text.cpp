#include "compiler/session/data_text.h"

namespace llmsys {

namespace {

/// Bytes of the UTF-8 character at `text`, 0 if there is none: shortest form, no surrogates, at most U+10FFFF.
uint32_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const uint32_t length = first < 0x80 ? 1 : first >> 5 == 0x6 ? 2 : first >> 4 == 0xE ? 3 : first >> 3 == 0x1E ? 4 : 0;
  if (length < 2) return length;
  if (text.size() < length) return 0;
  uint32_t code_point = first & (0x7Fu >> length);
  for (uint32_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if (next >> 6 != 0x2) return 0;
    code_point = code_point << 6 | (next & 0x3F);
  }
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return code_point < least[length] || code_point > 0x10FFFF || surrogate ? 0 : length;
}

}  // namespace

uint32_t text_begin(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

bool is_plain_text(const SourceMap& sources, SourceId source, DiagSink& sink) {
  const std::string_view text = sources.text(source);
  for (uint32_t at = 0; at < text.size();) {
    const char c = text[at];
    const uint32_t length = character_length(text.substr(at, 4));
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F;
    if (length == 0 || control) {
      sink.add({Code::bad_character, {source, at, at + 1}, length == 0 ? "this byte is not UTF-8" : "a control character", "not a character of a text"});
      return false;
    }
    at += length;
  }
  return true;
}

void append_utf8(std::string& text, uint32_t code_point) {
  const auto add = [&](uint32_t byte) { text += static_cast<char>(byte); };
  if (code_point < 0x80) return add(code_point);
  const uint32_t more = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  constexpr uint32_t head[] = {0, 0xC0, 0xE0, 0xF0};
  add(head[more] | code_point >> (6 * more));
  for (uint32_t i = more; i-- > 0;) add(0x80 | (code_point >> (6 * i) & 0x3F));
}

}  // namespace llmsys
