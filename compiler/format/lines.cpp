#include "compiler/format/lines.h"

#include <algorithm>
#include <utility>

namespace llmsys {

namespace {

constexpr uint32_t none = UINT32_MAX;

/// Words as pieces, with what the source has before each.
std::vector<Piece> pieces_of(const SourceMap& sources, const std::vector<Word>& words, const Roles& roles) {
  std::vector<Piece> pieces;
  uint32_t at = 0, column = 0;
  for (const Word& word : words) {
    const std::string_view text = sources.text(word.span.source);
    const std::string_view between = text.substr(at, word.span.begin - at);
    Piece piece{word.kind, text.substr(word.span.begin, word.span.end - word.span.begin)};
    piece.breaks = static_cast<uint32_t>(std::min<size_t>(2, std::count(between.begin(), between.end(), '\n')));
    piece.blanks = static_cast<uint32_t>(between.size());
    const size_t newline = between.rfind('\n');
    column = newline == std::string_view::npos ? column + piece.blanks : static_cast<uint32_t>(between.size() - newline - 1);
    piece.column = column;
    column += width(piece.text);
    piece.item = roles.items.contains(word.span.begin);
    piece.name = roles.names.contains(word.span.begin);
    piece.prefix = roles.prefixes.contains(word.span.begin);
    if (piece.is_comment()) piece.text = piece.text.substr(0, piece.text.find_last_not_of(" \t") + 1);
    pieces.push_back(piece);
    at = word.span.end;
  }
  return pieces;
}

/// Commas that end an item go, and the last one of a list that ends on its line; `comma` says anew where one is needed.
void drop_separators(std::vector<Piece>& pieces) {
  std::vector<Piece> kept;
  uint32_t breaks = 0;
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    uint32_t next = i + 1;
    while (next < pieces.size() && pieces[next].is_comment()) ++next;
    const bool ends_list = i + 1 < pieces.size() && pieces[i + 1].breaks == 0 && (pieces[i + 1].is("]") || pieces[i + 1].is(")"));
    const bool separates = pieces[i].is(",") && (ends_list || (next < pieces.size() && (pieces[next].item || pieces[next].is("}"))));
    if (separates) {
      breaks += pieces[i].breaks;
      continue;
    }
    pieces[i].breaks = std::min(2u, pieces[i].breaks + std::exchange(breaks, 0));
    kept.push_back(pieces[i]);
  }
  pieces = std::move(kept);
}

void match_brackets(std::vector<Piece>& pieces) {
  std::vector<uint32_t> open;
  bool dimensions = false;
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (piece.kind == Word::Kind::mark && (piece.text == "}" || piece.text == "]" || piece.text == ")")) {
      piece.closes = true;
      piece.opener = open.back();
      open.pop_back();
    }
    piece.depth = static_cast<uint32_t>(open.size());
    if (piece.opens()) open.push_back(i);
    if (piece.is("<")) dimensions = dimensions || piece.prefix;
    if (piece.is(">") && std::exchange(dimensions, false)) piece.ends_names = true;
  }
}

/// The body of a declaration that is broken anywhere between its members is broken between all of them, or else its first one would stand with its name.
void open_bodies(std::vector<Piece>& pieces) {
  uint32_t body = none;
  bool has_body = false;
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.item && piece.depth == 0) has_body = !piece.is("let") && !piece.is("expect") && !piece.is("fn");
    if (piece.is("{") && piece.depth == 0) body = has_body ? i : none;
    const bool direct = body != none && (piece.depth == 1 ? piece.item : piece.depth == 0 && piece.is("}"));
    if (direct && piece.breaks > 0) pieces[body + 1].breaks = std::max(1u, pieces[body + 1].breaks);
  }
}

/// Where lines are broken: as in the source, but each declaration begins a line, a brace stays with what is before it, and what a brace that ends a line
/// holds stands on lines of its own. At most one blank line, and none at the edges of a bracket.
void set_breaks(std::vector<Piece>& pieces) {
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    const Piece* before = i > 0 ? &pieces[i - 1] : nullptr;
    if (!before) {
      piece.breaks = 0;
      continue;
    }
    if (before->is_comment()) piece.breaks = std::max(1u, piece.breaks);
    if (piece.is("{") && !before->is_comment()) piece.breaks = 0;
    if (piece.item && piece.depth == 0) piece.breaks = std::max(1u, piece.breaks);
    if (before->opens()) {
      pieces[i - 1].hanging = piece.breaks > 0 || piece.is_comment();
      piece.breaks = std::min(1u, piece.breaks);
    }
    if (piece.is("}") && pieces[piece.opener].hanging) piece.breaks = 1;
    if (piece.closes) piece.breaks = std::min(1u, piece.breaks);
  }
}

void set_commas(std::vector<Piece>& pieces) {
  std::vector<uint32_t> open;
  uint32_t last = none;   // that is no comment
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.is_comment()) continue;
    if (piece.closes) open.pop_back();
    const bool flows = !open.empty() && !pieces[open.back()].hanging;
    bool broken = false;
    for (uint32_t k = last == none ? i : last + 1; k <= i; ++k) broken = broken || pieces[k].breaks > 0;
    if (piece.item && piece.depth > 0 && !pieces[last].opens() && (flows || !broken)) pieces[last].comma = true;
    if (piece.opens()) open.push_back(i);
    last = i;
  }
}

std::vector<Line> cut(const std::vector<Piece>& pieces) {
  std::vector<Line> lines;
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    if (i == 0 || pieces[i].breaks > 0) lines.push_back({i, i, pieces[i].breaks > 1});
    lines.back().end = i + 1;
  }
  return lines;
}

}  // namespace

uint32_t width(std::string_view text) {
  return static_cast<uint32_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

uint32_t offset(const Lines& lines, const Line& line, uint32_t at) {
  uint32_t sum = 0;
  for (uint32_t i = line.begin; i < at; ++i) sum += (i > line.begin ? lines.pieces[i].gap : 0) + width(lines.pieces[i].text) + (lines.pieces[i].comma ? 1 : 0);
  return sum + (at > line.begin && at < line.end ? lines.pieces[at].gap : 0);
}

Lines lines_of(const SourceMap& sources, const std::vector<Word>& words, const Roles& roles) {
  Lines result{pieces_of(sources, words, roles), {}};
  drop_separators(result.pieces);
  match_brackets(result.pieces);
  open_bodies(result.pieces);
  set_breaks(result.pieces);
  set_commas(result.pieces);
  result.lines = cut(result.pieces);
  return result;
}

}  // namespace llmsys
