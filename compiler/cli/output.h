// Where results go. In: a path, or nothing for standard output. Out: a place to write, which appears under its name only when it is whole;
// until then it is FILE.part, which one run at a time may write.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace llmsys {

class Output {
 public:
  static constexpr uint64_t everything = UINT64_MAX;
  /// `kept`: bytes of FILE.part that an earlier run wrote and this one goes on behind, or everything there is.
  explicit Output(std::string path, uint64_t kept = 0);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  bool write(std::string_view text);
  /// On its way to the disk, up to written().
  bool flush();
  uint64_t written() const { return written_; }
  /// Everything is on its way to the disk and under its name; false: error() says why, and nothing half-written is left but a part that is kept.
  bool commit();
  /// The part stays, if there is no commit, for a run that goes on.
  void keep_part() { keeps_part_ = true; }
  /// Whether there is a part at all: not of standard output or a device.
  bool has_part() const { return !part_.empty(); }
  const std::string& part() const { return part_; }
  const std::string& error() const { return error_; }

 private:
  bool open_part(uint64_t kept);
  bool fail();

  std::string path_;
  std::string part_;   // empty: written in place
  std::FILE* stream_ = nullptr;
  uint64_t written_ = 0;
  bool keeps_part_ = false;
  std::string error_;
};

}  // namespace llmsys
