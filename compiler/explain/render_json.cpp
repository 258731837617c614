// As docs/explanation.schema.json says.
#include <nlohmann/json.hpp>

#include "compiler/explain/derivation.h"

namespace llmsys {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Derivation& value) {
  Json node = {{"name", value.name}};
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) node[key] = text;
  };
  put("formula", value.formula);
  node["value"] = value.value;
  put("reason", value.reason);
  if (value.number) node["number"] = *value.number;
  put("unit", value.unit);
  if (value.share) node["share"] = *value.share;
  if (value.choice != Derivation::Choice::none) node["choice"] = value.choice == Derivation::Choice::largest ? "largest" : value.choice == Derivation::Choice::smallest ? "smallest" : "beaten";
  put("label", value.label);
  put("note", value.note);
  put("doc", value.doc);
  put("source", value.source);
  if (!value.file.empty()) node["at"] = {{"file", value.file}, {"line", value.line}};
  if (value.above) node["above"] = true;
  if (value.folded) node["folded"] = true;
  node["parts"] = Json::array();
  for (const Derivation& part : value.parts) node["parts"].push_back(to_json(part));
  return node;
}

}  // namespace

std::string explanation_json(const Explanation& explanation) {
  Json all = Json::object();
  if (!explanation.study.empty()) {
    all["study"] = explanation.study;
    all["row"] = explanation.row;
    all["swept"] = Json::object();
    for (const auto& [name, value] : explanation.swept) all["swept"][name] = value;
  }
  all["values"] = Json::array();
  for (const Derivation& value : explanation.values) {
    all["values"].push_back(to_json(value));
    if (const std::string line = headline(value); !line.empty()) all["values"].back()["headline"] = line;
  }
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace llmsys
