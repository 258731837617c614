#include "compiler/syntax/image.h"

#include <cassert>
#include <concepts>
#include <type_traits>

#include "compiler/syntax/fields.h"

namespace llmsys {

namespace {

template <class T>
concept Numeral = (std::integral<T> || std::is_enum_v<T>) && sizeof(T) <= sizeof(uint32_t);

/// What ids and places are relative to.
struct Base {
  SyntaxSize first;
  FileId file;
  SourceId source;
  std::string_view text;

  uint32_t of(TypeExprId) const { return first.types; }
  uint32_t of(ExprId) const { return first.exprs; }
  uint32_t of(DeclId) const { return first.decls; }
  uint32_t of(FileId) const { return file.index; }
};

/// Numbers in groups of seven bits, the lowest first.
class Writer {
 public:
  explicit Writer(Base base) : base_(base) {}
  std::string take() { return std::move(out_); }

  void pass(Numeral auto& value) { number(static_cast<uint32_t>(value)); }
  template <class Tag>
  void pass(Id<Tag>& id) {
    number(id.index - base_.of(id));
  }
  void pass(Span& span) {
    assert(span.source == base_.source && span.begin <= span.end && "a node covers text of its own file");
    number(span.begin);
    number(span.end - span.begin);
  }
  void pass(std::string& text) {
    number(static_cast<uint32_t>(text.size()));
    out_ += text;
  }
  void pass(std::string_view& text) {
    assert(text.data() >= base_.text.data() && text.data() + text.size() <= base_.text.data() + base_.text.size() && "a name lies in the text of its file");
    number(static_cast<uint32_t>(text.data() - base_.text.data()));
    number(static_cast<uint32_t>(text.size()));
  }

 private:
  void number(uint32_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }

  Base base_;
  std::string out_;
};

class Reader {
 public:
  Reader(std::string_view image, Base base) : image_(image), base_(base) {}
  bool at_end() const { return at_ == image_.size(); }

  template <Numeral T>
  void pass(T& value) {
    value = static_cast<T>(number());
  }
  template <class Tag>
  void pass(Id<Tag>& id) {
    id.index = base_.of(id) + number();
  }
  void pass(Span& span) {
    span.source = base_.source;
    span.begin = number();
    span.end = span.begin + number();
  }
  void pass(std::string& text) {
    const uint32_t size = number();
    text = image_.substr(at_, size);
    at_ += size;
  }
  void pass(std::string_view& text) {
    const uint32_t begin = number();
    text = base_.text.substr(begin, number());
  }

 private:
  uint32_t number() {
    uint32_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      assert(at_ < image_.size() && "an image is read as it was written");
      const auto byte = static_cast<unsigned char>(image_[at_++]);
      value |= uint32_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
  }

  std::string_view image_;
  size_t at_ = 0;
  Base base_;
};

// --- a value, either way: a reader fills what a writer leaves as it is -----------------------------------------------------------

template <class Way, class T>
void pass(Way& way, T& value);

template <class Way, class T>
void pass(Way& way, std::vector<T>& list) {
  auto size = static_cast<uint32_t>(list.size());
  way.pass(size);
  list.resize(size);
  for (T& each : list) pass(way, each);
}

template <class Way, class T>
void pass(Way& way, std::optional<T>& maybe) {
  bool given = maybe.has_value();
  way.pass(given);
  if (!given) return;
  if (!maybe) maybe.emplace();
  pass(way, *maybe);
}

template <size_t... indices, class... Nodes>
void choose(std::variant<Nodes...>& node, size_t index, std::index_sequence<indices...>) {
  if (index != node.index()) ((index == indices ? void(node.template emplace<indices>()) : void()), ...);
}

template <class Way, class... Nodes>
void pass(Way& way, std::variant<Nodes...>& node) {
  auto index = static_cast<uint32_t>(node.index());
  way.pass(index);
  choose(node, index, std::index_sequence_for<Nodes...>());
  std::visit([&](auto& chosen) { pass(way, chosen); }, node);
}

template <class Way, class T>
void pass(Way& way, T& value) {
  if constexpr (requires { way.pass(value); }) way.pass(value);
  else std::apply([&](auto&... field) { (pass(way, field), ...); }, fields(value));
}

}  // namespace

std::string write_image(const Syntax& syntax, const SourceMap& sources, FileId file, SyntaxSize first) {
  const SourceId source = syntax[file].source;
  Writer writer({first, file, source, sources.text(source)});
  SyntaxSize count{syntax.type_exprs() - first.types, syntax.exprs() - first.exprs, syntax.decls() - first.decls};
  pass(writer, count);
  const auto table = [&](auto id, uint32_t size) {
    for (const uint32_t end = id.index + size; id.index < end; ++id.index) {
      auto node = syntax[id];   // a writer changes nothing, but passes what could be
      pass(writer, node);
    }
  };
  table(TypeExprId{first.types}, count.types);
  table(ExprId{first.exprs}, count.exprs);
  table(DeclId{first.decls}, count.decls);
  std::vector<DeclId> decls = syntax[file].decls;
  pass(writer, decls);
  return writer.take();
}

FileId read_image(std::string_view image, const SourceMap& sources, SourceId source, Syntax& syntax) {
  const FileId file = syntax.add(File{source, {}});
  Reader reader(image, {{syntax.type_exprs(), syntax.exprs(), syntax.decls()}, file, source, sources.text(source)});
  SyntaxSize count;
  pass(reader, count);
  const auto table = [&]<class Node>(Node, uint32_t size) {
    for (uint32_t i = 0; i < size; ++i) {
      Node node;
      pass(reader, node);
      syntax.add(std::move(node));
    }
  };
  table(ast::TypeExpr{}, count.types);
  table(ast::Expr{}, count.exprs);
  table(ast::Decl{}, count.decls);
  pass(reader, syntax.file(file).decls);
  assert(reader.at_end() && "an image is read as it was written");
  return file;
}

}  // namespace llmsys
