// Numbers in data files: read exactly, with their units, and rounded once, as in source.
#include "compiler/dimension/number.h"
#include "compiler/sema/data_check.h"

namespace llmsys {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }

/// What Python, R and others write where there is no number.
bool is_no_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  for (std::string_view word : {"NaN", "nan", "NAN", "Infinity", "Inf", "inf", "INF", "NA"})
    if (text == word) return true;
  return false;
}

/// Takes a part of a text from its front; offsets count from the begin of the text.
class Front {
 public:
  explicit Front(std::string_view text) : text_(text) { skip_blanks(); }
  uint32_t at() const { return at_; }
  bool done() const { return at_ >= text_.size(); }
  char peek(uint32_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(char c) {
    if (done() || peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  std::string_view take_name() {
    uint32_t begin = at_;
    if (!take('%') && !is_digit(peek()))
      while (is_name(peek())) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view take_number() {
    uint32_t begin = at_;
    while (is_digit(peek()) || peek() == '_' || peek() == '.') ++at_;
    bool sign = peek(1) == '-' || peek(1) == '+';
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign ? 2 : 1)))
      for (at_ += sign ? 2 : 1; is_digit(peek());) ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  uint32_t at_ = 0;
};

}  // namespace

std::optional<Datum> DataCheck::quantity(const DataValue& given, TypeId type_id, Target target) {
  const Dimension dimension = program_.types[type_id].dimension;
  if (std::holds_alternative<DataNumber>(given.node)) {
    std::string_view text = sources_.text(given.span);
    if (!dimension.dimensionless() && !is_no_number(text)) {
      mistake(given.span, told(target) + " is " + quoted(type_id) + ", so it needs a unit", "a number without a unit",
              "write a text, such as `\"" + std::string(text) + " " + example_unit(dimension) + "\"`");
      return {};
    }
    return number(text, given.span, 1, type_id, target);
  }
  if (!std::holds_alternative<std::string>(given.node)) {
    wrong_type(given, type_id, target);
    return {};
  }
  Span inside{given.span.source, given.span.begin + 1, given.span.end - 1};
  size_t errors = checker_.mistakes();
  auto measure = literal(inside);
  if (!measure) {
    if (checker_.mistakes() == errors) wrong_type(given, type_id, target);
    return {};
  }
  if (measure->dimension != dimension) {
    mistake(given.span, told(target) + " must be " + quoted(type_id) + ", found `" + program_.describe(measure->dimension) + "`", "this is `" + program_.describe(measure->dimension) + "`");
    return {};
  }
  return finished(std::move(measure->value), given.span, type_id, target);
}

std::optional<Datum> DataCheck::number(std::string_view text, Span span, const mpq_class& scale, TypeId type, Target target) {
  if (is_no_number(text)) return Datum{DatumAbsent{told(target) + " is `" + std::string(text) + "` in the data"}, span};
  Front front(text);
  bool negative = front.take('-');
  if (!negative) front.take('+');
  std::string_view digits = front.take_number();
  auto exact = front.done() ? parse_exact(digits) : std::nullopt;
  if (!exact) {
    bool out_of_range = front.done() && !digits.empty() && is_digit(digits[0]) && digits.find_first_of("eE") != digits.npos;
    mistake(span, out_of_range ? "this number is too large or too small to be represented" : told(target) + " must be " + quoted(type) + ", found `" + std::string(text) + "`",
            out_of_range ? "outside of 1e-400 to 1e400" : "not a number");
    return {};
  }
  return finished((negative ? mpq_class(-*exact) : *exact) * scale, span, type, target);
}

std::optional<Datum> DataCheck::finished(mpq_class exact, Span span, TypeId type, Target target) {
  static const mpq_class most("9007199254740992");
  if (program_.types[type].count && (exact.get_den() != 1 || exact < 0 || exact > most)) {
    mistake(span, told(target) + " must be a whole number from 0 to 2^53", "not a `Count`");
    return {};
  }
  double value = round_once(exact);
  if (value - value != 0) {
    mistake(span, "this number is too large to be represented", "over 1e308 in base units");
    return {};
  }
  return Datum{value, span};
}

std::optional<DataCheck::Measure> DataCheck::literal(Span span) {
  Front front(sources_.text(span));
  bool negative = front.take('-');
  auto value = parse_exact(front.take_number());
  front.skip_blanks();
  if (!value || front.done()) return {};
  auto measure = unit({span.source, span.begin + front.at(), span.end});
  if (!measure) return {};
  measure->value *= negative ? mpq_class(-*value) : *value;
  return measure;
}

/// `GB`, `Ki token`, `token/s`, `J/m^2`: names in a row, then those behind `*` and `/`. Nothing, without a message, if it is no unit at all.
std::optional<DataCheck::Measure> DataCheck::unit(Span span) {
  Front front(sources_.text(span));
  Measure result{1, {}};
  for (bool divides = false, in_a_row = true;;) {
    front.skip_blanks();
    uint32_t begin = span.begin + front.at();
    ast::Name name{front.take_name(), {span.source, begin, span.begin + front.at()}};
    if (name.text.empty()) return {};
    int exponent = 1;
    if (front.take('^')) {
      bool negative = front.take('-');
      if (!is_digit(front.peek()) || is_digit(front.peek(2))) return {};
      for (exponent = 0; is_digit(front.peek()) && exponent < 100; front.take(front.peek())) exponent = 10 * exponent + (front.peek() - '0');
      if (negative) exponent = -exponent;
    }
    auto meaning = checker_.unit(name, true);
    if (!meaning) return {};
    if (divides) exponent = -exponent;
    auto scale = power(meaning->scale, exponent);
    auto dimension = meaning->unit->dimension.power({exponent, 1});
    auto product = dimension ? result.dimension.times(*dimension) : std::nullopt;
    if (!scale || !product) return {};
    result.value *= *scale;
    result.dimension = *product;
    front.skip_blanks();
    if (front.done()) return result;
    divides = front.peek() == '/';
    bool operation = front.take('/') || front.take('*');
    if (!operation && !in_a_row) return {};
    in_a_row &= !operation;
  }
}

std::string DataCheck::example_unit(const Dimension& dimension) const {
  uint32_t plain = 0;
  auto choices = program_.units.choices(dimension, plain);
  return choices[plain].text;
}

}  // namespace llmsys
