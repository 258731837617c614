#include <algorithm>

#include "compiler/session/data.h"
#include "compiler/session/data_text.h"

namespace llmsys {

namespace {

class CsvReader {
 public:
  CsvReader(const SourceMap& sources, SourceId source, DiagSink& sink) : source_(source), text_(sources.text(source)), at_(text_begin(text_)), sink_(sink) {}

  std::optional<DataValue> run() {
    const uint32_t begin = at_;
    DataTable table;
    uint32_t end = begin;
    skip_empty_lines();
    if (!header(table, end)) return {};
    for (skip_empty_lines(); at_ < text_.size(); skip_empty_lines())
      if (!row(table)) return {};
    return DataValue{std::move(table), {source_, begin, end}};
  }

 private:
  bool header(DataTable& table, uint32_t& end) {
    if (at_ >= text_.size()) {
      sink_.add({Code::bad_data, {source_, at_, at_}, "this csv file has no header", "nothing is in it"});
      return false;
    }
    auto cells = line();
    if (!cells) return false;
    for (const DataCell& cell : *cells) table.columns.push_back(column(cell));
    end = cells->back().span.end;
    return true;
  }

  /// `latency [us]`: the name, and the unit in brackets.
  DataKey column(const DataCell& cell) const {
    Span span = trimmed(cell.span);
    DataKey key{std::string(text(span)), span};
    const size_t open = key.text.rfind('[');
    if (open == key.text.npos || open == 0 || key.text.back() != ']') return key;
    const auto offset = static_cast<uint32_t>(open);
    key.unit = trimmed({source_, span.begin + offset + 1, span.end - 1});
    key.span = trimmed({source_, span.begin, span.begin + offset});
    key.text = text(key.span);
    return key;
  }

  bool row(DataTable& table) {
    const uint32_t begin = at_;
    auto cells = line();
    if (!cells) return false;
    const Span span{source_, begin, std::max(begin + 1, cells->back().span.end + (cells->back().quoted ? 1 : 0))};
    if (cells->size() != table.columns.size()) {
      sink_.add({Code::bad_data, span, "this row has " + counted(cells->size(), "cell") + ", the header has " + counted(table.columns.size(), "column"), "row " + std::to_string(table.rows.size() + 1)});
      return false;
    }
    cells_ += cells->size();
    if (cells_ > max_csv_cells) {
      sink_.add({Code::too_many, span, "this csv file has more than 10000000 cells", "one row too many"});
      return false;
    }
    table.rows.push_back({span, std::move(*cells)});
    return true;
  }

  /// The cells up to the end of the line, and past it.
  std::optional<std::vector<DataCell>> line() {
    std::vector<DataCell> cells;
    do {
      auto one = peek() == '"' ? quoted_cell() : plain_cell();
      if (!one) return {};
      cells.push_back(*one);
    } while (take(','));
    take('\r');
    take('\n');
    return cells;
  }

  std::optional<DataCell> plain_cell() {
    const uint32_t begin = at_;
    while (at_ < text_.size() && !is_end(peek())) ++at_;
    return DataCell{trimmed({source_, begin, at_})};
  }

  std::optional<DataCell> quoted_cell() {
    const uint32_t begin = at_++;
    for (;; ++at_) {
      if (at_ >= text_.size()) {
        sink_.add({Code::bad_data, {source_, begin, begin + 1}, "this cell is not closed", "no second `\"` follows"});
        return {};
      }
      if (peek() != '"') continue;
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') ++at_;
      else break;
    }
    const DataCell cell{{source_, begin + 1, at_}, true};
    ++at_;
    if (at_ < text_.size() && !is_end(peek())) {
      sink_.add({Code::bad_data, {source_, at_, at_ + 1}, "expected `,` after a cell in quotes", "not a `,`", {{{source_, begin, at_}, "the cell ends here"}}, {}, "a `\"` inside of quotes is written `\"\"`"});
      return {};
    }
    return cell;
  }

  static std::string counted(size_t count, const char* what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); }
  static bool is_end(char c) { return c == ',' || c == '\n' || c == '\r'; }
  std::string_view text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  Span trimmed(Span span) const {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (span.begin < span.end && is_blank(text_[span.begin])) ++span.begin;
    while (span.begin < span.end && is_blank(text_[span.end - 1])) --span.end;
    return span;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_empty_lines() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }

  SourceId source_;
  std::string_view text_;
  uint32_t at_;
  uint64_t cells_ = 0;
  DiagSink& sink_;
};

}  // namespace

std::shared_ptr<const DataValue> read_csv(const SourceMap& sources, SourceId source, DiagSink& sink) {
  if (!is_plain_text(sources, source, sink)) return nullptr;
  std::optional<DataValue> value = CsvReader(sources, source, sink).run();
  return value ? std::make_shared<const DataValue>(std::move(*value)) : nullptr;
}

}  // namespace llmsys
