#include "runtime/report/write.h"

#include <gtest/gtest.h>

#include "test/unit/sweeps.h"

namespace llmsys {
namespace {

/// Axes: a chip by name and a context in Ki token; columns: a rate, which side limits, a flag.
Sweep study() {
  Sweep sweep = test::sweep_of(test::grid({2, 2}), {"UTPS", "limiter", "good"});
  sweep.name = "speed";
  sweep.title = "How fast?";
  sweep.axes[0] = {.title = "chip", .type = Column::Type::label, .labels = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"H100", "größer, \"B\""})};
  sweep.axes[1] = {.title = "context", .units = {{"Ki token", 1024}}};
  std::vector<Column>& columns = sweep.phases[0].columns;
  columns[0].units = {{"token/s", 1}, {"ktoken/s", 1000}};
  columns[1].type = Column::Type::label;
  columns[1].labels = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"memory", "a|b"});
  columns[2].type = Column::Type::boolean;
  sweep.reasons = {{"needs {memory_used in GiB}"}};
  sweep.tell = [](uint32_t, uint64_t row) { return "needs " + std::to_string(row) + " GiB"; };
  return sweep;
}

std::string text(Format format, const std::vector<Sweep>& studies) {
  std::string text;
  const auto writer = make_writer(format, [&](std::string_view piece) { text += piece; return true; }, studies.size() > 1);
  for (const Sweep& sweep : studies) {
    writer->begin(sweep);
    writer->row({0, {0, 4096}, {743.125, 0, 1}, 0});
    writer->row({1, {0, 131072}, {-0.0, 1, 0}, 0});
    writer->row({2, {1, 4096}, {}, 1});
    writer->end({.points = 90, .infeasible = 18, .by_reason = {{"needs {memory_used in GiB}", 18}}, .shown = 2});
  }
  writer->finish();
  return text;
}

TEST(Write, Table) {
  EXPECT_EQ(text(Format::table, {study()}),
            "How fast?\n"
            "chip         context [Ki token]  UTPS [token/s]  limiter  good\n"
            "H100                          4           743.1  memory   true\n"
            "H100                        128             0.0  a|b      false\n"
            "größer, \"B\"                   4  needs 2 GiB\n"
            "18 of 90 rows infeasible:\n"
            "  18 x needs {memory_used in GiB}\n");
}

TEST(Write, Markdown) {
  EXPECT_EQ(text(Format::markdown, {study()}),
            "## How fast?\n\n"
            "| chip | context [Ki token] | UTPS [token/s] | limiter | good |\n"
            "| --- | ---: | ---: | --- | --- |\n"
            "| H100 | 4 | 743.1 | memory | true |\n"
            "| H100 | 128 | 0.0 | a\\|b | false |\n"
            "| größer, \"B\" | 4 | needs 2 GiB |  |  |\n"
            "\n18 of 90 rows infeasible:\n\n"
            "- 18 x needs {memory_used in GiB}\n");
}

TEST(Write, Csv) {
  EXPECT_EQ(text(Format::csv, {study()}),
            "chip,context [Ki token],UTPS [token/s],limiter,good,infeasible\n"
            "H100,4,743.125,memory,true,\n"
            "H100,128,-0,a|b,false,\n"
            "\"größer, \"\"B\"\"\",4,,,,needs 2 GiB\n");
}

TEST(Write, CsvOfSeveralStudies) {
  const std::string both = text(Format::csv, {study(), study()});
  EXPECT_EQ(both.substr(0, both.find('\n')), "study,chip,context [Ki token],UTPS [token/s],limiter,good,infeasible");
  EXPECT_NE(both.find("needs 2 GiB\n\nstudy,chip"), std::string::npos);
  EXPECT_NE(both.find("\nspeed,H100,4,743.125,memory,true,\n"), std::string::npos);
}

TEST(Write, CsvWithoutReasonsHasNoColumnForThem) {
  Sweep sure = study();
  sure.reasons.clear();
  std::string text;
  const auto writer = make_writer(Format::csv, [&](std::string_view piece) { text += piece; return true; });
  writer->begin(sure);
  EXPECT_EQ(text, "chip,context [Ki token],UTPS [token/s],limiter,good\n");
}

TEST(Write, Json) {
  EXPECT_EQ(text(Format::json, {study()}),
            "[\n{\"study\": \"speed\",\n \"title\": \"How fast?\",\n"
            " \"columns\": [{\"name\": \"chip\", \"unit\": \"\"}, {\"name\": \"context\", \"unit\": \"Ki token\"}, {\"name\": \"UTPS\", \"unit\": \"token/s\"}, "
            "{\"name\": \"limiter\", \"unit\": \"\"}, {\"name\": \"good\", \"unit\": \"\"}],\n"
            " \"rows\": [\n"
            "  {\"chip\": \"H100\", \"context\": 4, \"UTPS\": 743.125, \"limiter\": \"memory\", \"good\": true},\n"
            "  {\"chip\": \"H100\", \"context\": 128, \"UTPS\": -0, \"limiter\": \"a|b\", \"good\": false},\n"
            "  {\"chip\": \"größer, \\\"B\\\"\", \"context\": 4, \"infeasible\": \"needs 2 GiB\"}\n ],\n"
            " \"totals\": {\"points\": 90, \"dropped\": 0, \"infeasible\": 18, \"by_reason\": {\"needs {memory_used in GiB}\": 18}, \"shown\": 2}}\n]\n");
  EXPECT_EQ(text(Format::json, {}), "[]\n");
}

TEST(Write, JsonKeysAreDifferent) {
  Sweep sweep = study();
  sweep.phases[0].columns[0].title = "context";
  const std::string json = text(Format::json, {sweep});
  EXPECT_NE(json.find("\"context\": 4, \"context (2)\": 743.125"), std::string::npos);
}

TEST(Write, SummarisedAxesAreLeftOut) {
  Sweep sweep = study();
  sweep.phases[0].end.push_back({{}, 2});
  sweep.phases.push_back({.columns = test::columns({"mean"})});
  sweep.shown = {0};
  std::string text;
  const auto writer = make_writer(Format::csv, [&](std::string_view piece) { text += piece; return true; });
  writer->begin(sweep);
  EXPECT_EQ(text, "chip,mean,infeasible\n");
}

TEST(Write, AFailedWriteIsReported) {
  for (Format format : {Format::table, Format::csv, Format::json, Format::markdown}) {
    const Sweep sweep = study();
    const auto writer = make_writer(format, [](std::string_view) { return false; });
    const bool went_well = writer->begin(sweep) && writer->row({0, {0, 4096}, {1, 0, 1}, 0}) && writer->end({});
    EXPECT_FALSE(went_well);
  }
}

}  // namespace
}  // namespace llmsys
