// Processes of one job, on one machine or many. In: bytes for one of them. Out: bytes that came. Promise: what one sends to another arrives in order.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace llmsys {

class Ranks {
 public:
  struct Message {
    unsigned from = 0;
    std::string bytes;
  };

  virtual ~Ranks() = default;
  virtual unsigned rank() const = 0;
  virtual unsigned size() const = 0;
  virtual void send(unsigned to, const std::string& bytes) = 0;
  /// One that has come, if any has. To be called, as `send`, by one thread only.
  virtual std::optional<Message> receive() = 0;
  /// Ends all ranks at once, this one too.
  virtual void abort(int exit_status) = 0;

  uint64_t jobs = 0;                // pieces of work begun together, by all ranks in the same order
  std::deque<Message> of_later;     // messages of a job that this rank has not begun
};

}  // namespace llmsys
