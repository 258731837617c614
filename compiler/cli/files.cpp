// Files as they are named on the command line.
#include <algorithm>
#include <filesystem>

#include "compiler/cli/commands.h"

namespace llmsys {

namespace fs = std::filesystem;

std::vector<std::string> files_below(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      files.push_back(name);
      continue;
    }
    std::vector<std::string> inside;
    for (auto step = fs::recursive_directory_iterator(name, fs::directory_options::skip_permission_denied, error); !error && step != fs::recursive_directory_iterator(); step.increment(error))
      if (step->path().extension() == ".llmsys" && step->is_regular_file(error)) inside.push_back(step->path().string());
    std::sort(inside.begin(), inside.end());
    if (inside.empty()) files.push_back(name);   // which is then told as what can't be read
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

}  // namespace llmsys
