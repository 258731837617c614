// The page is a frame of html, runtime/report/page as bundled when this was built, and the data as JSON in a script element:
//   { title, command, version, sources: [{ name, text }], studies: [{ study, title, columns, rows, left_out, totals, plots }] }
// Rows are those of `--format json`; a column says besides how it is shown: value in the plain unit / shown.scale, with shown.decimals, in shown.unit;
// 1 in the plain unit is `base` base units. `derivations`, of the first rows, is an array of JSON, deflated and in base 64: much is said in each row again.
#include "runtime/report/write_page.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "cmake/embedded_file.h"
#include "runtime/report/json.h"
#include "runtime/report/number.h"

namespace llmsys {

std::span<const EmbeddedFile> embedded_page();

namespace {

constexpr size_t most_rows = 10'000;              // of a study; more would neither be read nor be drawn in a moment
constexpr size_t most_explained = 300;            // of a study
constexpr size_t most_bytes = size_t{2} << 20;    // of all rows, with how they came about

std::string_view part(std::string_view name) {
  const auto parts = embedded_page();
  const auto found = std::ranges::find(parts, name, &EmbeddedFile::name);
  return found == parts.end() ? std::string_view{} : found->text;
}

/// For a script element, which would end at `</script`.
std::string in_script(std::string text) {
  for (size_t at = 0; (at = text.find('<', at)) != std::string::npos; at += 6) text.replace(at, 1, "\\u003c");
  return text;
}

std::string in_html(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '<') result += "&lt;";
    else if (c == '&') result += "&amp;";
    else result += c;
  }
  return result;
}

std::string in_base_64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t three = 0;
    for (size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string bytes(size, '\0');
  compress2(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), Z_BEST_COMPRESSION);   // has room: it can't fail
  bytes.resize(size);
  return bytes;
}

std::string list(const std::vector<std::string>& items) { return fmt::format("[{}]", fmt::join(items, ", ")); }

/// Without what must not be told. A reason is told as it is written, without its values.
std::string redacted(std::string text, const Redaction& redaction) {
  for (const auto& [name, stand_in] : redaction.names) {
    for (size_t at = 0; !name.empty() && (at = text.find(name, at)) != std::string::npos; at += stand_in.size()) text.replace(at, name.size(), stand_in);
  }
  return text;
}

Sweep redacted(Sweep sweep, const Redaction& redaction) {
  const auto clean = [&](std::string& text) { text = redacted(std::move(text), redaction); };
  const auto clean_column = [&](Column& column) {
    clean(column.title);
    if (!column.labels) return;
    auto labels = *column.labels;
    for (std::string& label : labels) clean(label);
    column.labels = std::make_shared<const std::vector<std::string>>(std::move(labels));
  };
  clean(sweep.name);
  clean(sweep.title);
  for (Column& column : sweep.axes) clean_column(column);
  for (Phase& phase : sweep.phases) std::ranges::for_each(phase.columns, clean_column);
  for (Reason& reason : sweep.reasons) clean(reason.site);
  sweep.tell = [reasons = sweep.reasons](uint32_t reason, uint64_t) { return reasons[reason].site; };
  for (Picture& picture : sweep.pictures)
    for (Mark& mark : picture.marks)
      for (Mark::Argument& argument : mark.arguments) clean(argument.text);
  return sweep;
}

bool is_secret(double value, bool has_unit, const Redaction& redaction) {
  return redaction.numbers.contains({value, has_unit});
}

double plain_scale(const Column& column) { return column.units[column.plain_unit].scale; }

class PageWriter : public Writer {
 public:
  PageWriter(Write write, PageHead head) : write_(std::move(write)), head_(std::move(head)) {}

  bool begin(const Sweep& sweep) override {
    redacted_ = llmsys::redacted(sweep, head_.redaction);
    sweep_ = head_.redaction.empty() ? &sweep : &redacted_;
    fields_ = fields_of(*sweep_);
    hidden_.clear();
    for (const Field& field : fields_of(sweep)) hidden_.push_back(std::ranges::find(head_.redaction.columns, field.column->title) != head_.redaction.columns.end());
    names_ = names_of(fields_, {"infeasible"});
    values_.assign(fields_.size(), {});
    rows_.clear();
    derivations_.clear();
    left_out_ = 0;
    return true;
  }
  bool row(const Row& given) override {
    if (rows_.size() >= most_rows || bytes_ >= most_bytes) return ++left_out_, true;
    const Row row = head_.redaction.empty() ? given : redacted(given);
    rows_.push_back(json_row(*sweep_, fields_, names_, row));
    bytes_ += rows_.back().size();
    if (head_.explain && derivations_.size() < most_explained) derivations_.push_back(head_.explain(*sweep_, row));
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (has(row, fields_[i]) && !std::isnan(value_of(row, fields_[i]))) values_[i].push_back(value_of(row, fields_[i]));
    }
    return true;
  }
  bool end(const Totals& given) override {
    Totals totals = given;
    totals.by_reason.clear();
    for (const auto& [site, count] : given.by_reason) totals.by_reason[llmsys::redacted(site, head_.redaction)] += count;
    std::vector<std::string> columns, plots;
    for (size_t i = 0; i < fields_.size(); ++i) columns.push_back(column(i));
    for (const Picture& picture : sweep_->pictures) plots.push_back(plot(picture));
    std::string explained = "null";
    if (std::ranges::any_of(derivations_, [](const std::string& one) { return !one.empty(); })) {
      for (std::string& one : derivations_) one = one.empty() ? "null" : one;
      explained = "\"" + in_base_64(deflated(list(derivations_))) + "\"";
    }
    bytes_ += explained.size();
    if (bytes_ > most_bytes) explained = "null";
    studies_.push_back(fmt::format("{{\"study\": {}, \"title\": {}, \"columns\": {}, \"plots\": {}, \"totals\": {}, \"left_out\": {}, \"derivations\": {},\n\"rows\": [\n{}]}}", quoted(sweep_->name),
                                   quoted(title_of(*sweep_)), list(columns), list(plots), json_totals(totals), left_out_, explained, fmt::join(rows_, ",\n")));
    return true;
  }
  bool finish() override {
    head_.title = llmsys::redacted(head_.title, head_.redaction);
    std::vector<std::string> sources;
    for (const auto& [name, text] : head_.sources) sources.push_back(fmt::format("{{\"name\": {}, \"text\": {}}}", quoted(name), quoted(text)));
    const std::string data = fmt::format("{{\"title\": {}, \"command\": {}, \"version\": {}, \"sources\": {},\n\"studies\": [\n{}\n]}}", quoted(head_.title), quoted(head_.command),
                                         quoted(head_.version), list(sources), fmt::join(studies_, ",\n"));
    return write_(fmt::format("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:\">\n"
                              "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"{}\">\n<title>{}</title>\n<style>\n",
                              in_html(head_.version), in_html(head_.title))) &&
           write_(part("page.css")) && write_("</style>\n<body>\n<noscript>This page needs JavaScript to show its tables.</noscript>\n<script type=\"application/json\" id=\"data\">\n") &&
           write_(in_script(data)) && write_("\n</script>\n<script>\n") && write_("/* With parts of:\n\n") && write_(part("licences.txt")) && write_("*/\n") && write_(part("page.js")) && write_("</script>\n</body>\n</html>\n");
  }

 private:
  /// NaN where a cell must not be told.
  Row redacted(Row row) const {
    for (size_t i = 0; i < fields_.size(); ++i) {
      const Field& field = fields_[i];
      if (!has(row, field)) continue;
      const bool is_told = !hidden_[i] && (field.column->type != Column::Type::number || !is_secret(value_of(row, field), has_unit(*field.column), head_.redaction));
      if (!is_told) (field.is_axis ? row.axes : row.values)[field.index] = std::numeric_limits<double>::quiet_NaN();
    }
    return row;
  }
  static bool has_unit(const Column& column) { return !column.units[0].text.empty(); }

  std::string column(size_t i) const {
    const Column& column = *fields_[i].column;
    const ColumnFormat format = choose_format(column, values_[i]);
    const char* const type = column.type == Column::Type::number ? "number" : column.type == Column::Type::boolean ? "boolean" : "label";
    const UnitChoice& unit = column.units[format.unit];
    return fmt::format("{{\"name\": {}, \"unit\": {}, \"type\": \"{}\", \"axis\": {}, \"base\": {}, \"shown\": {{\"unit\": {}, \"scale\": {}, \"decimals\": {}}}}}", quoted(names_[i]),
                       quoted(column.units[column.plain_unit].text), type, fields_[i].is_axis, shortest(plain_scale(column)), quoted(unit.text), shortest(unit.scale / plain_scale(column)), format.decimals);
  }

  /// The place of a column among the fields.
  size_t place(const TableColumn& column) const {
    const auto first_shown = std::ranges::find(fields_, false, &Field::is_axis);
    if (!column.is_axis) return static_cast<size_t>(first_shown - fields_.begin()) + column.index;
    return static_cast<size_t>(std::ranges::find_if(fields_, [&](const Field& field) { return field.is_axis && field.index == column.index; }) - fields_.begin());
  }

  /// Numbers in the plain units of the picture's own axes, as rows are.
  std::string plot(const Picture& picture) const {
    const auto scale_of = [&](std::string_view axis) {
      for (const Mark::Argument& one : picture.marks[0].arguments) {
        if (one.name == axis && !one.columns.empty()) return plain_scale(*fields_[place(one.columns[0])].column);
      }
      return 1.0;
    };
    std::vector<std::string> marks;
    for (const Mark& mark : picture.marks) {
      std::string text = fmt::format("{{\"mark\": {}", quoted(mark.shape));
      for (const Mark::Argument& one : mark.arguments) {
        std::vector<std::string> items;
        for (const TableColumn& column : one.columns) items.push_back(quoted(names_[place(column)]));
        const double scale = one.name == "x" ? scale_of("x") : one.name == "slope" ? scale_of("y") / scale_of("x") : one.name == "y" || one.name == "peak" ? scale_of("y") : 1;
        for (double number : one.numbers) items.push_back(is_secret(number, true, head_.redaction) || is_secret(number, false, head_.redaction) ? "null" : shortest(number / scale));
        if (!one.text.empty()) items.push_back(quoted(one.text));
        text += fmt::format(", {}: {}", quoted(one.name), list(items));
      }
      marks.push_back(text + "}");
    }
    return list(marks);
  }

  Write write_;
  PageHead head_;
  const Sweep* sweep_ = nullptr;
  Sweep redacted_;
  std::vector<bool> hidden_;   // by field
  std::vector<Field> fields_;
  std::vector<std::string> names_;
  std::vector<std::vector<double>> values_;   // by field, for how its column is shown
  std::vector<std::string> rows_, derivations_, studies_;
  size_t bytes_ = 0;
  uint64_t left_out_ = 0;
};

}  // namespace

std::string why_no_pages() { return std::string(part("missing.txt")); }

std::unique_ptr<Writer> make_page_writer(Write write, PageHead head) { return std::make_unique<PageWriter>(std::move(write), std::move(head)); }

}  // namespace llmsys
