// Compiled kernels from run to run, in a folder of the user. In: keys, machine code. Out: the machine code that was kept under a key, or nothing.
// Promise: what is found is byte for byte what was kept under this key, by this user: anything else (cut off, changed, foreign, of another owner) is as good as
// not there. No failure is an error: what can't be kept is not kept. Any number of processes and threads may use one folder.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace llmsys {

class KernelCache {
 public:
  /// A strong hash of all that the machine code depends on.
  using Key = std::array<uint8_t, 32>;
  /// When there is more, what was not used for the longest time goes.
  struct Limits {
    uint64_t bytes = uint64_t{256} << 20;
    size_t entries = 4096;
  };

  explicit KernelCache(std::filesystem::path folder) : KernelCache(std::move(folder), Limits()) {}
  KernelCache(std::filesystem::path folder, Limits limits) : folder_(std::move(folder)), limits_(limits) {}
  ~KernelCache();   // what is over the limits goes

  std::optional<std::string> find(const Key& key);
  void keep(const Key& key, std::string_view code);

  unsigned found() const { return found_; }
  unsigned missed() const { return missed_; }

 private:
  std::filesystem::path place(const Key& key) const;
  bool make_folder() const;

  std::filesystem::path folder_;
  Limits limits_;
  std::atomic<unsigned> found_ = 0, missed_ = 0, kept_ = 0;
};

/// In $XDG_CACHE_HOME/llmsys, else in $HOME/.cache/llmsys; null if neither is said. Nothing is written before something is kept.
std::shared_ptr<KernelCache> kernel_cache_of_user();

}  // namespace llmsys
