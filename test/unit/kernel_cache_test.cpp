// What a folder of kernels gives back, and what it does not: files that are cut off, changed, foreign or another's; too many of them; no folder at all.
#include "compiler/codegen/kernel_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace llmsys {
namespace {

namespace fs = std::filesystem;

KernelCache::Key key(uint8_t number) { return {number, 0xAB}; }

class Cache : public testing::Test {
 protected:
  Cache() {
    std::string name = (fs::temp_directory_path() / "kernel_cache_test.XXXXXX").string();
    top_ = mkdtemp(name.data());
    folder = top_ / "llmsys" / "kernels";
  }
  ~Cache() override { fs::remove_all(top_); }

  fs::path only_file() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    EXPECT_EQ(files.size(), 1u);
    return files.empty() ? fs::path() : files[0];
  }
  std::string content() const {
    std::ifstream file(only_file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& content) const { std::ofstream(only_file(), std::ios::binary) << content; }
  size_t files() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator())); }

  fs::path top_, folder;
};

TEST_F(Cache, GivesBackWhatWasKept) {
  const std::string code("\0machine\xFF code", 14);
  KernelCache(folder).keep(key(1), code);
  KernelCache next(folder);
  EXPECT_EQ(next.find(key(1)), code);
  EXPECT_EQ(next.find(key(2)), std::nullopt);
  EXPECT_EQ(next.found(), 1u);
  EXPECT_EQ(next.missed(), 1u);
}

TEST_F(Cache, IsOfItsUserAlone) {
  KernelCache(folder).keep(key(1), "code");
  struct stat status;
  for (const fs::path& place : {folder, folder.parent_path(), only_file()}) {
    ASSERT_EQ(stat(place.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & (S_IRWXG | S_IRWXO), 0u) << place;
  }
}

TEST_F(Cache, KnowsEveryChangedByteAndEveryCut) {
  KernelCache cache(folder);
  cache.keep(key(1), "machine code");
  const std::string right = content();
  for (size_t at = 0; at < right.size(); ++at) {
    std::string wrong = right;
    wrong[at] = static_cast<char>(wrong[at] ^ 1);
    write(wrong);
    EXPECT_EQ(cache.find(key(1)), std::nullopt) << at;
    write(right.substr(0, at));
    EXPECT_EQ(cache.find(key(1)), std::nullopt) << at;
  }
  write(right + "x");
  EXPECT_EQ(cache.find(key(1)), std::nullopt);
  cache.keep(key(1), "machine code");
  EXPECT_EQ(cache.find(key(1)), "machine code");
  EXPECT_EQ(content(), right);
}

TEST_F(Cache, TakesNothingFromOthers) {
  KernelCache cache(folder);
  cache.keep(key(1), "code");
  const fs::path file = only_file();
  fs::permissions(file, fs::perms::group_write, fs::perm_options::add);
  EXPECT_EQ(cache.find(key(1)), std::nullopt);
  fs::permissions(file, fs::perms::group_write, fs::perm_options::remove);
  EXPECT_EQ(cache.find(key(1)), "code");
  if (geteuid() == 0) {
    ASSERT_EQ(chown(file.c_str(), 12345, 12345), 0);
    EXPECT_EQ(cache.find(key(1)), std::nullopt);
    ASSERT_EQ(chown(file.c_str(), 0, 0), 0);
  }
  fs::rename(file, top_ / "elsewhere");
  fs::create_symlink(top_ / "elsewhere", file);
  EXPECT_EQ(cache.find(key(1)), std::nullopt);

  fs::permissions(folder, fs::perms::others_write, fs::perm_options::add);
  cache.keep(key(2), "code");
  EXPECT_EQ(cache.find(key(2)), std::nullopt);
}

TEST_F(Cache, AnotherKeysFileIsForeign) {
  KernelCache cache(folder);
  cache.keep(key(1), "code");
  const fs::path one = only_file();
  cache.keep(key(2), "other code");
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path() != one) fs::copy_file(one, entry.path(), fs::copy_options::overwrite_existing);
  EXPECT_EQ(cache.find(key(1)), "code");
  EXPECT_EQ(cache.find(key(2)), std::nullopt);
}

TEST_F(Cache, WhatWasNotUsedForLongGoes) {
  const std::string code(1000, 'x');
  const auto all_was = [&](int hours) {   // those that are not older already
    for (const auto& entry : fs::directory_iterator(folder))
      if (const auto then = fs::file_time_type::clock::now() - std::chrono::hours(hours); entry.last_write_time() > then) fs::last_write_time(entry.path(), then);
  };
  const auto made_long_ago = [&](uint8_t number) {
    KernelCache(folder).keep(key(number), code);
    all_was(100 - number);
  };
  for (uint8_t number = 0; number < 6; ++number) made_long_ago(number);
  EXPECT_EQ(KernelCache(folder).find(key(1)), code);   // used now
  { KernelCache(folder, {.bytes = 4 * 1100, .entries = 100}).keep(key(6), code); }
  KernelCache after(folder);
  for (const uint8_t there : {1, 4, 5, 6}) EXPECT_EQ(after.find(key(there)), code) << int(there);
  for (const uint8_t gone : {0, 2, 3}) EXPECT_EQ(after.find(key(gone)), std::nullopt) << int(gone);
  all_was(1);
  { KernelCache(folder, {.bytes = 1u << 20, .entries = 2}).keep(key(7), code); }
  EXPECT_EQ(files(), 2u);
  EXPECT_EQ(after.find(key(7)), code);
}

TEST_F(Cache, WithoutAFolderNothingHappens) {
  std::ofstream(top_ / "file") << "no folder";
  for (const char* nowhere : {"file/llmsys/kernels", "missing/caches/llmsys/kernels"}) {
    KernelCache cache(top_ / nowhere);
    cache.keep(key(1), "code");
    EXPECT_EQ(cache.find(key(1)), std::nullopt);
  }
  KernelCache full("/dev/full/llmsys/kernels");
  full.keep(key(1), "code");
  EXPECT_FALSE(fs::exists(top_ / "missing"));
}

TEST_F(Cache, ManyAtOnceFindAllOrNothing) {
  const auto work = [&](unsigned seed) {
    KernelCache cache(folder, {.bytes = 20'000, .entries = 8});
    for (unsigned i = 0; i < 300; ++i) {
      const auto number = static_cast<uint8_t>((seed + i * 7) % 16);
      const std::string code(500 + number, static_cast<char>('a' + number));
      if (const auto found = cache.find(key(number))) EXPECT_EQ(*found, code);
      else cache.keep(key(number), code);
      if (i % 50 == 0) KernelCache(folder, {.bytes = 3000, .entries = 4}).keep(key(number), code);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(files(), 8u);
}

}  // namespace
}  // namespace llmsys
