// Where results go. In: a path, or nothing for standard output. Out: a place to write, which appears under its name only when it is whole.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace llmsys {

class Output {
 public:
  explicit Output(std::string path);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  bool write(std::string_view text);
  /// Everything is on its way to the disk and under its name; false: error() says why, and nothing half-written is left.
  bool commit();
  const std::string& error() const { return error_; }

 private:
  bool fail();

  std::string path_;
  std::string temporary_;   // empty: written in place (standard output, a device)
  std::FILE* stream_ = nullptr;
  std::string error_;
};

}  // namespace llmsys
