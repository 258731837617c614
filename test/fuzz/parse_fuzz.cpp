// Any bytes are parsed: no crash, no hang; what could not be read has a diagnostic; every span lies in its source; dumps and frames can be made.
//   parse_fuzz SECONDS SEED      or, with LLMSYS_FUZZ, a libFuzzer target whose input is the text
#include <algorithm>

#include "compiler/diag/render.h"
#include "compiler/syntax/parse.h"
#include "test/fuzz/random_text.h"

namespace llmsys {
namespace {

bool lies_inside(const SourceMap& sources, Span span) {
  return span.source.index < sources.size() && span.begin <= span.end && span.end <= sources.text(span.source).size();
}

std::string look_at_spans(const SourceMap& sources, const Syntax& syntax) {
  for (uint32_t i = 0; i < syntax.exprs(); ++i)
    if (!lies_inside(sources, syntax[ExprId{i}].span)) return "an expression lies outside of its source";
  for (uint32_t i = 0; i < syntax.type_exprs(); ++i)
    if (!lies_inside(sources, syntax[TypeExprId{i}].span)) return "a type lies outside of its source";
  for (uint32_t i = 0; i < syntax.decls(); ++i)
    if (!lies_inside(sources, syntax[DeclId{i}].span)) return "a declaration lies outside of its source";
  return {};
}

std::string look_at_diagnostics(const SourceMap& sources, const DiagSink& sink) {
  for (const Diagnostic& diagnostic : sink.sorted()) {
    if (!lies_inside(sources, diagnostic.span)) return "outside of its source: " + diagnostic.message;
    for (const Label& label : diagnostic.labels)
      if (!lies_inside(sources, label.span)) return "outside of its source: " + label.text;
    if (render_frame(sources, diagnostic, false).empty() || render_json(sources, diagnostic).empty()) return "nothing shown: " + diagnostic.message;
  }
  return {};
}

bool has_gaps(const Syntax& syntax) {
  for (uint32_t i = 0; i < syntax.exprs(); ++i)
    if (std::holds_alternative<ast::Bad>(syntax[ExprId{i}].node)) return true;
  for (uint32_t i = 0; i < syntax.decls(); ++i)
    if (std::holds_alternative<ast::Broken>(syntax[DeclId{i}].node)) return true;
  return false;
}

/// What is wrong with how `text` is parsed, or nothing.
std::string check_text(std::string text) {
  SourceMap sources;
  Syntax syntax;
  DiagSink sink;
  const SourceId source = sources.add("text", std::move(text));
  const FileId file = parse(sources, source, syntax, sink);
  if (std::string wrong = look_at_diagnostics(sources, sink); !wrong.empty()) return wrong;
  if (std::string wrong = look_at_spans(sources, syntax); !wrong.empty()) return wrong;
  if (has_gaps(syntax) && !sink.has_errors()) return "something could not be read, and nothing was reported";
  dump_ast(syntax, sources, file, "");
  dump_tokens(sources, source);
  return {};
}

[[maybe_unused]] std::string check_seed(uint64_t seed) {
  Random random(seed);
  std::string text = below(random, 10) == 0 ? random_bytes(random) : below(random, 3) == 0 ? random_words(random) : changed_text(random);
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
