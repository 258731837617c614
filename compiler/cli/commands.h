// The verbs of the command. In: parsed flags. Out: text on standard output or in a file, everything else on standard error, an exit status.
#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/kernel_cache.h"
#include "compiler/explain/derive.h"
#include "compiler/session/session.h"
#include "runtime/report/write.h"

namespace llmsys {

enum Status : int { done = 0, file_wrong = 1, command_wrong = 2, expectation_wrong = 3, machine_failed = 4, interrupted = 130 };

struct CommonFlags {
  SessionOptions session;
  std::string diagnostics = "text";   // or json
  bool timings = false;
};

enum class EngineChoice : uint8_t { automatic, jit, interpreter };

struct EngineFlags {
  EngineChoice engine = EngineChoice::automatic;
  unsigned threads = 0;               // 0: as many as the machine has
  unsigned width = 0;
  std::shared_ptr<KernelCache> cache;   // null: kernels are compiled anew
  bool search = true;                 // for the best row where that gives what going through all of them does
};

struct RunFlags {
  CommonFlags common;
  EngineFlags engine;
  std::string file;
  std::vector<std::string> studies;   // none: all
  Format format = Format::table;
  std::string output;                 // empty: standard output
  std::vector<std::string> redacted;  // names that a page must not tell, nor what they stand for
  std::string command;                // as it was typed, for a page
  std::string emit;                   // "graph:frontier"; empty: run
  std::optional<uint64_t> limit;      // rows of each study
  bool resume = false;                // go on from a checkpoint, if there is one
  double checkpoint = 10;             // seconds from one to the next
};

enum class TreeFormat : uint8_t { text, json, markdown, html };

struct ExplainFlags {
  CommonFlags common;
  EngineFlags engine;
  std::string file;                   // or the code of a diagnostic
  std::string expr;                   // of a row, also the title of a column; empty: all that it shows
  std::string study;                  // empty: an expression of the file
  std::optional<uint64_t> row;        // from 1, as the study's report shows them
  DeriveOptions derive;
  double least_percent = 1;
  TreeFormat format = TreeFormat::text;
  std::string output;                 // empty: standard output
};

enum class DifferenceFormat : uint8_t { text, json, csv };

struct CompareFlags {
  CommonFlags common;
  EngineFlags engine;
  std::string a, b;                   // FILE or FILE:EXPR
  std::string expr;                   // of both; empty: all that the files declare
  std::vector<std::string> studies;   // none: all
  std::optional<std::filesystem::path> library_of_a, library_of_b;
  double tolerance = 0;               // of the larger of two numbers
  bool check = false;                 // a status of its own if there is a difference
  DifferenceFormat format = DifferenceFormat::text;
  std::string output;                 // empty: standard output
};

struct ImportFlags {
  CommonFlags common;
  std::string format;                 // a module of the library that reads such files
  std::string file;
  std::vector<std::string> ignored;   // keys that are passed over
  std::string output;                 // empty: standard output
};

struct NewFlags {
  CommonFlags common;
  std::string kind;                   // a template of the library
  std::string name;
  std::string output;                 // empty: the name, with `.llmsys`; `-`: standard output
};

struct BuildFlags {
  CommonFlags common;
  std::string file, study;
  std::string output;                 // lib.so or .o
  std::string header;                 // empty: none
};

int run(const RunFlags& flags);
int build(const BuildFlags& flags);
int check_files(const CommonFlags& flags, const std::vector<std::string>& files);
int test_files(const CommonFlags& flags, const EngineFlags& engine, const std::vector<std::string>& files);
int list(const CommonFlags& flags, const std::string& module);
int explain(const ExplainFlags& flags);
/// The long form of a diagnostic.
int explain_code(const std::string& code);
int compare(const CompareFlags& flags);
int format_files(const CommonFlags& flags, const std::vector<std::string>& files, bool only_check);
int import_file(const ImportFlags& flags);
int new_file(const NewFlags& flags);
/// `file`: empty for none.
int repl(const CommonFlags& flags, const std::string& file);

/// Folders are replaced by the .llmsys files below them, by name.
std::vector<std::string> files_below(const std::vector<std::string>& names);

/// All diagnostics of a session on standard error.
void print_diagnostics(const Session& session, const DiagSink& sink, const CommonFlags& flags);

}  // namespace llmsys
