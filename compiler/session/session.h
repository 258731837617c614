// A program and everything it was read from. In: the name of a file and options. Out: sources, syntax of all imported files, the checked program, diagnostics.
// Promise: nothing is read but the library, the file, and what lies below its folder or below a folder named with -I.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "compiler/diag/diagnostic.h"
#include "compiler/sema/check.h"

namespace llmsys {

struct Setting {
  std::string path;   // "Chat.context"
  std::string value;  // "64 Ki token"
};

/// Asked besides, of the studies with these names in the main file; of all of them if there are none.
struct AddedSensitivity {
  std::string text;   // "d.rate to [d.size]"
  std::vector<std::string> studies;
};

/// An expression that no file has, checked as if it stood at the end of the file or, if one is named, of a study.
struct Asked {
  std::string expr;   // of a study, it may be what a column shows, or its title
  std::string study;
};

struct SessionOptions {
  std::optional<std::filesystem::path> library;   // --std; none: the one in the binary
  std::vector<std::filesystem::path> folders;     // -I
  std::vector<Setting> settings;                  // --set
  std::vector<AddedSensitivity> sensitivities = {};   // --sensitivity
  std::optional<Asked> asked;
};

struct Timings {
  double load = 0, parse = 0, check = 0;          // seconds
};

struct Session {
  SourceMap sources;
  Syntax syntax;
  ImportTargets imports;
  DataFiles data;
  DiagSink sink;
  FileId main{};
  std::optional<ExprId> asked;                    // nothing if a diagnostic was given, or no such study is there
  Program program;
  Timings timings;
};

/// `file` is a path or `-` for standard input. Mistakes are in the sink; the program is ok() only if there are none.
std::unique_ptr<Session> open_session(const std::string& file, const SessionOptions& options);

/// The same for a text that is in no file; its imports are looked for in the current folder.
std::unique_ptr<Session> open_text(std::string text, const SessionOptions& options);

/// What was typed behind a file, or behind a file that imports the whole library.
struct Typed {
  std::string file;                       // empty: the library
  std::vector<std::string> inputs;        // declarations, each input as if it stood at the end of the file
  std::optional<std::string> question;    // an expression, which becomes the last declaration: a `let` without a name
};
std::unique_ptr<Session> open_typed(const Typed& typed, const SessionOptions& options);

/// The text of a file alone, as the source of a main file without declarations: nothing is parsed, nothing imported.
std::unique_ptr<Session> open_source(const std::string& file);

/// A module of the library, such as "std/hardware", as the main file.
std::unique_ptr<Session> open_library_module(const std::string& module, const SessionOptions& options);

/// Modules of the library: "std/hardware", by name.
std::vector<std::string> library_modules(const SessionOptions& options);

/// Files of the library to begin with: the text of each by its name without `.llmsys`.
std::map<std::string, std::string> library_templates(const SessionOptions& options);

}  // namespace llmsys
