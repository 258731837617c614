#include "compiler/codegen/kernel_cache.h"

#include <fcntl.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/BLAKE3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace llmsys {

namespace fs = std::filesystem;

namespace {

/// What stands before the code in a file. Another machine's order of bytes would not have the key.
struct Header {
  std::array<char, 16> magic;
  KernelCache::Key key;
  uint64_t size;                // of the code
  KernelCache::Key checksum;    // of the code
};
static_assert(sizeof(Header) == 16 + 32 + 8 + 32);

llvm::ArrayRef<uint8_t> bytes(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

Header header_of(const KernelCache::Key& key, std::string_view code) {
  return {{"llmsys kernel 1"}, key, code.size(), llvm::BLAKE3::hash<32>(bytes(code))};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// Code is run, so nobody else may have written it.
bool is_ours(const struct stat& status) { return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0; }

bool read_all(int file, char* to, size_t size) {
  while (size > 0) {
    const ssize_t more = read(file, to, size);
    if (more <= 0) return false;
    to += more;
    size -= static_cast<size_t>(more);
  }
  return true;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t more = write(file, text.data(), text.size());
    if (more <= 0) return false;
    text.remove_prefix(static_cast<size_t>(more));
  }
  return true;
}

/// The folder that an environment variable names; those that are not absolute do not count.
std::optional<fs::path> folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value != '/') return {};
  return value;
}

struct Entry {
  fs::path path;
  uint64_t size;
  fs::file_time_type used;
};

std::vector<Entry> entries_of(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code wrong;
  for (fs::directory_iterator at(folder, wrong), end; !wrong && at != end; at.increment(wrong)) {
    std::error_code gone;   // another process makes room as well
    Entry entry{at->path(), at->file_size(gone), at->last_write_time(gone)};
    if (!gone) entries.push_back(std::move(entry));
  }
  return entries;
}

void make_room(const fs::path& folder, KernelCache::Limits limits) {
  std::vector<Entry> entries = entries_of(folder);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used > b.used; });
  uint64_t size = 0;
  size_t count = 0;
  for (const Entry& entry : entries) {
    size += entry.size;
    std::error_code gone;
    if (++count > limits.entries || size > limits.bytes) fs::remove(entry.path, gone);
  }
}

}  // namespace

KernelCache::~KernelCache() {
  if (kept_ > 0) make_room(folder_, limits_);
}

fs::path KernelCache::place(const Key& key) const { return folder_ / llvm::toHex(key, true); }

std::optional<std::string> KernelCache::find(const Key& key) {
  const auto look = [&]() -> std::optional<std::string> {
    const Descriptor file(open(place(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status;
    if (file.number() < 0 || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) || !is_ours(status)) return {};
    const auto size = static_cast<uint64_t>(status.st_size);
    if (size < sizeof(Header) || size > limits_.bytes) return {};
    Header header;
    std::string code(size - sizeof(Header), '\0');
    if (!read_all(file.number(), reinterpret_cast<char*>(&header), sizeof header) || !read_all(file.number(), code.data(), code.size())) return {};
    const Header right = header_of(key, code);
    if (std::memcmp(&header, &right, sizeof header) != 0) return {};
    futimens(file.number(), nullptr);   // used now
    return code;
  };
  std::optional<std::string> code = look();
  ++(code ? found_ : missed_);
  return code;
}

void KernelCache::keep(const Key& key, std::string_view code) {
  if (!make_folder()) return;
  std::string fresh = folder_ / "new.XXXXXX";
  const Descriptor file(mkostemp(fresh.data(), O_CLOEXEC));   // readable and writable by its owner only
  if (file.number() < 0) return;
  const Header header = header_of(key, code);
  const bool whole = write_all(file.number(), {reinterpret_cast<const char*>(&header), sizeof header}) && write_all(file.number(), code);
  if (whole && rename(fresh.c_str(), place(key).c_str()) == 0) ++kept_;
  else unlink(fresh.c_str());
}

bool KernelCache::make_folder() const {
  for (const fs::path& each : {folder_.parent_path().parent_path(), folder_.parent_path(), folder_}) mkdir(each.c_str(), S_IRWXU);
  struct stat status;
  return stat(folder_.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && is_ours(status);
}

std::shared_ptr<KernelCache> kernel_cache_of_user() {
  std::optional<fs::path> caches = folder_in("XDG_CACHE_HOME");
  if (const auto home = folder_in("HOME"); !caches && home) caches = *home / ".cache";
  return caches ? std::make_shared<KernelCache>(*caches / "llmsys" / "kernels") : nullptr;
}

}  // namespace llmsys
