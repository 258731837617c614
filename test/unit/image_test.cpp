// An image gives back what was parsed: of each module of the library, and of the texts of the parser's own tests, which hold every construct.
#include "compiler/syntax/image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/syntax/parse.h"
#include "stdlib/embedded.h"

namespace llmsys {
namespace {

/// A program that has read another file before, so that ids and sources do not start at 0.
struct Read {
  SourceMap sources;
  Syntax syntax;
  DiagSink sink;
  SyntaxSize first;
  FileId file{};

  explicit Read(const std::string& before) {
    if (!before.empty()) parse(sources, sources.add("before", before), syntax, sink);
    first = {syntax.type_exprs(), syntax.exprs(), syntax.decls()};
  }
  Read& parsed(const std::string& text) {
    file = parse(sources, sources.add("text", text), syntax, sink);
    return *this;
  }
  Read& read(std::string_view image, const std::string& text) {
    file = read_image(image, sources, sources.add("text", text), syntax);
    return *this;
  }
  std::string image() const { return write_image(syntax, sources, file, first); }
  std::string dump() const { return dump_ast(syntax, sources, file, ""); }
};

constexpr const char* other = "unit m, s : 1\nkind tank { size: Data? per case }\nlet a = 1 m / 2 s + sum([x for x in 1..3])\n";

void expect_same(const std::string& text) {
  const std::string image = Read("").parsed(text).image();
  const std::string dump = Read("").parsed(text).dump();
  EXPECT_EQ(Read(other).parsed(text).image(), image);   // nothing in it depends on what was read before
  for (const char* before : {"", other}) {
    Read there(before);
    there.read(image, text);
    EXPECT_EQ(there.image(), image);
    EXPECT_EQ(there.dump(), dump);
    EXPECT_EQ(there.syntax.exprs(), Read(before).parsed(text).syntax.exprs());
    for (DeclId decl : there.syntax[there.file].decls) {
      EXPECT_EQ(there.syntax[decl].file, there.file);
      EXPECT_EQ(there.syntax[decl].span.source, there.syntax[there.file].source);
    }
  }
}

TEST(Image, OfEachModuleIsWhatItsTextGives) {
  ASSERT_EQ(embedded_stdlib().size(), embedded_stdlib_syntax().size());
  for (size_t i = 0; i < embedded_stdlib().size(); ++i) {
    const EmbeddedFile &text = embedded_stdlib()[i], &image = embedded_stdlib_syntax()[i];
    EXPECT_EQ(text.name, image.name);
    EXPECT_EQ(Read("").parsed(std::string(text.text)).image(), image.text) << text.name;
    expect_same(std::string(text.text));
  }
}

TEST(Image, OfEveryConstruct) {
  size_t files = 0;
  for (const char* folder : {"examples", "stdlib", "test/parse", "test/check", "test/elaborate"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(LLMSYS_SOURCES) / folder)) {
      if (entry.path().extension() != ".llmsys") continue;
      SCOPED_TRACE(entry.path().string());
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      expect_same(text.str());
      ++files;
    }
  EXPECT_GT(files, 100u);
}

}  // namespace
}  // namespace llmsys
