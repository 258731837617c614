// What a run that writes a file leaves beside it from time to time, so that it can be ended anyhow and go on. In: what the run is, how far it is.
// Out: FILE.checkpoint, for the FILE.part that goes with it. Promise: it appears whole or not at all; one of another run is refused, with the reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace llmsys {

/// What the bytes of a run's output depend on, by how a person calls it: a fingerprint.
using Identity = std::map<std::string, uint64_t>;
/// Adds a thing; of several with the same name each counts.
void identify(Identity& identity, const std::string& name, std::string_view bytes);
/// What is told of two that differ, `there` being where or when the other one is; nothing if they are the same.
std::string difference(const Identity& other, const Identity& here, std::string_view there);

struct Checkpoint {
  uint32_t study = 0;      // by its place among those that are asked
  uint64_t written = 0;    // bytes of FILE.part
  uint64_t rows = 0;       // of this study, in there
  std::string state;       // of its evaluation; empty: not begun
  static void fields(auto& archive, auto& self) { archive(self.study, self.written, self.rows, self.state); }
};

class Checkpoints {
 public:
  Checkpoints(const std::string& output, Identity identity, double seconds);

  /// The last one that was saved. False: error() says why it is not one of this run.
  bool load(std::optional<Checkpoint>& checkpoint);
  /// Whether the last one is so old that another is wanted.
  bool due() const;
  bool save(const Checkpoint& checkpoint);
  void remove();
  bool saved() const { return saved_; }
  const std::string& error() const { return error_; }

 private:
  using Clock = std::chrono::steady_clock;

  std::string path_, part_;
  Identity identity_;
  std::chrono::duration<double> every_;
  Clock::time_point next_;
  bool saved_ = false;
  std::string error_;
};

}  // namespace llmsys
