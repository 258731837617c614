// Any text goes the whole way: check, elaborate, interpret, print. No crash, no hang; what is not evaluated has a diagnostic; what is printed is finite; the
// interpreter and the JIT print the same.
//   check_fuzz SECONDS SEED      or, with LLMSYS_FUZZ, a libFuzzer target whose input is the text
#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/codegen/jit.h"
#include "compiler/diag/render.h"
#include "compiler/elaborate/elaborate.h"
#include "compiler/session/session.h"
#include "runtime/evaluate.h"
#include "runtime/report/number.h"
#include "test/fuzz/random_program.h"
#include "test/fuzz/random_text.h"

namespace llmsys {
namespace {

constexpr uint64_t most_rows = 3000;

/// Prints every row with all digits.
class Printer : public Sink {
 public:
  bool begin(const Sweep& sweep) override {
    sweep_ = &sweep;
    return true;
  }
  bool row(const Row& row) override {
    text += std::to_string(row.number) + ":";
    if (row.reason != 0) {
      text += " " + sweep_->tell(row.reason - 1, row.number) + "\n";
      return true;
    }
    for (uint32_t column : sweep_->shown) {
      const double value = row.values[column];
      if (!std::isfinite(value)) wrong = "a feasible row with a value that is not finite";
      else text += " " + plain(sweep_->phases.back().columns[column], value);
    }
    text += "\n";
    return true;
  }
  bool end(const Totals& totals) override {
    uint64_t counted = 0;
    for (const auto& [site, count] : totals.by_reason) counted += count;
    if (counted != totals.infeasible) wrong = "reasons do not add up";
    text += std::to_string(totals.shown) + " of " + std::to_string(totals.points) + "\n";
    return true;
  }

  std::string text;
  std::string wrong;

 private:
  const Sweep* sweep_ = nullptr;
};

Printer printed(const Query& query, bool compile, const EvaluateOptions& options) {
  Printer printer;
  std::vector<std::unique_ptr<Kernel>> compiled;
  if (compile) {
    Jitted made = jit(query, {});
    if (auto* error = std::get_if<std::string>(&made)) {
      printer.wrong = *error;
      return printer;
    }
    compiled = std::move(std::get<0>(made));
  }
  const KernelSet set = kernels_of(query, std::move(compiled));
  evaluate(query.sweep, set, printer, options);
  return printer;
}

std::string check_study(Session& session, uint32_t study, bool compile) {
  const size_t before = session.sink.errors();
  const Elaborated elaborated = elaborate(session.program, study, session.sink);
  if (!elaborated.query) return session.sink.errors() > before ? "" : "no query, and nothing was reported";
  if (elaborated.query->sweep.space.rows() > most_rows) return {};
  const Printer interpreter = printed(*elaborated.query, false, {});
  if (!interpreter.wrong.empty() || !compile) return interpreter.wrong;
  const Printer jitted = printed(*elaborated.query, true, {.threads = 2, .chunk = 7});
  if (!jitted.wrong.empty()) return jitted.wrong;
  return jitted.text == interpreter.text ? "" : "interpreter:\n" + interpreter.text + "compiled:\n" + jitted.text;
}

std::string look_at_diagnostics(const Session& session) {
  for (const Diagnostic& diagnostic : session.sink.sorted()) {
    const Span span = diagnostic.span;
    if (span.source.index >= session.sources.size() || span.begin > span.end || span.end > session.sources.text(span.source).size())
      return "outside of its source: " + diagnostic.message;
    if (diagnostic.message.empty() || render_frame(session.sources, diagnostic, true).empty()) return "nothing shown";
  }
  return {};
}

std::string check_text(std::string text, bool compile) {
  const auto session = open_text(std::move(text), {});
  std::string wrong;
  if (!session->program.ok && !session->sink.has_errors()) return "not ok, and nothing was reported";
  if (session->program.ok) {
    for (uint32_t i = 0; i < session->program.studies.size() && wrong.empty(); ++i) wrong = check_study(*session, i, compile);
    for (DeclId decl : session->syntax[session->main].decls)
      if (auto* expect = std::get_if<ast::Expect>(&session->syntax[decl].node)) check_expectation(session->program, *expect, session->sink);
  }
  return wrong.empty() ? look_at_diagnostics(*session) : wrong;
}

[[maybe_unused]] std::string check_seed(uint64_t seed) {
  Random random(seed);
  std::string text = below(random, 4) == 0 ? changed_text(random) : below(random, 10) == 0 ? random_words(random) : RandomProgram(random).text();
  std::string wrong = check_text(text, below(random, 8) == 0);
  return wrong.empty() ? wrong : text + "\n" + wrong;
}

}  // namespace
}  // namespace llmsys

#ifdef LLMSYS_FUZZ
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return llmsys::take(llmsys::check_text({reinterpret_cast<const char*>(data), size}, false)); }
#else
int main(int argc, char** argv) { return llmsys::run_seeds(argc, argv, llmsys::check_seed); }
#endif
