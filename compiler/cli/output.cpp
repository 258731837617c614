#include "compiler/cli/output.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace llmsys {

namespace fs = std::filesystem;

Output::Output(std::string path, uint64_t kept) : path_(std::move(path)) {
  if (path_.empty()) {
    stream_ = stdout;
    return;
  }
  std::error_code code;
  const bool in_place = fs::exists(path_, code) && !fs::is_regular_file(path_, code);
  if (in_place) stream_ = std::fopen(path_.c_str(), "wb");
  if (in_place ? stream_ == nullptr : !open_part(kept)) fail();
}

/// A lock that the system drops with the process, however that ends.
bool Output::open_part(uint64_t kept) {
  const std::string part = path_ + ".part";
  const int file = open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return false;
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    error_ = "can't write `" + path_ + "`: another run is writing it";
    return false;
  }
  struct stat status = {};
  if (kept == everything) kept = fstat(file, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
  const bool is_there = fstat(file, &status) == 0 && static_cast<uint64_t>(status.st_size) >= kept;
  if (!is_there) error_ = "can't go on with `" + path_ + "`: `" + part + "` is shorter than it was";
  if (is_there && ftruncate(file, static_cast<off_t>(kept)) == 0 && lseek(file, 0, SEEK_END) >= 0) stream_ = fdopen(file, "wb");
  if (stream_ == nullptr) {
    close(file);
    return false;
  }
  part_ = part;
  written_ = kept;
  return true;
}

Output::~Output() {
  std::error_code code;
  if (!part_.empty() && !keeps_part_) fs::remove(part_, code);   // before the lock goes
  if (stream_ != nullptr && stream_ != stdout) std::fclose(stream_);
}

bool Output::fail() {
  if (error_.empty()) error_ = "can't write " + (path_.empty() ? "standard output" : "`" + path_ + "`") + ": " + std::system_category().message(errno);
  return false;
}

bool Output::write(std::string_view text) {
  if (stream_ == nullptr || !error_.empty()) return false;
  written_ += text.size();
  return std::fwrite(text.data(), 1, text.size(), stream_) == text.size() || fail();
}

bool Output::flush() { return stream_ != nullptr && error_.empty() && (std::fflush(stream_) == 0 || fail()); }

bool Output::commit() {
  if (!flush()) return false;
  if (stream_ == stdout) return true;
  std::error_code code;
  if (!part_.empty()) fs::rename(part_, path_, code);
  if (code) {
    error_ = "can't write `" + path_ + "`: " + code.message();
    return false;
  }
  part_.clear();
  const bool closed = std::fclose(stream_) == 0;
  stream_ = nullptr;
  return closed || fail();
}

}  // namespace llmsys
