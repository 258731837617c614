#include "compiler/session/session.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <map>
#include <system_error>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/session/data.h"
#include "compiler/syntax/image.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/parse.h"
#include "stdlib/embedded.h"

namespace llmsys {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Text {
  std::string text;
  std::string error;        // empty if it could be read
  std::string_view image;   // of its syntax; empty: it has to be parsed
};

Text read_stream(std::FILE* stream, size_t limit) {
  // One byte more than the limit is enough to know that there is too much.
  Text result;
  for (size_t size = 0, wanted = 1 << 16; size < limit + 1; wanted *= 2) {
    result.text.resize(std::min(wanted, limit + 1));
    size_t more = std::fread(result.text.data() + size, 1, result.text.size() - size, stream);
    size += more;
    bool done = size < result.text.size();
    result.text.resize(size);
    if (done) break;
  }
  if (std::ferror(stream)) result.error = "it can't be read";
  return result;
}

Text read_file(const fs::path& path, size_t limit = max_source_bytes) {
  std::error_code code;
  fs::file_status status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found) return {"", "there is no such file"};
  if (fs::is_directory(status)) return {"", "it is a folder"};
  if (code) return {"", code.message()};
  std::FILE* stream = std::fopen(path.c_str(), "rb");
  if (!stream) return {"", std::system_category().message(errno)};
  Text result = read_stream(stream, limit);
  std::fclose(stream);
  return result;
}

bool lies_below(const fs::path& path, const fs::path& folder) {
  auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() || end->empty();
}

fs::path resolved(const fs::path& path) {
  std::error_code code;
  fs::path absolute = fs::absolute(path, code);   // a relative path that leads nowhere would stay relative
  fs::path result = fs::weakly_canonical(absolute, code);
  return code ? absolute : result;
}

/// Loads a file and, depth first, what it imports.
class Loader {
 public:
  Loader(Session& session, const SessionOptions& options) : session_(session), options_(options) {}

  /// The text of a file; if it can't be read, a mistake in the sink and a text that is empty.
  SourceId load_text_of(const std::string& file) {
    bool standard_input = file == "-";
    auto start = Clock::now();
    Text text = standard_input ? read_stream(stdin, max_source_bytes) : read_file(file);
    session_.timings.load += since(start);
    SourceId source = session_.sources.add(standard_input ? "<stdin>" : file, std::move(text.text));
    if (!text.error.empty()) session_.sink.add({Code::import_not_found, Span{source, 0, 0}, "can't read `" + file + "`: " + text.error});
    return source;
  }

  void load_main(const std::string& file) {
    bool standard_input = file == "-";
    root_ = standard_input ? resolved(fs::current_path()) : resolved(fs::path(file)).parent_path();
    SourceId source = load_text_of(file);
    if (session_.sink.has_errors()) {
      session_.main = session_.syntax.add(File{source, {}});
      return;
    }
    std::string key = standard_input ? "<stdin>" : resolved(fs::path(file)).string();
    if (auto main = read_source(source, {}, key, fs::path(file).parent_path())) session_.main = *main;
    else session_.main = session_.syntax.add(File{source, {}});
  }

  void load_main_text(std::string text) {
    root_ = resolved(fs::current_path());
    SourceId source = session_.sources.add("<text>", std::move(text));
    session_.main = read_source(source, {}, "<text>", {}).value_or(FileId{0});
  }

  void load_library_whole() {
    std::string imports;
    for (const std::string& module : library_modules(options_)) imports += "import " + module + "\n";
    load_main_text(std::move(imports));
  }

  /// Declarations that go on with the main file, whose folder it is.
  void load_input(std::string text, const fs::path& folder) {
    const SourceId source = session_.sources.add("<input>", std::move(text));
    const auto file = read_source(source, {}, "<input>" + std::to_string(source.index), folder);
    if (!file) return;
    for (DeclId id : std::exchange(session_.syntax.file(*file).decls, {})) {
      session_.syntax.decl(id).file = session_.main;
      session_.syntax.file(session_.main).decls.push_back(id);
    }
  }

  /// As a `let` without a name, which nothing else can have; with `in`, of the text that the value makes.
  void load_question(std::string text, const fs::path& folder) {
    const SourceId source = session_.sources.add("<input>", std::move(text));
    const uint32_t first = session_.syntax.exprs();
    const auto asked = parse_question(session_.sources, source, session_.syntax, session_.sink);
    if (!asked) return;
    const Span span = session_.syntax[asked->value].span;
    ExprId value = asked->value;
    if (asked->unit) value = session_.syntax.add(ast::Expr{ast::Text{{{"", asked->value, asked->unit}}}, span});
    load_data(first, session_.syntax.exprs(), folder, false);
    const DeclId let = session_.syntax.add(ast::Decl{ast::Let{{"", span}, value, {}}, session_.main, span, {}});
    session_.syntax.file(session_.main).decls.push_back(let);
  }

  void load_module(const std::string& module) {
    std::string name = module.substr(module.find('/') + 1);
    Text text = library_text(name).value_or(Text());
    SourceId source = session_.sources.add(module + ".llmsys", std::move(text.text));
    session_.main = read_source(source, text.image, module, {}).value_or(FileId{0});
  }

  /// The data files of the expressions [first, end), which stand in a file of `folder`.
  void load_data(uint32_t first, uint32_t end, const fs::path& folder, bool of_library) {
    for (uint32_t i = first; i < end; ++i) {
      auto* node = std::get_if<ast::Data>(&session_.syntax[ExprId{i}].node);
      if (!node) continue;
      if (of_library) session_.sink.add({Code::import_outside, node->path.span, "a file of the library reads no data", "leads out of the library"});
      else if (auto data = data_file(*node, folder)) session_.data[i] = data;
    }
  }

 private:
  enum class State : uint8_t { active, done, failed };
  struct Known {
    State state;
    FileId file;
  };

  /// Nothing if the text is over the limits, so that nobody looks for names in it.
  std::optional<FileId> read_source(SourceId source, std::string_view image, const std::string& key, const fs::path& folder) {
    known_[key] = {State::active, {}};
    auto start = Clock::now();
    size_t before = session_.sink.errors();
    uint32_t first_expr = session_.syntax.exprs();
    FileId file = image.empty() ? parse(session_.sources, source, session_.syntax, session_.sink) : read_image(image, session_.sources, source, session_.syntax);
    session_.timings.parse += since(start);
    bool unreadable = session_.syntax[file].decls.empty() && session_.sink.errors() > before;
    load_data(first_expr, session_.syntax.exprs(), folder, key.starts_with("std/"));
    std::vector<DeclId> decls = session_.syntax[file].decls;
    for (DeclId decl : decls)
      if (auto* import = std::get_if<ast::Import>(&session_.syntax[decl].node))
        if (auto target = load_import(*import, folder)) session_.imports[decl.index] = *target;
    known_[key] = {unreadable ? State::failed : State::done, file};
    if (unreadable) return {};
    return file;
  }

  std::optional<FileId> load_import(const ast::Import& import, const fs::path& folder) {
    const std::string& path = import.path.text;
    if (path == "std" || path.starts_with("std/")) return load_library(import, path);
    fs::path relative = path;
    if (relative.extension() != ".llmsys") relative += ".llmsys";
    auto place = find_file(import.path, relative, folder);
    if (!place) return {};
    auto text = read_found(import.path, *place, max_source_bytes);
    if (!text) return {};
    return load_text(import, resolved(*place).string(), place->lexically_normal().string(), {std::move(*text)}, place->parent_path());
  }

  /// `relative` to the folder, else to one named with -I; reported at `written` if it can't be found or may not be read.
  std::optional<fs::path> find_file(const ast::PlainText& written, const fs::path& relative, const fs::path& folder) {
    std::vector<fs::path> places = {folder / relative};
    for (const fs::path& extra : options_.folders) places.push_back(extra / relative);
    std::error_code code;
    for (const fs::path& place : places) {
      fs::path real = resolved(place);
      bool allowed = lies_below(real, root_) || std::any_of(options_.folders.begin(), options_.folders.end(), [&](const fs::path& extra) { return lies_below(real, resolved(extra)); });
      if (!allowed) {
        session_.sink.add({Code::import_outside, written.span, "`" + written.text + "` lies outside of the folders that may be read", "leads out of `" + root_.string() + "`", {},
                           {"a file reads only below the folder of the file that was run"}, "name its folder with `-I DIR` to allow it"});
        return {};
      }
      if (fs::exists(real, code)) return place;
    }
    report_not_found(written, relative, folder);
    return {};
  }

  void report_not_found(const ast::PlainText& written, const fs::path& relative, const fs::path& folder) {
    Diagnostic diagnostic{Code::import_not_found, written.span, "there is no file `" + relative.string() + "`", "read here"};
    std::vector<std::string> others;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(resolved(folder / relative).parent_path(), code))
      if (entry.path().extension() == relative.extension() && others.size() < 1000) others.push_back((relative.parent_path() / entry.path().filename()).string());
    std::sort(others.begin(), others.end());
    if (auto near = suggest(relative.string(), others)) {
      diagnostic.help = "did you mean `" + *near + "`?";
      diagnostic.fixes.push_back({written.span, "\"" + *near + "\""});
    }
    session_.sink.add(std::move(diagnostic));
  }

  std::optional<std::string> read_found(const ast::PlainText& written, const fs::path& place, size_t limit) {
    auto start = Clock::now();
    Text text = read_file(resolved(place), limit);
    session_.timings.load += since(start);
    if (text.error.empty()) return std::move(text.text);
    session_.sink.add({Code::import_not_found, written.span, "can't read `" + written.text + "`: " + text.error, "read here"});
    return {};
  }

  std::shared_ptr<const DataValue> data_file(const ast::Data& node, const fs::path& folder) {
    auto place = find_file(node.path, node.path.text, folder);
    if (!place) return nullptr;
    bool json = node.format.text == "json";
    auto [known, is_new] = data_.try_emplace({resolved(*place), json});
    if (!is_new) return known->second;
    uint32_t limit = json ? max_json_bytes : max_csv_bytes;
    auto text = read_found(node.path, *place, limit);
    if (!text) return nullptr;
    if (text->size() > limit) {
      session_.sink.add({Code::too_large, node.path.span, "`" + node.path.text + "` has more than " + std::to_string(limit >> 20) + " MiB", "too large"});
      return nullptr;
    }
    SourceId source = session_.sources.add(place->lexically_normal().string(), std::move(*text));
    return known->second = json ? read_json(session_.sources, source, session_.sink) : read_csv(session_.sources, source, session_.sink);
  }

  std::optional<Text> library_text(const std::string& name) const {
    if (!options_.library) {
      const auto bytes = [file_name = name + ".llmsys"](std::span<const EmbeddedFile> files) {
        auto found = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) { return file.name == file_name; });
        return found != files.end() ? found->text : std::string_view();
      };
      std::string_view text = bytes(embedded_stdlib());
      if (text.empty()) return {};
      return Text{std::string(text), {}, bytes(embedded_stdlib_syntax())};
    }
    fs::path place = *options_.library / (name + ".llmsys");
    if (!lies_below(resolved(place), resolved(*options_.library))) return {};
    Text found = read_file(place);
    return found.error.empty() ? std::optional(std::move(found)) : std::nullopt;
  }

  std::optional<FileId> load_library(const ast::Import& import, const std::string& path) {
    std::string name = path.size() > 4 ? path.substr(4) : "";
    auto start = Clock::now();
    std::optional<Text> text = library_text(name);
    session_.timings.load += since(start);
    if (text) return load_text(import, "std/" + name, "std/" + name + ".llmsys", std::move(*text), {});
    std::vector<std::string> modules = library_modules(options_);
    Diagnostic diagnostic{Code::import_not_found, import.path.span, "the library has no `" + path + "`", "not in the library"};
    if (auto near = suggest(path, modules)) {
      diagnostic.help = "did you mean `" + *near + "`?";
      diagnostic.fixes.push_back({import.path.span, *near});
    } else {
      std::string all;
      for (const std::string& module : modules) all += (all.empty() ? "" : ", ") + module;
      if (!all.empty() && all.size() < 200) diagnostic.notes.push_back("it has: " + all);
    }
    session_.sink.add(std::move(diagnostic));
    return {};
  }

  std::optional<FileId> load_text(const ast::Import& import, const std::string& key, std::string name, Text text, const fs::path& folder) {
    if (auto place = known_.find(key); place != known_.end()) {
      if (place->second.state == State::done) return place->second.file;
      if (place->second.state == State::active) report_circle(import, key);
      return {};
    }
    way_.push_back({key, import.path.span});
    auto file = read_source(session_.sources.add(std::move(name), std::move(text.text)), text.image, key, folder);
    way_.pop_back();
    return file;
  }

  void report_circle(const ast::Import& import, const std::string& key) {
    auto start = std::find_if(way_.begin(), way_.end(), [&](const auto& step) { return step.first == key; });
    start = start == way_.end() ? way_.begin() : start + 1;   // the main file was imported by nobody
    Diagnostic circle{Code::import_cycle, import.path.span, "files import each other in a circle", "back to the first of them"};
    if (start == way_.end()) circle = {Code::import_cycle, import.path.span, "`" + import.path.text + "` imports itself", "this file"};
    for (; start != way_.end(); ++start) circle.labels.push_back({start->second, "by way of this"});
    if (!circle.labels.empty()) circle.help = "move what both need into a file that imports neither";
    session_.sink.add(std::move(circle));
  }

  Session& session_;
  const SessionOptions& options_;
  fs::path root_;
  std::map<std::string, Known> known_;
  std::vector<std::pair<std::string, Span>> way_;   // from the main file to the one being read: what was imported, and where
  std::map<std::pair<fs::path, bool>, std::shared_ptr<const DataValue>> data_;   // read as json?
};

// --- --set ---------------------------------------------------------------------------------------------------------------------

std::vector<ast::Name> split(const SourceMap& sources, SourceId source, size_t length) {
  std::vector<ast::Name> parts;
  std::string_view text = sources.text(source).substr(0, length);
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find('.', begin), text.size());
    parts.push_back({text.substr(begin, end - begin), Span{source, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}});
    begin = end + 1;
  }
  return parts;
}

bool is_name(std::string_view text) {
  auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) && std::all_of(text.begin(), text.end(), letter);
}

void apply_setting(Session& session, const Setting& setting) {
  SourceId typed = session.sources.add("--set", setting.path + "=" + setting.value);
  uint32_t end = static_cast<uint32_t>(setting.path.size());
  std::vector<ast::Name> path = split(session.sources, typed, end);
  for (const ast::Name& name : path)
    if (!is_name(name.text)) {
      session.sink.add({Code::bad_setting, Span{typed, 0, end}, "the path of a setting is made of names and dots", "not a path", {}, {}, "as in `--set 'Name.field=16'`"});
      return;
    }
  Span range{typed, end + 1, static_cast<uint32_t>(session.sources.text(typed).size())};
  if (setting.value.find_first_not_of(' ') == std::string::npos) {
    session.sink.add({Code::bad_setting, Span{typed, 0, range.end}, "there is no value after `=`", "set to what?"});
    return;
  }
  auto value = parse_expression(session.sources, range, session.syntax, session.sink);
  if (!value) return;
  std::vector<std::string> names;
  std::vector<DeclId> decls = session.syntax[session.main].decls;
  for (DeclId id : decls) {
    ast::Decl& decl = session.syntax.decl(id);
    if (auto* let = std::get_if<ast::Let>(&decl.node)) {
      names.emplace_back(let->name.text);
      if (let->name.text != path[0].text) continue;
      if (path.size() == 1) let->value = *value;
      else let->value = session.syntax.add(ast::Expr{ast::Amend{let->value, {{{path.begin() + 1, path.end()}, *value, {}, join(path[1].span, path.back().span)}}, path[1].span}, path[0].span});
      return;
    }
    auto* instance = std::get_if<ast::Instance>(&decl.node);
    if (!instance) continue;
    names.emplace_back(instance->name.text);
    if (instance->name.text != path[0].text) continue;
    if (path.size() == 1) {
      session.sink.add({Code::bad_setting, path[0].span, "`" + std::string(path[0].text) + "` is set field by field", "name a field of it", {}, {}, "as in `--set " + std::string(path[0].text) + ".field=...`"});
      return;
    }
    Span span = join(path[1].span, path.back().span);
    instance->settings.push_back({{path.begin() + 1, path.end()}, *value, {}, span});
    return;
  }
  Diagnostic diagnostic{Code::bad_setting, path[0].span, "the file declares no `" + std::string(path[0].text) + "` that could be set", "not declared"};
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "`" : ", `") + name + "`";
  if (!all.empty() && all.size() < 200) diagnostic.notes.push_back("what can be set: " + all);
  if (auto near = suggest(path[0].text, names)) diagnostic.help = "did you mean `" + *near + "`?";
  session.sink.add(std::move(diagnostic));
}

void add_sensitivity(Session& session, const AddedSensitivity& added) {
  const SourceId typed = session.sources.add("--sensitivity", added.text);
  const Span all{typed, 0, static_cast<uint32_t>(session.sources.text(typed).size())};
  for (DeclId id : session.syntax[session.main].decls) {
    const auto* found = std::get_if<ast::Study>(&session.syntax[id].node);
    if (found == nullptr) continue;
    const bool asked = added.studies.empty() || std::find(added.studies.begin(), added.studies.end(), found->name.text) != added.studies.end();
    if (!asked) continue;
    auto clause = parse_sensitivity(session.sources, all, session.syntax, session.sink);   // anew: expressions have types of their own in each study
    if (!clause) return;
    std::get<ast::Study>(session.syntax.decl(id).node).clauses.push_back({std::move(*clause), all});
  }
}

// --- what is asked beside the file ----------------------------------------------------------------------------------------------

/// What a column with this title, or of this expression, shows.
std::optional<ExprId> column_of(const Session& session, const ast::Study& study, const std::string& wanted) {
  const auto title = [&](ExprId id) {
    std::string all;
    const auto* text = std::get_if<ast::Text>(&session.syntax[id].node);
    for (size_t i = 0; text && i < text->pieces.size(); ++i) all += text->pieces[i].text;
    return all;
  };
  for (const ast::Clause& clause : study.clauses) {
    const auto* show = std::get_if<ast::Show>(&clause.node);
    for (size_t i = 0; show && i < show->items.size(); ++i) {
      const ast::ShowItem& item = show->items[i];
      if (item.title ? title(*item.title) == wanted : session.sources.text(session.syntax[item.value].span) == wanted) return item.value;
    }
  }
  return {};
}

std::optional<ExprId> apply_asked(Session& session, const Asked& asked) {
  ast::Study* study = nullptr;
  for (DeclId id : session.syntax[session.main].decls) {
    auto* node = std::get_if<ast::Study>(&session.syntax.decl(id).node);
    if (node && node->name.text == asked.study) study = node;
  }
  if (study)
    if (auto column = column_of(session, *study, asked.expr)) return column;
  if (!asked.study.empty() && !study) return {};
  SourceId typed = session.sources.add("EXPR", asked.expr);
  const Span range{typed, 0, static_cast<uint32_t>(session.sources.text(typed).size())};
  auto expr = parse_expression(session.sources, range, session.syntax, session.sink);
  if (!expr) return {};
  if (study) study->asked.push_back(*expr);
  else session.syntax.file(session.main).decls.push_back(session.syntax.add(ast::Decl{ast::Let{{"", range}, *expr, {}}, session.main, range, ""}));
  return expr;
}

}  // namespace

namespace {

std::unique_ptr<Session> checked(std::unique_ptr<Session> session) {
  auto start = Clock::now();
  bool good = !session->sink.has_errors();
  session->program = check(session->syntax, session->sources, session->imports, session->data, session->sink);
  session->program.ok &= good;
  session->timings.check = since(start);
  return session;
}

}  // namespace

std::unique_ptr<Session> open_session(const std::string& file, const SessionOptions& options) {
  auto session = std::make_unique<Session>();
  Loader loader(*session, options);
  loader.load_main(file);
  uint32_t first = session->syntax.exprs();
  for (const Setting& setting : options.settings) apply_setting(*session, setting);
  for (const AddedSensitivity& added : options.sensitivities) add_sensitivity(*session, added);
  if (options.asked) session->asked = apply_asked(*session, *options.asked);
  loader.load_data(first, session->syntax.exprs(), fs::path(file).parent_path(), false);
  return checked(std::move(session));
}

std::unique_ptr<Session> open_typed(const Typed& typed, const SessionOptions& options) {
  auto session = std::make_unique<Session>();
  Loader loader(*session, options);
  if (typed.file.empty()) loader.load_library_whole();
  else loader.load_main(typed.file);
  const fs::path folder = fs::path(typed.file).parent_path();
  for (const std::string& input : typed.inputs) loader.load_input(input, folder);
  if (typed.question) loader.load_question(*typed.question, folder);
  return checked(std::move(session));
}

std::unique_ptr<Session> open_source(const std::string& file) {
  auto session = std::make_unique<Session>();
  const SourceId source = Loader(*session, {}).load_text_of(file);
  session->main = session->syntax.add(File{source, {}});
  return session;
}

std::unique_ptr<Session> open_text(std::string text, const SessionOptions& options) {
  auto session = std::make_unique<Session>();
  Loader(*session, options).load_main_text(std::move(text));
  return checked(std::move(session));
}

std::unique_ptr<Session> open_library_module(const std::string& module, const SessionOptions& options) {
  auto session = std::make_unique<Session>();
  Loader(*session, options).load_module(module);
  return checked(std::move(session));
}

std::vector<std::string> library_modules(const SessionOptions& options) {
  std::vector<std::string> modules;
  if (options.library) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(*options.library, code))
      if (entry.path().extension() == ".llmsys") modules.push_back("std/" + entry.path().stem().string());
  } else {
    for (const auto& file : embedded_stdlib()) modules.push_back("std/" + std::string(file.name.substr(0, file.name.rfind('.'))));
  }
  std::sort(modules.begin(), modules.end());
  return modules;
}

std::map<std::string, std::string> library_templates(const SessionOptions& options) {
  std::map<std::string, std::string> templates;
  if (options.library) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(*options.library / "templates", code))
      if (entry.path().extension() == ".llmsys") templates[entry.path().stem().string()] = read_file(entry.path()).text;
  } else {
    for (const auto& file : embedded_templates()) templates[std::string(file.name.substr(0, file.name.rfind('.')))] = file.text;
  }
  return templates;
}

}  // namespace llmsys
