// Where lines begin. A bracket at the end of its line sets its contents one step further in; a line that goes on with what the one before began stands one
// step further in than that, or below the word of it that it stood below.
#include "compiler/format/lines.h"

namespace llmsys {

namespace {

constexpr uint32_t step = 2;
constexpr uint32_t none = UINT32_MAX;

/// A place lines begin at: as written and as it will be.
struct Level {
  uint32_t column, indent;
};
/// A bracket whose contents have lines of their own; the first is the file.
struct Block {
  uint32_t opener = none;
  uint32_t base = 0;
  std::vector<Level> levels = {};   // of the item being read, from its first line to the last that went on
};

bool is_any(const Piece& piece, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words)
    if (piece.is(word)) return true;
  return false;
}

class Indenter {
 public:
  explicit Indenter(Lines& lines) : lines_(lines), pieces_(lines.pieces) {}

  void run() {
    uint32_t comments = 0;   // lines of comments only, which stand as the next one does
    for (uint32_t i = 0; i < lines_.lines.size(); ++i) {
      Line& line = lines_.lines[i];
      if (pieces_[line.begin].is_comment()) {
        ++comments;
        continue;
      }
      const bool closes = pieces_[line.begin].closes;
      const uint32_t inside = blocks_.back().base;
      line.indent = indent(i, i - comments);
      for (; comments > 0; --comments) lines_.lines[i - comments].indent = closes ? inside : line.indent;
      place(line);
    }
  }

 private:
  uint32_t indent(uint32_t index, uint32_t first_comment) {
    const Line& line = lines_.lines[index];
    const Piece& first = pieces_[line.begin];
    if (first.closes) {
      uint32_t last = line.begin;
      while (last + 1 < line.end && pieces_[last + 1].closes) ++last;
      return line_indents_[pieces_[last].opener];
    }
    Block& block = blocks_.back();
    const bool inside = open_.empty() ? block.opener == none : open_.back() == block.opener;
    const bool brace = block.opener == none || pieces_[block.opener].is("{");
    const Piece* before = visible_before(line.begin);
    const bool begins = inside && (brace ? first.item || before == nullptr : before->is(",") || before == &pieces_[block.opener]);
    if (begins || block.levels.empty()) {
      block.levels = {{first.column, block.base}};
      return block.base;
    }
    const uint32_t below = index == first_comment && index > 0 ? anchor(lines_.lines[index - 1], first.column) : none;
    while (block.levels.size() > 1 && block.levels.back().column > first.column) block.levels.pop_back();
    if (below != none) {
      block.levels.push_back({first.column, below});
    } else if (block.levels.back().column < first.column || (block.levels.size() == 1 && brace)) {   // in a brace it is never mistaken for an item
      block.levels.push_back({first.column, block.levels.back().indent + step});
    }
    return block.levels.back().indent;
  }

  const Piece* visible_before(uint32_t at) const {
    while (at > 0 && pieces_[at - 1].is_comment()) --at;
    return at > 0 ? &pieces_[at - 1] : nullptr;
  }

  /// The word of a line that something below it may stand below: the first of a bracket or of a clause, a sign, a branch.
  uint32_t anchor(const Line& line, uint32_t column) const {
    for (uint32_t i = line.begin + 1; i < line.end; ++i) {
      const Piece& piece = pieces_[i];
      if (piece.column != column || piece.is_comment()) continue;
      const Piece& before = pieces_[i - 1];
      const bool sign = is_any(piece, {"=", "=>", "if", "then", "else"});
      const bool first = before.opens() || is_any(before, {"=", "=>", "->", ",", "show", "summarise", "expect", "require", "where", "pareto", "best", "in", "from", "ignore", ":"});
      return sign || first ? piece.new_column : none;
    }
    return none;
  }

  /// The new columns of a line's pieces, and the brackets it leaves open.
  void place(const Line& line) {
    uint32_t column = line.indent;
    for (uint32_t i = line.begin; i < line.end; ++i) {
      Piece& piece = pieces_[i];
      column += i > line.begin ? piece.gap : 0;
      piece.new_column = column;
      column += width(piece.text) + (piece.comma ? 1 : 0);
      if (piece.closes) {
        if (blocks_.back().opener == open_.back()) blocks_.pop_back();
        open_.pop_back();
      }
      if (!piece.opens()) continue;
      open_.push_back(i);
      line_indents_.resize(i + 1);
      line_indents_[i] = line.indent;
      if (piece.hanging) blocks_.push_back({i, line.indent + step});
    }
  }

  Lines& lines_;
  std::vector<Piece>& pieces_;
  std::vector<Block> blocks_ = {Block{}};
  std::vector<uint32_t> open_;           // all brackets
  std::vector<uint32_t> line_indents_;   // of the line of an opening bracket, by piece
};

}  // namespace

void set_indents(Lines& lines) { Indenter(lines).run(); }

}  // namespace llmsys
