// What fuzzers share. A case is made from a seed, so a number is all that one needs to see a failure again.
//   NAME SECONDS SEED    runs SEED, SEED + 1, ... for so long, at least one
#pragma once

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <chrono>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define LLMSYS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LLMSYS_SANITIZER
#endif
#endif
#ifdef LLMSYS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace llmsys {

using Random = std::mt19937_64;

/// Not std::uniform_int_distribution: that differs between libraries, and a seed should be worth keeping.
inline uint64_t below(Random& random, uint64_t limit) { return random() % limit; }

template <class List>
const auto& any_of(Random& random, const List& list) {
  return list[below(random, std::size(list))];
}

/// Of processor time, for any case. An unoptimised program with sanitizers takes up to thirty times as long.
#ifdef NDEBUG
inline constexpr double most_seconds = 10;
#else
inline constexpr double most_seconds = 100;
#endif

inline volatile uint64_t current_seed = 0;   // for the handler below

inline void report_seed() { std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(current_seed)); }

extern "C" inline void report_abort(int signal) {
  report_seed();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// For libFuzzer: what is wrong with its input, or nothing.
inline int take(const std::string& wrong) {
  if (wrong.empty()) return 0;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}

/// A seed of libFuzzer's bytes.
inline uint64_t seed_of(const uint8_t* data, size_t size) {
  uint64_t seed = 0;
  for (size_t i = 0; i < size && i < sizeof seed; ++i) seed |= uint64_t{data[i]} << (8 * i);
  return seed;
}

/// `check` says why a case is wrong, or nothing.
inline int run_seeds(int argc, char** argv, std::string (*check)(uint64_t seed)) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s SECONDS SEED\n", argv[0]);
    return 2;
  }
  static char room[1 << 16];   // a stack that has overflown can't be used
  const stack_t other = {.ss_sp = room, .ss_flags = 0, .ss_size = sizeof room};
  sigaltstack(&other, nullptr);
  struct sigaction action = {};
  action.sa_handler = report_abort;
  action.sa_flags = SA_ONSTACK;
  for (int signal : {SIGABRT, SIGFPE, SIGSEGV}) sigaction(signal, &action, nullptr);
#ifdef LLMSYS_SANITIZER
  __sanitizer_set_death_callback(report_seed);
#endif
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(std::atoi(argv[1]));
  uint64_t cases = 0;
  current_seed = std::strtoull(argv[2], nullptr, 10);
  do {
    const std::clock_t start = std::clock();   // of the processor: a busy machine makes no case slow
    std::string wrong = check(current_seed);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (wrong.empty() && seconds > most_seconds) wrong = "it took " + std::to_string(seconds) + " s";
    if (!wrong.empty()) {
      std::printf("%s\n", wrong.c_str());
      report_seed();
      return 1;
    }
    current_seed = current_seed + 1;
    ++cases;
  } while (Clock::now() < end);
  std::printf("%llu cases\n", static_cast<unsigned long long>(cases));
  return 0;
}

}  // namespace llmsys
