// Texts for the compiler to stumble over. In: a random number generator. Out: bytes, words, or a file of the library or of the examples with some changes.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>

#include "stdlib/embedded.h"
#include "test/fuzz/seeds.h"

namespace llmsys {

inline std::vector<std::string> known_texts() {
  std::vector<std::string> texts;
  for (const auto& file : embedded_stdlib()) texts.emplace_back(file.text);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(LLMSYS_EXAMPLES)) {
    if (entry.path().extension() != ".llmsys") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    texts.push_back(text.str());
  }
  std::sort(texts.begin(), texts.end());   // folders have no order of their own
  return texts;
}

/// Words, numbers, strings and marks with what stands between them; joined they are the text again.
inline std::vector<std::string> words_of(const std::string& text) {
  auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at++;
    if (in_word(text[begin])) {
      while (at < text.size() && in_word(text[at])) ++at;
    } else if (text[begin] == ' ') {
      while (at < text.size() && text[at] == ' ') ++at;
    } else if (text[begin] == '"') {
      while (at < text.size() && text[at] != '"' && text[at] != '\n') ++at;
      if (at < text.size() && text[at] == '"') ++at;
    }
    words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

inline const std::vector<std::string_view>& vocabulary_of_texts() {
  static const std::vector<std::string_view> words = {
      "import", "dimension", "unit", "prefixes", "enum", "kind", "fn", "let", "expect", "study", "sweep", "where", "best", "pareto", "top", "summarise", "show",
      "plot", "require", "if", "then", "else", "match", "and", "or", "not", "true", "false", "absent", "for", "in", "mod", "div", "as", "largest", "smallest", "sort",
      "language", "per", "by", "over", "within", "source", "from", "confused", "with", "shown", "zip", "max", "min", "json", "csv", "ignore", "sum", "length", "repeat",
      "{", "}", "[", "]", "(", ")", ",", ":", "=", "=>", "->", "~", "%", "?", "??", ".", "..", "+", "++", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "\n",
      "0", "1", "2", "0.5", "1e308", "1e-400", "9007199254740993", "1e400", "1_000", "s", "B", "GiB", "TB", "FLOP", "token", "Ki", "m", "x", "y", "a", "K", "E", "Time",
      "Data", "Real", "Count", "Bool", "Text", "std/units", "std/liminal", "\"text\"", "\"{x in GiB}\"", "\"{\"", "\"\\", "// c", "/// d", "\xC3\xA9", "\x80", "\t", "\r"};
  return words;
}

inline std::string random_words(Random& random) {
  std::string text = below(random, 2) ? "import std/units\n" : "";
  for (uint64_t count = below(random, 60); count > 0; --count) text += std::string(any_of(random, vocabulary_of_texts())) + (below(random, 5) ? " " : below(random, 2) ? "\n" : "");
  return text;
}

inline std::string random_bytes(Random& random) {
  std::string text;
  const bool printable = below(random, 2);
  for (uint64_t count = below(random, 200); count > 0; --count) text += static_cast<char>(printable ? 32 + below(random, 95) : below(random, 256));
  return text;
}

inline std::string changed_text(Random& random) {
  static const std::vector<std::string> texts = known_texts();
  std::vector<std::string> words = words_of(any_of(random, texts));
  for (uint64_t changes = 1 + below(random, 4); changes > 0; --changes) {
    std::string& word = words[below(random, words.size())];
    switch (below(random, 6)) {
      case 0: word.clear(); break;
      case 1: word += " " + word; break;
      case 2: word = any_of(random, vocabulary_of_texts()); break;
      case 3: std::swap(word, words[below(random, words.size())]); break;
      case 4: word = words[below(random, words.size())]; break;
      default: word.insert(below(random, word.size() + 1), 1, static_cast<char>(below(random, 256))); break;
    }
  }
  std::string text;
  for (const std::string& word : words) text += word;
  return text;
}

}  // namespace llmsys
