#include "compiler/diag/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/diag/canvas.h"
#include "compiler/diag/repair.h"
#include "compiler/diag/source_line.h"

namespace llmsys {

namespace {

constexpr uint32_t widest_line = 160;
constexpr std::string_view cut = "...";

/// Part of one line with a text that hangs off it; bytes of the line at first, columns once the line is laid out.
struct Mark {
  uint32_t begin = 0;
  uint32_t end = 0;
  Style style = Style::secondary;
  bool primary = false;
  std::string text = {};
};

/// What a frame shows of one source.
struct Section {
  SourceId source;
  Position place;
  std::map<uint32_t, std::vector<Mark>> lines;
};

class Frame {
 public:
  Frame(const SourceMap& sources, const Diagnostic& diagnostic, bool colour);
  std::string text() &&;

 private:
  void headline();
  void add_range(Span span, Mark mark);
  void section(const Section& section, std::string_view arrow);
  void source_line(const Section& section, uint32_t line);
  void remark(std::string_view kind, std::string_view text);
  /// `gutter | rest`
  void row(std::string_view gutter, std::string_view rest);

  const SourceMap& sources_;
  const Diagnostic& diagnostic_;
  bool colour_;
  Style severity_;
  std::vector<Section> sections_;
  size_t gutter_ = 1;
  std::string out_;
};

/// Columns [begin, end) of a line that are shown.
struct Window {
  uint32_t begin, end;
};

Window window_around(const std::vector<Mark>& marks, uint32_t width) {
  if (width <= widest_line) return {0, width + 1};
  uint32_t low = width, high = 0;
  for (const Mark& mark : marks) {
    low = std::min(low, mark.begin);
    high = std::max(high, mark.end);
  }
  if (high - low > widest_line) {  // not all fit: then what matters most
    low = std::ranges::max(marks, {}, &Mark::primary).begin;
    high = low;
  }
  const uint32_t begin = low - std::min(low, (widest_line - (high - low)) / 2);
  return begin + widest_line > width ? Window{width - widest_line, width + 1} : Window{begin, begin + widest_line};
}

std::vector<Mark> to_columns(std::vector<Mark> marks, const SourceLine& line) {
  for (Mark& mark : marks) {
    mark.begin = line.column(mark.begin);
    mark.end = std::max(mark.begin + 1, line.column(mark.end));
  }
  return marks;
}

void move_into(std::vector<Mark>& marks, Window window) {
  const uint32_t shift = window.begin > 0 ? static_cast<uint32_t>(cut.size()) : 0;
  for (Mark& mark : marks) {
    mark.begin = std::clamp(mark.begin, window.begin, window.end - 1) - window.begin + shift;
    mark.end = std::max(mark.begin + 1, std::clamp(mark.end, window.begin, window.end) - window.begin + shift);
  }
}

void underline(Canvas& canvas, const std::vector<Mark>& marks) {
  for (const bool primary : {false, true})
    for (const Mark& mark : marks)
      if (mark.primary == primary) canvas.fill(0, mark.begin, mark.end, primary ? '^' : '-', mark.style);
}

/// Texts hang off their marks, the rightmost one beside it if nothing is in the way, the others one a row from right to left:
/// so a text meets no connector, for those still to come stand left of it.
Canvas draw(std::vector<Mark> marks) {
  Canvas canvas;
  underline(canvas, marks);
  const uint32_t last = std::ranges::max(marks, {}, &Mark::end).end;
  std::erase_if(marks, [](const Mark& mark) { return mark.text.empty(); });
  std::ranges::stable_sort(marks, std::greater{}, &Mark::begin);
  if (!marks.empty() && marks.front().end == last) {
    canvas.write(0, last + 1, marks.front().text, marks.front().style);
    marks.erase(marks.begin());
  }
  for (size_t i = 0; i < marks.size(); ++i)
    for (size_t row = 1; row < i + 2; ++row) canvas.fill(row, marks[i].begin, marks[i].begin + 1, '|', marks[i].style);
  for (size_t i = 0; i < marks.size(); ++i) canvas.write(i + 2, marks[i].begin, marks[i].text, marks[i].style);
  return canvas;
}

Frame::Frame(const SourceMap& sources, const Diagnostic& diagnostic, bool colour)
    : sources_(sources),
      diagnostic_(diagnostic),
      colour_(colour),
      severity_(info(diagnostic.code).severity == Severity::error ? Style::error : Style::warning) {
  add_range(diagnostic.span, {.style = severity_, .primary = true, .text = printable(diagnostic.label)});
  for (const Label& label : diagnostic.labels) add_range(label.span, {.text = printable(label.text)});
  for (const Section& section : sections_) gutter_ = std::max(gutter_, fmt::formatted_size("{}", section.lines.rbegin()->first));
}

/// A range over several lines is shown by its first line, to the end, and its last, where the text hangs.
void Frame::add_range(Span wanted, Mark mark) {
  if (wanted.source.index >= sources_.size()) return;
  const Span span = repaired(sources_, wanted);
  const Position begin = sources_.position(span.source, span.begin);
  const Position end = sources_.position(span.source, std::max(span.begin + 1, span.end) - 1);
  auto found = std::ranges::find(sections_, span.source, &Section::source);
  if (found == sections_.end()) found = sections_.insert(found, {span.source, begin, {}});
  const auto byte_in_line = [&](uint32_t line, uint32_t offset) {
    return offset - static_cast<uint32_t>(sources_.line(span.source, line).data() - sources_.text(span.source).data());
  };
  mark.begin = byte_in_line(begin.line, span.begin);
  mark.end = byte_in_line(end.line, span.end);
  if (end.line > begin.line) {
    const std::string_view first = sources_.line(span.source, begin.line), last = sources_.line(span.source, end.line);
    Mark head = mark;
    head.end = static_cast<uint32_t>(first.size());
    head.text.clear();
    found->lines[begin.line].push_back(std::move(head));
    mark.begin = static_cast<uint32_t>(std::min<size_t>(last.find_first_not_of(" \t"), mark.end));
  }
  found->lines[end.line].push_back(std::move(mark));
}

void Frame::headline() {
  const CodeInfo& code = info(diagnostic_.code);
  out_ += styled(fmt::format("{}[{}]", code.severity == Severity::error ? "error" : "warning", code.id), severity_, colour_);
  out_ += styled(": " + printable(diagnostic_.message), Style::bold, colour_) + "\n";
}

void Frame::row(std::string_view gutter, std::string_view rest) {
  out_ += styled(fmt::format("{:>{}} |", gutter, gutter_), Style::secondary, colour_);
  if (const size_t last = rest.find_last_not_of(' '); last != rest.npos) out_.append(" ").append(rest.substr(0, last + 1));
  out_ += "\n";
}

void Frame::source_line(const Section& section, uint32_t number) {
  const SourceLine line = lay_out(sources_.line(section.source, number));
  const std::string gutter = std::to_string(number);
  const auto found = section.lines.find(number);
  std::vector<Mark> marks = found == section.lines.end() ? std::vector<Mark>{} : to_columns(found->second, line);
  const Window window = marks.empty() ? Window{0, widest_line} : window_around(marks, line.width);
  const bool cut_left = window.begin > 0, cut_right = window.end < line.width;
  row(gutter, fmt::format("{}{}{}", cut_left ? cut : "", line.slice(window.begin, window.end), cut_right ? cut : ""));
  if (marks.empty()) return;
  move_into(marks, window);
  const Canvas canvas = draw(std::move(marks));
  for (size_t i = 0; i < canvas.rows(); ++i) row("", canvas.line(i, colour_));
}

void Frame::section(const Section& section, std::string_view arrow) {
  out_ += fmt::format("{:>{}}{} {}:{}:{}\n", "", gutter_, styled(arrow, Style::secondary, colour_),
                      printable(sources_.name(section.source)), section.place.line, section.place.column);
  if (sources_.text(section.source).empty()) return;   // a file that is empty or can't be read has no lines to show
  row("", "");
  uint32_t before = section.lines.begin()->first;
  for (const auto& [line, marks] : section.lines) {
    if (line == before + 2) source_line(section, line - 1);
    if (line > before + 2) out_ += styled(cut, Style::secondary, colour_) + "\n";
    source_line(section, line);
    before = line;
  }
}

void Frame::remark(std::string_view kind, std::string_view text) {
  const std::string lead =
      fmt::format("{:>{}} {} {}: ", "", gutter_, styled("=", Style::secondary, colour_), styled(kind, Style::bold, colour_));
  const std::string indent(gutter_ + kind.size() + 5, ' ');
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    out_ += (begin == 0 ? lead : indent) + printable(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
}

std::string Frame::text() && {
  headline();
  for (const Section& each : sections_) {
    if (&each != &sections_.front()) row("", "");
    section(each, &each == &sections_.front() ? "-->" : ":::");
  }
  if (!sections_.empty() && (!diagnostic_.notes.empty() || diagnostic_.help)) row("", "");
  for (const std::string& note : diagnostic_.notes) remark("note", note);
  if (diagnostic_.help) remark("help", *diagnostic_.help);
  return std::move(out_);
}

}  // namespace

std::string render_frame(const SourceMap& sources, const Diagnostic& diagnostic, bool colour) {
  return Frame(sources, diagnostic, colour).text();
}

}  // namespace llmsys
