// llmsys: the command. Flags to the functions of commands.h, which run on a stack large enough for the deepest expression a source may hold.
#include <fmt/core.h>
#include <malloc.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "compiler/cli/commands.h"
#include "compiler/cli/page.h"
#include "compiler/diag/suggest.h"

namespace llmsys {

namespace {

const std::vector<std::pair<std::string, TreeFormat>> tree_formats = {{"text", TreeFormat::text}, {"json", TreeFormat::json}, {"markdown", TreeFormat::markdown}, {"html", TreeFormat::html}};
const std::vector<std::pair<std::string, DifferenceFormat>> difference_formats = {{"text", DifferenceFormat::text}, {"json", DifferenceFormat::json}, {"csv", DifferenceFormat::csv}};
const std::vector<std::pair<std::string, Format>> formats = {{"table", Format::table}, {"csv", Format::csv}, {"json", Format::json}, {"markdown", Format::markdown}, {"sqlite", Format::sqlite}, {"html", Format::html}};

struct Flags {
  CommonFlags common;
  EngineFlags engine;
  RunFlags run;
  BuildFlags build;
  ImportFlags import;
  ExplainFlags explain;
  CompareFlags compare;
  NewFlags created;
  std::vector<std::string> files, settings, sensitivities;
  std::vector<std::string> folders;
  std::string library, engine_name = "auto", format = "table", tree_format = "text", difference_format = "text", tolerance, module;
  bool no_cache = false;
  bool only_check = false;
};

void diagnostics_option(CLI::App& app, Flags& flags) {
  app.add_option("--diagnostics", flags.common.diagnostics, "how mistakes are printed: text or json")->check(CLI::IsMember({"text", "json"}));
}

void common_options(CLI::App& app, Flags& flags) {
  app.add_option("--std", flags.library, "read the library from this folder instead of the one built in")->check(CLI::ExistingDirectory)->type_name("DIR");
  app.add_option("-I", flags.folders, "a folder that imports may be read from")->check(CLI::ExistingDirectory)->type_name("DIR")->allow_extra_args(false);
  diagnostics_option(app, flags);
  app.add_flag("--timings", flags.common.timings, "print how long each stage took");
}

void engine_options(CLI::App& app, Flags& flags) {
  app.add_option("--engine", flags.engine_name, "jit, interp, or auto (jit where it pays); the results have the same bits")->check(CLI::IsMember({"auto", "jit", "interp"}));
  app.add_option("--threads", flags.engine.threads, "threads to use; 0: all")->check(CLI::Range(0u, 1024u));
  app.add_flag("!--no-search", flags.engine.search, "go through all rows even where the best one can be searched for; the results have the same bits");
  app.add_option("--width", flags.engine.width, "lanes of the compiled loop: 1, 2, 4, 8 or 16; 0: as the machine likes")->check(CLI::IsMember({0u, 1u, 2u, 4u, 8u, 16u}));
  app.add_flag("--no-cache", flags.no_cache, "neither look for compiled kernels of earlier runs nor keep those of this one");
}

void setting_option(CLI::App& app, Flags& flags) {
  app.add_option("--set", flags.settings, "replace a value of the file, as in --set 'Chat.context=64 Ki token'")->type_name("PATH=EXPR")->allow_extra_args(false);
}

bool read_tolerance(const std::string& text, double& tolerance) {
  if (text.empty()) return true;
  char* end = nullptr;
  tolerance = std::strtod(text.c_str(), &end);
  const std::string_view rest = end;
  if (rest == "%") tolerance /= 100;
  if (end != text.c_str() && (rest.empty() || rest == "%") && tolerance >= 0 && tolerance < 1) return true;
  fmt::print(stderr, "llmsys: `--tolerance {}` is no share of a number, as 1e-6 or 0.1% are\n", text);
  return false;
}

bool finish_flags(Flags& flags) {
  if (!flags.library.empty()) flags.common.session.library = flags.library;
  for (const std::string& folder : flags.folders) flags.common.session.folders.emplace_back(folder);
  for (const std::string& setting : flags.settings) {
    size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      fmt::print(stderr, "llmsys: `--set {}` is not PATH=EXPR, as in `--set 'Chat.context=64 Ki token'`\n", setting);
      return false;
    }
    size_t end = setting.find_last_not_of(' ', equals - 1);
    flags.common.session.settings.push_back({setting.substr(0, end + 1), setting.substr(equals + 1)});
  }
  for (const std::string& text : flags.sensitivities) flags.common.session.sensitivities.push_back({text, flags.run.studies});
  flags.engine.engine = flags.engine_name == "jit" ? EngineChoice::jit : flags.engine_name == "interp" ? EngineChoice::interpreter : EngineChoice::automatic;
  if (!flags.no_cache) flags.engine.cache = kernel_cache_of_user();
  flags.run.common = flags.common;
  flags.build.common = flags.common;
  flags.import.common = flags.common;
  flags.explain.common = flags.compare.common = flags.common;
  flags.compare.engine = flags.engine;
  flags.compare.format = std::find_if(difference_formats.begin(), difference_formats.end(), [&](const auto& one) { return one.first == flags.difference_format; })->second;
  if (!read_tolerance(flags.tolerance, flags.compare.tolerance)) return false;
  flags.explain.engine = flags.engine;
  flags.explain.derive.least_share = flags.explain.least_percent / 100;
  flags.explain.format = std::find_if(tree_formats.begin(), tree_formats.end(), [&](const auto& one) { return one.first == flags.tree_format; })->second;
  flags.created.common = flags.common;
  flags.run.engine = flags.engine;
  flags.run.format = std::find_if(formats.begin(), formats.end(), [&](const auto& one) { return one.first == flags.format; })->second;
  if (flags.run.format == Format::sqlite && (flags.run.output.empty() || (std::filesystem::exists(flags.run.output) && !std::filesystem::is_regular_file(flags.run.output)))) {
    fmt::print(stderr, "llmsys: a database is written to a file: `--format sqlite -o FILE`\n");
    return false;
  }
  if (!flags.run.redacted.empty() && flags.run.format != Format::html) {
    fmt::print(stderr, "llmsys: a page can be redacted: `--redact NAME --format html`\n");
    return false;
  }
  if (const std::string why = why_no_pages(); flags.run.format == Format::html && !why.empty()) {
    fmt::print(stderr, "llmsys: this llmsys has no pages: {}\n", why);
    return false;
  }
  if (flags.run.resume && flags.run.output.empty()) {
    fmt::print(stderr, "llmsys: a run that goes on is known by the file that it writes: `--resume -o FILE`\n");
    return false;
  }
  return true;
}

std::string check_emit(const std::string& value) {
  std::string stage = value.substr(0, value.find(':'));
  for (const char* known : {"tokens", "ast", "types", "graph", "plan", "llvm", "asm"})
    if (stage == known) return "";
  return "`" + stage + "` is no stage; there are tokens, ast, types, graph, plan, llvm, asm";
}

/// What CLI11 would only call a missing subcommand.
bool know_command(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> names = {"-h", "--help", "--version"};
  std::string all;
  for (const CLI::App* one : app.get_subcommands({})) {
    names.push_back(one->get_name());
    all += (all.empty() ? "" : ", ") + names.back();
  }
  if (argc > 1 && std::find(names.begin(), names.end(), argv[1]) != names.end()) return true;
  if (argc < 2) {
    fmt::print(stderr, "llmsys: what to do? There are: {}; `llmsys --help` says more\n", all);
    return false;
  }
  auto near = suggest(argv[1], names);
  fmt::print(stderr, "llmsys: there is no command `{}`; {}\n", argv[1], near ? "did you mean `" + *near + "`?" : "there are: " + all);
  return false;
}

int command(int argc, char** argv) {
  Flags flags;
  CLI::App app{"llmsys: AI hardware and LLM deployments, described and bounded", "llmsys"};
  app.set_version_flag("--version", "llmsys " LLMSYS_VERSION);
  app.require_subcommand(1);

  CLI::App* run_command = app.add_subcommand("run", "evaluate the studies of a file and print their tables");
  run_command->add_option("file", flags.run.file, "a .llmsys file, or - for standard input")->required();
  run_command->add_option("--study", flags.run.studies, "only this study (may be given again)")->type_name("NAME")->allow_extra_args(false);
  setting_option(*run_command, flags);
  run_command->add_option("--sensitivity", flags.sensitivities, "add to the studies how much a value changes with others, as in --sensitivity 'd.user_rate to [d.chips, d.context]'")->type_name("'EXPR to [PATH, ...]'")->allow_extra_args(false);
  run_command->add_option("--format", flags.format, "table, csv, json, markdown, html (a page that shows them by itself), or sqlite (with -o)")->check(CLI::IsMember(formats));
  run_command->add_option("-o,--output", flags.run.output, "write the results to this file")->type_name("FILE");
  run_command->add_option("--redact", flags.run.redacted, "with --format html: leave out the program, these names, and the values that they stand for")->type_name("NAME,...")->delimiter(',')->allow_extra_args(false);
  run_command->add_option("--limit", flags.run.limit, "print so many rows of each study, the first ones")->check(CLI::Range(uint64_t{1}, uint64_t{1} << 60))->type_name("ROWS");
  run_command->add_flag("--resume", flags.run.resume, "with -o: go on where an earlier run of the same was ended");
  run_command->add_option("--checkpoint", flags.run.checkpoint, "with -o: seconds after which a run notes again how far it is (10)")->check(CLI::Range(0.0, 1e6))->type_name("SECONDS");
  run_command->add_option("--emit", flags.run.emit, "print a stage instead: tokens, ast, types, graph, plan, llvm or asm, of one declaration or study with :NAME")->check(check_emit)->type_name("STAGE[:NAME]");
  engine_options(*run_command, flags);
  common_options(*run_command, flags);

  CLI::App* build_command = app.add_subcommand("build", "compile a study for other programs");
  build_command->add_option("file", flags.build.file, "a .llmsys file, or - for standard input")->required();
  build_command->add_option("--study", flags.build.study, "which study")->type_name("NAME")->required();
  build_command->add_option("-o,--output", flags.build.output, "a shared library, FILE.so, or an object file, FILE.o")->type_name("FILE")->required();
  build_command->add_option("--header", flags.build.header, "write a C header that describes it to this file")->type_name("FILE");
  setting_option(*build_command, flags);
  common_options(*build_command, flags);

  CLI::App* check_command = app.add_subcommand("check", "print the mistakes of files, if there are any");
  check_command->add_option("files", flags.files, "files, folders of files, or - for standard input")->required();
  common_options(*check_command, flags);
  setting_option(*check_command, flags);

  CLI::App* test_command = app.add_subcommand("test", "check the expectations of files");
  test_command->add_option("files", flags.files, "files, folders of files, or - for standard input")->required();
  engine_options(*test_command, flags);
  common_options(*test_command, flags);
  setting_option(*test_command, flags);

  CLI::App* fmt_command = app.add_subcommand("fmt", "bring files into the one style");
  fmt_command->add_option("files", flags.files, "files, folders of files, or - for standard input to standard output")->required();
  fmt_command->add_flag("--check", flags.only_check, "change nothing; name the files that are not in it, and end with status 1 if there are any");
  diagnostics_option(*fmt_command, flags);

  CLI::App* list_command = app.add_subcommand("list", "what the library offers");
  list_command->add_option("module", flags.module, "a module such as std/hardware, or the name of one thing in it; none: all modules");
  common_options(*list_command, flags);

  CLI::App* import_command = app.add_subcommand("import", "write what a file of another format describes as source");
  import_command->add_option("format", flags.import.format, "a module of the library that reads such files: hf")->required();
  import_command->add_option("file", flags.import.file, "such as config.json")->required();
  import_command->add_option("--ignore", flags.import.ignored, "pass over this key of the file, knowingly")->type_name("KEY")->allow_extra_args(false);
  import_command->add_option("-o,--output", flags.import.output, "write to this file")->type_name("FILE");
  common_options(*import_command, flags);

  CLI::App* explain_command = app.add_subcommand("explain", "why a value is what it is; or the long form of a diagnostic's code");
  explain_command->add_option("file", flags.explain.file, "a .llmsys file, - for standard input, or a code such as E0301")->required();
  explain_command->add_option("expr", flags.explain.expr, "an expression, as if it stood in the file; of a row, or the title of a column (none: all that it shows)")->type_name("EXPR");
  explain_command->add_option("--study", flags.explain.study, "with --row: of this study")->type_name("NAME");
  explain_command->add_option("--row", flags.explain.row, "with --study: this row of it, as its report shows them, from 1")->type_name("N");
  explain_command->add_option("--depth", flags.explain.derive.depth, "levels of parts below the value (4)")->check(CLI::Range(0u, 1000u))->type_name("N");
  explain_command->add_option("--least", flags.explain.least_percent, "do not take apart what is less of a sum than so many percent (1)")->check(CLI::Range(0.0, 100.0))->type_name("PERCENT");
  explain_command->add_flag("--all", flags.explain.derive.all, "take apart what does not matter as well: small terms, sides that were not chosen");
  explain_command->add_option("--format", flags.tree_format, "text, json, markdown or html")->check(CLI::IsMember(tree_formats));
  explain_command->add_option("-o,--output", flags.explain.output, "write to this file")->type_name("FILE");
  setting_option(*explain_command, flags);
  engine_options(*explain_command, flags);
  common_options(*explain_command, flags);

  CLI::App* compare_command = app.add_subcommand("compare", "what differs between two files, or between two values of files");
  compare_command->add_option("a", flags.compare.a, "a .llmsys file, or FILE:EXPR for a value of it, such as an instance")->required()->type_name("A");
  compare_command->add_option("b", flags.compare.b, "the other one")->required()->type_name("B");
  compare_command->add_option("--expr", flags.compare.expr, "compare this value of both files")->type_name("EXPR");
  compare_command->add_option("--study", flags.compare.studies, "only this study (may be given again)")->type_name("NAME")->allow_extra_args(false);
  compare_command->add_option("--tolerance", flags.tolerance, "numbers that differ by less are the same: 1e-6, or 0.1%")->type_name("SHARE");
  compare_command->add_flag("--check", flags.compare.check, "status 3 if there is a difference");
  compare_command->add_option("--std-a", flags.compare.library_of_a, "the library of A")->check(CLI::ExistingDirectory)->type_name("DIR");
  compare_command->add_option("--std-b", flags.compare.library_of_b, "the library of B")->check(CLI::ExistingDirectory)->type_name("DIR");
  compare_command->add_option("--format", flags.difference_format, "text, json or csv")->check(CLI::IsMember(difference_formats));
  compare_command->add_option("-o,--output", flags.compare.output, "write to this file")->type_name("FILE");
  setting_option(*compare_command, flags);
  engine_options(*compare_command, flags);
  common_options(*compare_command, flags);

  CLI::App* new_command = app.add_subcommand("new", "write a file to begin with");
  new_command->add_option("kind", flags.created.kind, "what it is about: a template of the library")->required();
  new_command->add_option("name", flags.created.name, "what it declares is called so")->required();
  new_command->add_option("-o,--output", flags.created.output, "the file, which must not be there yet, or - for standard output (NAME.llmsys)")->type_name("FILE");
  common_options(*new_command, flags);

  CLI::App* repl_command = app.add_subcommand("repl", "answer expressions and take declarations, line by line");
  repl_command->add_option("file", flags.run.file, "a .llmsys file whose names are there; none: the library is");
  common_options(*repl_command, flags);


  app.failure_message([](const CLI::App*, const CLI::Error& error) { return "llmsys: " + std::string(error.what()) + "\n`llmsys --help` and `llmsys run --help` say what there is\n"; });
  if (!know_command(app, argc, argv)) return command_wrong;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : command_wrong;
  }
  if (!finish_flags(flags)) return command_wrong;
  flags.run.command = command_line(argc, argv);
  if (*run_command) return run(flags.run);
  if (*build_command) return build(flags.build);
  if (*check_command) return check_files(flags.common, flags.files);
  if (*test_command) return test_files(flags.common, flags.engine, flags.files);
  if (*import_command) return import_file(flags.import);
  if (*compare_command) return compare(flags.compare);
  if (*fmt_command) return format_files(flags.common, flags.files, flags.only_check);
  if (*new_command) return new_file(flags.created);
  if (*repl_command) return repl(flags.common, flags.run.file);
  if (*list_command) return list(flags.common, flags.module);
  return explain(flags.explain);
}

struct Call {
  int argc;
  char** argv;
  int status;
};

}  // namespace

}  // namespace llmsys

int main(int argc, char** argv) {
  // Results are made by one thread and freed by another; given back to the system each time, their pages would cost more than what is in them.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  llmsys::Call call{argc, argv, llmsys::machine_failed};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size_t{1} << 30);   // address space; only what is used takes memory
  pthread_t thread;
  auto body = [](void* argument) -> void* {
    auto* given = static_cast<llmsys::Call*>(argument);
    given->status = llmsys::command(given->argc, given->argv);
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, body, &call) != 0) {
    std::fputs("llmsys: can't start a thread\n", stderr);
    return llmsys::machine_failed;
  }
  pthread_join(thread, nullptr);
  return call.status;
}
