#include <nlohmann/json.hpp>

#include "compiler/diag/render.h"
#include "compiler/diag/repair.h"

namespace llmsys {

namespace {

using Json = nlohmann::ordered_json;

void put_place(Json& object, const SourceMap& sources, Span wanted) {
  const Span span = repaired(sources, wanted);
  const bool known = span.source.index < sources.size();
  const Position begin = known ? sources.position(span.source, span.begin) : Position{};
  const Position end = known ? sources.position(span.source, span.end) : Position{};
  object["file"] = known ? sources.name(span.source) : std::string_view();
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["end_line"] = end.line;
  object["end_column"] = end.column;
}

}  // namespace

std::string render_json(const SourceMap& sources, const Diagnostic& diagnostic) {
  const CodeInfo& code = info(diagnostic.code);
  Json object = {{"code", code.id}, {"severity", code.severity == Severity::error ? "error" : "warning"}, {"message", diagnostic.message}};
  put_place(object, sources, diagnostic.span);
  object["label"] = diagnostic.label;
  object["labels"] = Json::array();
  for (const Label& label : diagnostic.labels) {
    Json entry = Json::object();
    put_place(entry, sources, label.span);
    entry["text"] = label.text;
    object["labels"].push_back(std::move(entry));
  }
  object["notes"] = diagnostic.notes;
  object["help"] = diagnostic.help ? Json(*diagnostic.help) : Json();
  object["fixes"] = Json::array();
  for (const Fix& fix : diagnostic.fixes) {
    Json entry = Json::object();
    put_place(entry, sources, fix.span);
    entry["replacement"] = fix.replacement;
    object["fixes"].push_back(std::move(entry));
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);  // sources need not be UTF-8
}

}  // namespace llmsys
