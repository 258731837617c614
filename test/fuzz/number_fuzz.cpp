// Numbers and units as text: what is printed in full reads back as the same double; what is printed for people is near it and never `inf` or `nan`;
// a unit that is printed reads back as the same unit.
//   number_fuzz SECONDS SEED      or, with LLMSYS_FUZZ, a libFuzzer target whose input is the seed
#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/dimension/number.h"
#include "compiler/session/session.h"
#include "runtime/report/number.h"
#include "test/fuzz/seeds.h"

namespace llmsys {
namespace {

double random_number(Random& random) {
  switch (below(random, 4)) {
    case 0: return static_cast<double>(below(random, 100'000)) / static_cast<double>(1 + below(random, 1000));
    case 1: return std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(below(random, 120)) - 110) * (random() & 1 ? 1 : -1);
    case 2: return static_cast<double>(random() >> below(random, 64));
    default: {
      const uint64_t bits = random();
      double value;
      std::memcpy(&value, &bits, sizeof value);
      return std::isfinite(value) ? value : 0;
    }
  }
}

std::optional<double> read(const std::string& text) {
  const std::string number = text.substr(0, text.find(' '));
  const auto value = parse_exact(number);
  return value ? std::optional(round_once(*value)) : std::nullopt;
}

/// A value printed with at least three digits differs from it by half a unit of the last of them at most.
bool is_near(double seen, double value) { return seen == value || std::abs(seen - value) <= 0.006 * std::abs(value); }

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

std::string check_number(double value) {
  const std::string full = shortest(value);
  const auto back = read(full);
  if (!back || (!same_bits(*back, value) && value != 0)) return full + " does not read back";
  if (std::strtod(full.c_str(), nullptr) != value) return full + " reads back otherwise elsewhere";
  const std::string text = readable(value);
  const auto near = read(text);
  if (!near || !is_near(*near, value)) return full + " is shown as " + text;
  return {};
}

const Session& library() {
  static const std::unique_ptr<Session> session = open_text("import std/units\n", {});
  return *session;
}

Dimension random_dimension(Random& random) {
  Dimension result;
  const auto bases = static_cast<BaseDimension>(7);
  for (uint64_t factors = 1 + below(random, 3); factors > 0; --factors) {
    const auto power = Dimension::of(static_cast<BaseDimension>(below(random, bases))).power({static_cast<int>(below(random, 5)) - 2, 1});
    if (auto product = power ? result.times(*power) : std::nullopt) result = *product;
  }
  return result;
}

std::string check_with_units(double value, const std::vector<UnitChoice>& units) {
  for (const UnitChoice& unit : units) {
    const std::string text = with_unit(value, {unit});
    if (text.find("inf") == 0 || text.find("nan") == 0 || text.find("-inf") == 0) return text + " for " + shortest(value);
    const double number = value / unit.scale;
    const auto near = read(text);
    if (std::isnormal(number) && (!near || !is_near(*near, number))) return shortest(value) + " is shown as " + text;
  }
  const std::string text = with_unit(value, units);
  return text.empty() || text.find("inf") == 0 || text.find("nan") == 0 ? "shown as " + text : std::string();
}

/// `1 UNIT` in a source has the unit's dimension and scale.
std::string check_units(const Dimension& dimension, const std::vector<UnitChoice>& units) {
  std::string text = "import std/units\nlet x = [";
  for (const UnitChoice& unit : units) text += (unit.text.starts_with("1/") ? "" : "1 ") + unit.text + ", ";
  const auto session = open_text(text + "]\n", {});
  const Program& program = session->program;
  if (!program.ok) return text + "] is not understood";
  const auto& let = std::get<ast::Let>(session->syntax[session->syntax[session->main].decls.back()].node);
  const std::vector<ExprId>& values = std::get<ast::List>(session->syntax[let.value].node).elements;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto* constant = std::get_if<ConstantRef>(&program.ref(values[i]));
    if (program.types[program.type(values[i])].dimension != dimension) return units[i].text + " has another dimension";
    if (!constant || constant->value != units[i].scale) return units[i].text + " has another scale";
  }
  return {};
}

std::string check_seed(uint64_t seed) {
  Random random(seed);
  for (int i = 0; i < 200; ++i)
    if (std::string wrong = check_number(random_number(random)); !wrong.empty()) return wrong;
  const Dimension dimension = random_dimension(random);
  uint32_t plain_unit = 0;
  const std::vector<UnitChoice> units = library().program.units.choices(dimension, plain_unit);
  if (plain_unit >= units.size()) return "no plain unit";
  for (int i = 0; i < 50; ++i)
    if (std::string wrong = check_with_units(random_number(random), units); !wrong.empty()) return wrong;
  return dimension.dimensionless() ? std::string() : check_units(dimension, units);
}

}  // namespace
}  // namespace llmsys

#ifdef LLMSYS_FUZZ
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return llmsys::take(llmsys::check_seed(llmsys::seed_of(data, size))); }
#else
int main(int argc, char** argv) { return llmsys::run_seeds(argc, argv, llmsys::check_seed); }
#endif
