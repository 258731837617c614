// Any text is brought into the one style: it is refused if and only if it has a mistake; what it says and its comments stay (format itself compares them, and
// would give nothing); a second run changes nothing; no line ends in a blank.
//   format_fuzz SECONDS SEED      or, with LLMSYS_FUZZ, a libFuzzer target whose input is the text
#include "compiler/format/format.h"

#include <algorithm>

#include "compiler/syntax/parse.h"
#include "compiler/syntax/words.h"
#include "test/fuzz/random_program.h"
#include "test/fuzz/random_text.h"

namespace llmsys {
namespace {

struct Result {
  std::optional<std::string> text;
  bool mistakes;
};

Result formatted(std::string text) {
  SourceMap sources;
  DiagSink sink;
  const SourceId source = sources.add("text", std::move(text));
  std::optional<std::string> result = format(sources, source, sink);
  return {std::move(result), sink.has_errors()};
}

/// What is wrong with how `text` is formatted, or nothing.
std::string check_text(const std::string& text) {
  const Result once = formatted(text);
  if (once.mistakes) return once.text ? "a text with a mistake was formatted" : "";
  if (!once.text) return "what it says would change";
  if (once.text->find(" \n") != std::string::npos || once.text->find("\n\n\n") != std::string::npos) return *once.text + "\nhas blanks too many";
  const Result twice = formatted(*once.text);
  if (twice.text != once.text) return *once.text + "\nis changed by a second run:\n" + twice.text.value_or("nothing");
  return {};
}

/// The words of a text with other blanks, line breaks and comments between them.
std::string unsettled(Random& random, const std::string& text) {
  SourceMap sources;
  const SourceId source = sources.add("text", text);
  const uint64_t rare = 1 + below(random, 40);   // wild, or hardly changed
  std::string result;
  uint32_t at = 0;
  for (const Word& word : words(sources, source)) {
    const std::string_view between = sources.text(source).substr(at, word.span.begin - at);
    const bool changed = (!between.empty() || below(random, 4) == 0) && below(random, rare) == 0;
    static constexpr std::string_view blanks[] = {" ", "  ", "     ", "\t", "\n", "\n    ", "\n\n\n  ", "  // why\n", " \r\n       ", "\n/// doc\n  "};
    result += changed ? any_of(random, blanks) : between;
    result += sources.text(word.span);
    at = word.span.end;
  }
  return result + std::string(sources.text(source).substr(at));
}

[[maybe_unused]] std::string check_seed(uint64_t seed) {
  static const std::vector<std::string> known = known_texts();
  Random random(seed);
  std::string text;
  switch (below(random, 8)) {
    case 0: text = random_bytes(random); break;
    case 1: text = random_words(random); break;
    case 2: text = changed_text(random); break;
    case 3:
    case 4: text = unsettled(random, any_of(random, known)); break;
    default: text = unsettled(random, RandomProgram(random).text()); break;
  }
  std::string wrong = check_text(text);
  return wrong.empty() ? wrong : text + "\n" + wrong;
}

}  // namespace
}  // namespace llmsys

#ifdef LLMSYS_FUZZ
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return llmsys::take(llmsys::check_text({reinterpret_cast<const char*>(data), size})); }
#else
int main(int argc, char** argv) { return llmsys::run_seeds(argc, argv, llmsys::check_seed); }
#endif
