// What the lit tests' frames don't reach: other files, long lines, odd characters, ranges out of bounds, colour, order.
#include "compiler/diag/render.h"

#include <gtest/gtest.h>

#include "compiler/diag/suggest.h"

namespace llmsys {
namespace {

class Render : public testing::Test {
 protected:
  SourceId add(std::string name, std::string text) { return sources.add(std::move(name), std::move(text)); }
  Span at(SourceId source, std::string_view part) const {
    const auto begin = static_cast<uint32_t>(sources.text(source).find(part));
    return {source, begin, begin + static_cast<uint32_t>(part.size())};
  }
  std::string frame(const Diagnostic& diagnostic) const { return std::string("\n").append(render_frame(sources, diagnostic, false)); }

  SourceMap sources;
};

TEST_F(Render, LabelsOfOneLineDoNotMeet) {
  const SourceId a = add("a.llmsys", "let total = size + latency\n");
  const Diagnostic d{Code::dimension_mismatch,
                     at(a, "+"),
                     "can't add `Time` to `Data`",
                     "these differ",
                     {{at(a, "size"), "this is `Data`"}, {at(a, "latency"), "this is `Time`"}},
                     {"first\nsecond"},
                     "divide by a rate"};
  EXPECT_EQ(frame(d), R"(
error[E0301]: can't add `Time` to `Data`
 --> a.llmsys:1:18
  |
1 | let total = size + latency
  |             ---- ^ ------- this is `Time`
  |             |    |
  |             |    these differ
  |             this is `Data`
  |
  = note: first
          second
  = help: divide by a rate
)");
}

TEST_F(Render, OtherFilesHaveTheirOwnPlace) {
  const SourceId a = add("a.llmsys", "let x = 1\n"), b = add("b.llmsys", "1\n2\n3\n4\n5\n6\n7\n8\n9\nlet x = 2\n");
  EXPECT_EQ(frame({Code::duplicate_name, at(a, "x"), "`x` is declared twice", "again here", {{at(b, "x"), "first here"}}}), R"(
error[E0205]: `x` is declared twice
  --> a.llmsys:1:5
   |
 1 | let x = 1
   |     ^ again here
   |
  ::: b.llmsys:10:5
   |
10 | let x = 2
   |     - first here
)");
}

TEST_F(Render, LinesBetweenAreLeftOut) {
  const SourceId a = add("a.llmsys", "kind k {\n  a: 1\n  b: 1\n  c: 1\n}\n");
  EXPECT_EQ(frame({Code::missing_fields, at(a, "c"), "m", "here", {{at(a, "kind k {\n  a: 1\n  b: 1\n  c: 1\n}"), "all of it"}}}), R"(
error[E0401]: m
 --> a.llmsys:4:3
  |
1 | kind k {
  | --------
...
4 |   c: 1
  |   ^ here
5 | }
  | - all of it
)");
}

TEST_F(Render, ColumnsAreThoseOfATerminal) {
  const SourceId a = add("a.llmsys", "\tg\xC3\xB6 \xE6\xBC\xA2 \x1b[31m\xFF x\n");
  EXPECT_EQ(frame({Code::bad_character, at(a, "x"), "m", "here"}), R"(
error[E0102]: m
 --> a.llmsys:1:14
  |
1 |     gö 漢 ?[31m? x
  |                  ^ here
)");
}

TEST_F(Render, LongLinesAreCut) {
  const SourceId a = add("a.llmsys", std::string(500, 'a') + " here " + std::string(500, 'b'));
  const std::string text = frame({Code::unknown_name, at(a, "here"), "m", "this"});
  EXPECT_NE(text.find("1 | ...aaa"), text.npos);
  EXPECT_NE(text.find("bbb...\n"), text.npos);
  const size_t source = text.find("here"), caret = text.find("^^^^ this"), line = text.find('\n', source) + 1;
  EXPECT_EQ(source - text.find("1 | ..."), caret - line);
}

TEST_F(Render, AnyRangeCanBeShown) {
  const SourceId a = add("a.llmsys", "let x = \n\n"), empty = add("empty.llmsys", "");
  EXPECT_NE(frame({Code::unexpected_token, {a, 900, 1000}, "m", "a value is missing"}).find("1:8\n"), std::string::npos);
  EXPECT_NE(frame({Code::unexpected_token, {a, 5, 2}, "m"}).find("1:6\n"), std::string::npos);
  EXPECT_NE(frame({Code::unexpected_token, {empty, 0, 1}, "m"}).find("empty.llmsys:1:1\n"), std::string::npos);
  EXPECT_EQ(frame({Code::unexpected_token, {{77}, 0, 1}, "m"}), "\nerror[E0101]: m\n");
}

TEST_F(Render, ColourOnlyAdds) {
  const SourceId a = add("a.llmsys", "let x = y\n");
  const Diagnostic d{Code::unknown_name, at(a, "y"), "m", "here", {{at(a, "x"), "there"}}, {"n"}, "h"};
  std::string coloured = render_frame(sources, d, true), plain;
  for (size_t i = 0; i < coloured.size(); ++i) {
    while (i < coloured.size() && coloured[i] == '\x1b') i = coloured.find('m', i) + 1;
    if (i < coloured.size()) plain += coloured[i];
  }
  EXPECT_NE(coloured, plain);
  EXPECT_EQ(plain, render_frame(sources, d, false));
}

TEST_F(Render, JsonIsOneLine) {
  const SourceId a = add("a.llmsys", "let x = \xFF\n");
  const std::string json = render_json(sources, {Code::unit_reading, at(a, "x"), "two\nlines \xFF", "", {}, {}, "h", {{at(a, "x"), "y"}}});
  EXPECT_EQ(json.find('\n'), json.npos);
  EXPECT_NE(json.find(R"("severity":"warning")"), json.npos);
  EXPECT_NE(json.find(R"("fixes":[{"file":"a.llmsys","line":1,"column":5,"end_line":1,"end_column":6,"replacement":"y"}])"), json.npos);
}

TEST_F(Render, SinkSortsAndDropsRepetitions) {
  const SourceId a = add("a.llmsys", "abc");
  DiagSink sink;
  for (const char* message : {"third", "first", "second", "first"})
    sink.add({Code::unknown_name, at(a, message[0] == 't' ? "c" : "a"), message});
  const auto sorted = sink.sorted();
  ASSERT_EQ(sorted.size(), 3u);
  EXPECT_EQ(sorted[0].message, "first");
  EXPECT_EQ(sorted[1].message, "second");
  EXPECT_EQ(sorted[2].message, "third");
}

TEST(Suggest, NearNamesOnly) {
  const std::vector<std::string> names = {"bandwidth", "capacity", "GiB", "x"};
  EXPECT_EQ(suggest("bandwith", names), "bandwidth");
  EXPECT_EQ(suggest("cpaacity", names), "capacity");
  EXPECT_EQ(suggest("gib", names), "GiB");
  EXPECT_EQ(suggest("y", names), std::nullopt);
  EXPECT_EQ(suggest("power", names), std::nullopt);
}

}  // namespace
}  // namespace llmsys
