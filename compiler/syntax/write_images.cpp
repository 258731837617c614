// A tool of the build: write_images FOLDER FILES... writes the image of each file's syntax into FOLDER, under the file's name; a file with a mistake fails.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/diag/render.h"
#include "compiler/syntax/image.h"
#include "compiler/syntax/parse.h"

namespace llmsys {
namespace {

namespace fs = std::filesystem;

bool write(const fs::path& from, const fs::path& to) {
  std::ostringstream text;
  text << std::ifstream(from, std::ios::binary).rdbuf();
  SourceMap sources;
  Syntax syntax;
  DiagSink sink;
  const FileId file = parse(sources, sources.add(from.string(), text.str()), syntax, sink);
  for (const Diagnostic& mistake : sink.sorted()) fmt::print(stderr, "{}\n", render_frame(sources, mistake, false));
  if (sink.has_errors()) return false;
  std::ofstream image(to, std::ios::binary);
  image << write_image(syntax, sources, file);
  return static_cast<bool>(image.flush());
}

}  // namespace
}  // namespace llmsys

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  if (argc < 2) return 1;
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  for (int i = 2; i < argc; ++i) {
    const fs::path from = argv[i];
    if (llmsys::write(from, folder / from.filename())) continue;
    fmt::print(stderr, "no image of `{}` was written\n", from.string());
    return 1;
  }
}
