// What a person at a terminal sees of a long evaluation, and how they end it. In: how far it is. Out: one line on standard error, written over and over, if
// that is a terminal; whether to go on.
// Promise: the first Ctrl-C while a Watch lives asks the evaluation to stop, a second one ends the program; without a terminal nothing is written.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <string>

#include "runtime/evaluate.h"

namespace llmsys {

class Watch {
 public:
  /// `shows`: whether the line may be written, if standard error is a terminal.
  Watch(std::string study, bool shows);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Whether to go on.
  bool operator()(const Progress& progress);
  bool interrupted() const;
  /// Of all points, what was evaluated.
  double share() const { return share_; }

 private:
  using Clock = std::chrono::steady_clock;
  void show(const Progress& progress, double seconds);
  void clear();

  std::string study_;
  bool shows_;
  bool shown_ = false;
  double share_ = 0;
  std::optional<uint64_t> done_before_;   // points, when this looked for the first time
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_ + std::chrono::seconds(1);   // short runs show nothing
  struct sigaction before_ = {};
};

}  // namespace llmsys
