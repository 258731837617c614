#include "compiler/codegen/linker.h"

#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Program.h>
#include <llvm/Support/raw_ostream.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "compiler/codegen/support_objects.h"

namespace llmsys {
namespace {

/// A folder of temporary files.
class Folder {
 public:
  Folder() {
    llvm::SmallString<128> path;
    if (!llvm::sys::fs::createUniqueDirectory("llmsys", path)) path_ = std::string(path);
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  bool exists() const { return !path_.empty(); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Its path; empty if it can't be written.
  std::string write(const std::string& name, std::string_view bytes) const {
    std::error_code error;
    llvm::raw_fd_ostream stream(file(name), error);
    if (error) return {};
    stream << bytes;
    stream.close();
    return stream.has_error() ? std::string() : file(name);
  }

 private:
  std::string path_;
};

std::string text_of(const std::string& path) {
  auto file = llvm::MemoryBuffer::getFile(path, false, false);
  return file ? (*file)->getBuffer().str() : std::string();
}

}  // namespace

/// With the machine's linker, which whoever wants a library for other programs has: LLVM's as a library would bring the code generators of all machines along.
llvm::Expected<std::string> linked(const std::string& object, const std::string& name, Product product) {
  llvm::ErrorOr<std::string> linker = llvm::sys::findProgramByName("ld");
  if (!linker) return llvm::createStringError("there is no linker `ld` on the PATH (Debian's package binutils has one)");
  const Folder folder;
  if (!folder.exists()) return llvm::createStringError("no folder for temporary files can be made");
  std::vector<std::string> arguments = {*linker, "-o", folder.file("out"), "--gc-sections", "-z", "noexecstack"};
  if (product == Product::object) arguments.insert(arguments.end(), {"-r", "-u", name + "_points", "-u", name + "_axes", "-u", name + "_columns", "-u", name + "_reasons"});
  else arguments.insert(arguments.end(), {"-shared", "-soname", "lib" + name + ".so"});
  arguments.push_back(folder.write("study.o", object));
  for (const SupportObject& support : support_objects()) arguments.push_back(folder.write(std::string(support.name), support.bytes));
  const std::vector<llvm::StringRef> words(arguments.begin(), arguments.end());
  const std::string nothing, said = folder.file("said");
  const std::optional<llvm::StringRef> streams[] = {llvm::StringRef(nothing), llvm::StringRef(said), llvm::StringRef(said)};
  std::string failure;
  if (llvm::sys::ExecuteAndWait(*linker, words, std::nullopt, streams, 0, 0, &failure) != 0) return llvm::createStringError("the linker failed: " + failure + text_of(said));
  return text_of(folder.file("out"));
}

}  // namespace llmsys
