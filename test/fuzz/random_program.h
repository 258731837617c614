// Small programs that are right more often than not, so that elaboration and engines have something to do. In: a random number generator. Out: a text.
#pragma once

#include <map>

#include "test/fuzz/seeds.h"

namespace llmsys {

class RandomProgram {
 public:
  explicit RandomProgram(Random& random) : random_(random) {}

  std::string text() {
    text_ = "import std/units\nenum mode { cost: Real  slow { cost = 1 } fast { cost = 2.5 } }\n";
    kinds();
    functions();
    for (uint64_t i = below(random_, 3); i > 0; --i) {
      text_ += "let g" + std::to_string(i) + " = " + expression('r', 3) + "\n";
      names_['r'].push_back("g" + std::to_string(i));
    }
    instances();
    for (uint64_t i = below(random_, 3); i > 0; --i) expectation("");
    for (uint64_t i = 1 + below(random_, 2); i > 0; --i) study(i);
    return text_;
  }

 private:
  // Types by a letter: r Real, t Time, d Data, b Bool, l list of Real, m mode.
  using Names = std::map<char, std::vector<std::string>>;

  bool chance(uint64_t one_in) { return below(random_, one_in) == 0; }
  std::string number() {
    static constexpr std::string_view numbers[] = {"0", "1", "2", "3", "0.5", "7", "10", "64", "1e3", "1e-3", "1e300", "1e-320", "0.1", "1048576", "2.5"};
    return std::string(any_of(random_, numbers));
  }
  std::string pick(std::initializer_list<std::string_view> options) { return std::string(options.begin()[below(random_, options.size())]); }

  std::string leaf(char type) {
    const auto& known = names_[type];
    if (!known.empty() && !chance(4)) return any_of(random_, known);
    switch (type) {
      case 't': return number() + pick({" s", " us", " ms", " ns"});
      case 'd': return number() + pick({" B", " GiB", " kB", " bit"});
      case 'b': return pick({"true", "false"});
      case 'l': return pick({"[1, 2, 3]", "1..4", "[]", "1..64 by *2", "[0.5]", "divisors(12)", "repeat(2, 3)", "0..3 by 0.5"});
      case 'm': return pick({"mode.slow", "mode.fast"});
      default: return number();
    }
  }

  std::string e(char type, int depth) { return "(" + expression(type, depth - 1) + ")"; }

  std::string expression(char type, int depth) {
    if (depth <= 0 || chance(6)) return leaf(type);
    if (chance(8)) return "if " + e('b', depth) + " then " + e(type, depth) + " else " + e(type, depth);
    if (chance(12)) return e(type, depth) + " ?? " + e(type, depth);
    if (chance(30) && type != 'l' && type != 'm') return pick({"absent \"none\"", "absent \"no {1 + 1}\""});
    if (chance(12)) return "match " + e('m', depth) + " { slow => " + expression(type, depth - 1) + ", fast => " + expression(type, depth - 1) + " }";
    switch (type) {
      case 't':
      case 'd': return quantity(type, depth);
      case 'b': return boolean(depth);
      case 'l': return list(depth);
      case 'm': return "if " + e('b', depth) + " then mode.slow else mode.fast";
      default: return real(depth);
    }
  }

  std::string quantity(char type, int depth) {
    switch (below(random_, 5)) {
      case 0: return e(type, depth) + pick({" + ", " - "}) + e(type, depth);
      case 1: return e(type, depth) + pick({" * ", " / "}) + e('r', depth);
      case 2: return pick({"max(", "min("}) + expression(type, depth - 1) + ", " + expression(type, depth - 1) + ")";
      case 3: return "-" + e(type, depth);
      default: return "sum(" + e(type, depth) + " * v for v in " + e('l', depth) + ")";
    }
  }

  std::string boolean(int depth) {
    switch (below(random_, 4)) {
      case 0: return e('r', depth) + pick({" < ", " <= ", " == ", " != ", " > "}) + e('r', depth);
      case 1: return e('b', depth) + pick({" and ", " or "}) + e('b', depth);
      case 2: return "not " + e('b', depth);
      default: return e('t', depth) + " <= " + e('t', depth);
    }
  }

  std::string list(int depth) {
    switch (below(random_, 6)) {
      case 0: return "[" + expression('r', depth - 1) + ", " + expression('r', depth - 1) + "]";
      case 1: return "[v * " + e('r', depth) + " for v in " + e('l', depth) + "]";
      case 2: return "[v + i for (i, v) in " + e('l', depth) + " if v < " + e('r', depth) + "]";
      case 3: return e('l', depth) + " ++ " + e('l', depth);
      case 4: return "sort " + e('l', depth);
      default: return "1.." + leaf('r');
    }
  }

  std::string real(int depth) {
    switch (below(random_, 14)) {
      case 0: return e('r', depth) + pick({" + ", " - ", " * ", " / "}) + e('r', depth);
      case 1: return e('r', depth) + pick({" mod ", " div ", " ^ "}) + e('r', depth);
      case 2: return e('t', depth) + " / " + e('t', depth);
      case 3: return e('d', depth) + " / " + e('d', depth);
      case 4: return pick({"ceil(", "floor(", "round(", "abs(", "sqrt(", "exp(", "ln(", "log2(", "log10("}) + expression('r', depth - 1) + ")";
      case 5: return pick({"sum(", "max(", "min(", "mean(", "product(", "length("}) + expression('l', depth - 1) + ")";
      case 6: return "sum(v for v in " + e('l', depth) + ")";
      case 7: return e('l', depth) + "[" + leaf('r') + "]";
      case 8: return "largest { a: " + expression('r', depth - 1) + ", b: " + expression('r', depth - 1) + " }.value";
      case 9: return e('m', depth) + ".cost";
      case 10: return "count(v < 2 for v in " + e('l', depth) + ")";
      case 11: return "interpolate([1, 2, 4], [10, 20, 15], " + expression('r', depth - 1) + ")";
      case 12: return functions_ ? "f" + std::to_string(below(random_, functions_)) + "(" + expression('r', depth - 1) + ", " + expression('t', depth - 1) + ")" : leaf('r');
      default: return "choose(" + leaf('r') + ", " + leaf('r') + ")";
    }
  }

  void kinds() {
    text_ += "kind base {\n  n: Count\n  size: Data\n  time: Time = 1 us\n  kind_mode: mode = slow\n  table: Real? per mode\n";
    names_ = {{'r', {"n"}}, {'d', {"size"}}, {'t', {"time"}}, {'m', {"kind_mode"}}};
    for (char type : {'r', 't', 'd'}) {
      const std::string name = std::string("own_") + type;
      text_ += "  " + name + ": " + (type == 'r' ? "Real" : type == 't' ? "Time" : "Data") + " = " + expression(type, 3) + "\n";
      names_[type].push_back(name);
    }
    if (chance(2)) text_ += "  require " + expression('b', 2) + ", \"needs {size in GiB}\"\n";
    text_ += "}\nkind child : base {\n  part: base\n  n = part.n + " + leaf('r') + "\n";
    if (chance(2)) text_ += "  own_t = " + expression('t', 3) + "\n";
    text_ += "}\n";
    names_.clear();
  }

  void functions() {
    for (uint64_t count = below(random_, 3); functions_ < count;) {
      names_ = {{'r', {"x"}}, {'t', {"y"}}};
      text_ += "fn f" + std::to_string(functions_) + "(x: Real, y: Time) -> Real = " + expression('r', 3) + "\n";
      ++functions_;
    }
    names_.clear();
  }

  void instances() {
    text_ += "base First { n = " + leaf('r') + ", size = " + expression('d', 2) + ", table.slow = 2 }\n";
    text_ += "child Second { part = First { n = 4 }, size = " + leaf('d') + (chance(3) ? ", own_r = 3" : "") + " }\n";
    for (const char* object : {"First", "Second"}) know(object);
    names_['r'].push_back("First.table[mode.slow]");
    names_['r'].push_back("First.table.fast");
  }

  void know(const std::string& object) {
    for (const char* field : {".n", ".own_r"}) names_['r'].push_back(object + field);
    for (const char* field : {".size", ".own_d"}) names_['d'].push_back(object + field);
    for (const char* field : {".time", ".own_t"}) names_['t'].push_back(object + field);
    names_['m'].push_back(object + ".kind_mode");
  }

  void expectation(const std::string& indent) {
    text_ += indent + (chance(2) ? "expect " + expression('b', 3) : "expect " + expression('r', 2) + " ~ " + expression('r', 2) + " within " + pick({"0.5", "10 %", "0", "-1"})) + "\n";
  }

  void study(uint64_t number) {
    const Names outer = names_;
    text_ += "study s" + std::to_string(number) + " {\n";
    static constexpr std::string_view domains[] = {"[1, 2, 3]", "1..5", "1..64 by *2", "[0.5, 0, 1e300]", "logspace(1, 100, 4)", "1..200", "[]"};
    std::vector<std::string> axes;
    for (uint64_t i = 0, count = below(random_, 3); i < count; ++i) {
      axes.push_back("x" + std::to_string(i));
      text_ += "  sweep " + axes.back() + " in " + (chance(6) ? expression('l', 2) : std::string(any_of(random_, domains))) + "\n";
      names_['r'].push_back(axes.back());
    }
    if (chance(2)) {
      text_ += "  sweep object in [First, Second, First { n = 7 }, " + pick({"Second { part.n = 2 }", "First { time = 3 s }", "Second"}) + "]\n";
      axes.push_back("object");
      know("object");
    }
    text_ += "  let d = First { n = " + leaf('r') + ", kind_mode = " + pick({"fast", "slow"}) + ", time = " + expression('t', 2) + " }\n";
    know("d");
    if (chance(3)) text_ += "  where " + expression('b', 3) + "\n";
    if (chance(3) && !axes.empty()) text_ += "  best " + pick({"max ", "min "}) + expression('r', 2) + (chance(2) ? " over " + any_of(random_, axes) : "") + "\n";
    if (chance(4)) text_ += "  pareto max " + expression('r', 2) + ", min " + expression('t', 2) + "\n";
    if (chance(5)) text_ += "  top 3 max " + expression('r', 2) + "\n";
    if (chance(5) && !axes.empty()) {
      text_ += "  summarise a = mean(" + expression('r', 2) + "), b = quantile(" + expression('t', 1) + ", 0.9), c = count() over " + any_of(random_, axes) + "\n";
      names_ = outer;
      for (const char* name : {"a", "c"}) names_['r'].push_back(name);
    }
    text_ += "  show " + expression('r', 3) + " as \"r\", " + expression('t', 2) + " in us, " + expression('d', 2) + ", " + expression('b', 2) + "\n";
    if (chance(3)) expectation("  ");
    text_ += "}\n";
    names_ = outer;
  }

  Random& random_;
  std::string text_;
  Names names_;
  uint64_t functions_ = 0;
};

}  // namespace llmsys
