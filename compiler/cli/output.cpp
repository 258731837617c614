#include "compiler/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace llmsys {

namespace fs = std::filesystem;

Output::Output(std::string path) : path_(std::move(path)) {
  if (path_.empty()) {
    stream_ = stdout;
    return;
  }
  std::error_code code;
  bool in_place = fs::exists(path_, code) && !fs::is_regular_file(path_, code);
  if (!in_place) temporary_ = path_ + ".part" + std::to_string(getpid());
  stream_ = std::fopen(in_place ? path_.c_str() : temporary_.c_str(), "wb");
  if (!stream_) {
    temporary_.clear();
    fail();
  }
}

Output::~Output() {
  if (stream_ && stream_ != stdout) std::fclose(stream_);
  std::error_code code;
  if (!temporary_.empty()) fs::remove(temporary_, code);
}

bool Output::fail() {
  if (error_.empty()) error_ = "can't write " + (path_.empty() ? "standard output" : "`" + path_ + "`") + ": " + std::system_category().message(errno);
  return false;
}

bool Output::write(std::string_view text) {
  if (!stream_ || !error_.empty()) return false;
  return std::fwrite(text.data(), 1, text.size(), stream_) == text.size() || fail();
}

bool Output::commit() {
  if (!stream_ || !error_.empty()) return false;
  if (std::fflush(stream_) != 0) return fail();
  if (stream_ == stdout) return true;
  bool closed = std::fclose(stream_) == 0;
  stream_ = nullptr;
  if (!closed) return fail();
  if (temporary_.empty()) return true;
  std::error_code code;
  fs::rename(temporary_, path_, code);
  if (code) {
    error_ = "can't write `" + path_ + "`: " + code.message();
    return false;
  }
  temporary_.clear();
  return true;
}

}  // namespace llmsys
