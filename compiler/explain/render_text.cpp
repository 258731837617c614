// Lines `name = formula = value  // remarks`, parts below their value by two blanks; what goes on from the line above has six.
#include "compiler/explain/derivation.h"

namespace llmsys {

namespace {

size_t columns(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

/// At most so many columns, at a blank if there is one.
std::string_view head_of(std::string_view text, size_t most) {
  if (columns(text) <= most) return text;
  size_t bytes = 0;
  for (size_t count = 0; bytes < text.size(); ++bytes)
    if ((static_cast<unsigned char>(text[bytes]) & 0xC0) != 0x80 && ++count > most) break;
  const size_t blank = text.rfind(' ', bytes);
  return text.substr(0, blank == std::string_view::npos || blank == 0 ? bytes : blank);
}

class Text {
 public:
  explicit Text(size_t width) : width_(width) {}

  void add(const Derivation& value, size_t indent) {
    std::string definition = value.name;
    if (value.name == "require") definition += " " + value.formula;
    else if (value.above || value.folded) definition += " = ...";
    else if (!value.formula.empty()) definition += " = " + value.formula;
    definition += " = " + value.value;

    std::string line = std::string(indent, ' ');
    size_t room = width_ - indent;
    std::string_view rest = definition;
    for (;;) {
      const std::string_view head = head_of(rest, room);
      line += head;
      rest.remove_prefix(head.size());
      if (rest.empty()) break;
      end(line);
      rest.remove_prefix(rest.front() == ' ' ? 1 : 0);
      line = std::string(indent + 6, ' ');
      room = width_ - indent - 6;
    }
    remark(std::move(line), remarks(value), indent);
    for (const Derivation& part : value.parts) add(part, indent + 2);
  }
  void comment(const std::string& text) {
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.starts_with(' ') ? 1 : 0)) {
      const std::string_view head = head_of(rest, width_ - 3);
      end("// " + std::string(head));
      rest.remove_prefix(head.size());
    }
  }

  std::string all;

 private:
  void end(const std::string& line) { all += line + "\n"; }
  /// Behind the line, or on one of its own; what does not fit there is left out.
  void remark(std::string line, const std::string& text, size_t indent) {
    if (text.empty()) return end(line);
    if (columns(line) + columns(text) + 5 <= width_) return end(line + "  // " + text);
    end(line);
    const size_t room = width_ - indent - 9;
    const bool fits = columns(text) <= room;
    end(std::string(indent + 6, ' ') + "// " + std::string(fits ? std::string_view(text) : head_of(text, room - 4)) + (fits ? "" : " ..."));
  }

  size_t width_;
};

}  // namespace

std::string explanation_text(const Explanation& explanation, size_t width) {
  Text text(width);
  text.comment(title(explanation));
  for (const Derivation& value : explanation.values) {
    text.comment(headline(value));
    if (!value.reason.empty()) text.comment(value.reason);
    text.add(value, 0);
  }
  return std::move(text.all);
}

}  // namespace llmsys
