#include "compiler/cli/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include "runtime/report/number.h"

namespace llmsys {
namespace {

volatile std::sig_atomic_t asked_to_stop = 0;
void ask_to_stop(int) { asked_to_stop = 1; }

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds);
  if (whole < 120) return fmt::format("{} s", whole + 1);
  if (whole < 7200) return fmt::format("{} min", whole / 60 + 1);
  return fmt::format("{} h", readable(seconds / 3600, 2));
}

}  // namespace

Watch::Watch(std::string study, bool shows) : study_(std::move(study)), shows_(shows && isatty(STDERR_FILENO) != 0) {
  asked_to_stop = 0;
  struct sigaction action = {};
  action.sa_handler = ask_to_stop;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, &before_);
}

Watch::~Watch() {
  clear();
  sigaction(SIGINT, &before_, nullptr);
}

bool Watch::interrupted() const { return asked_to_stop != 0; }

bool Watch::operator()(const Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (!done_before_) done_before_ = progress.done;   // in a run that goes on most of that was done by another
  if (shows_ && now >= next_ && progress.done > *done_before_) {
    show(progress, std::chrono::duration<double>(now - start_).count());
    next_ = now + std::chrono::milliseconds(200);
  }
  share_ = static_cast<double>(progress.done) / static_cast<double>(progress.points);
  const bool goes_on = !interrupted();
  if (!goes_on || progress.done == progress.points) clear();   // results come now, perhaps on the same terminal
  return goes_on;
}

void Watch::show(const Progress& progress, double seconds) {
  const auto done = static_cast<double>(progress.done), points = static_cast<double>(progress.points);
  const double rate = (done - static_cast<double>(*done_before_)) / seconds;
  std::string line = fmt::format("{}: {:.3g} %, {} Mpoints/s, {} left", study_, 100 * done / points, readable(rate / 1e6, 3), duration((points - done) / rate));
  if (progress.best) line += ", best so far " + with_unit(*progress.best, progress.goal->units);
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  shown_ = true;
}

void Watch::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace llmsys
