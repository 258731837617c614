#include "compiler/cli/checkpoint.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/cli/output.h"
#include "runtime/bytes.h"

namespace llmsys {
namespace {

constexpr std::string_view magic = "llmsys checkpoint 2\n";

uint64_t fingerprint(std::string_view bytes, uint64_t hash = 0xcbf29ce484222325) {   // FNV-1a
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string difference(const Identity& other, const Identity& here, std::string_view there) {
  for (const auto& [name, print] : other) {
    const auto same = here.find(name);
    if (same == here.end()) return fmt::format("{} is {} only", name, there);
    if (same->second != print) return fmt::format("{} is not the same {}", name, there);
  }
  for (const auto& [name, print] : here) {
    if (!other.contains(name)) return fmt::format("{} is not {}", name, there);
  }
  return "";
}

void identify(Identity& identity, const std::string& name, std::string_view bytes) {
  const auto [entry, is_new] = identity.try_emplace(name, 0);
  entry->second = fingerprint(bytes, is_new ? fingerprint(name) : entry->second);
}

Checkpoints::Checkpoints(const std::string& output, Identity identity, double seconds)
    : path_(output + ".checkpoint"), part_(output + ".part"), identity_(std::move(identity)), every_(seconds), next_(Clock::now() + std::chrono::duration_cast<Clock::duration>(every_)) {}

bool Checkpoints::load(std::optional<Checkpoint>& checkpoint) {
  std::ifstream stream(path_, std::ios::binary);
  std::error_code code;
  if (!stream || !std::filesystem::exists(part_, code)) return true;   // never ended, or ended after its last word
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto refuse = [&](std::string_view reason) {
    error_ = fmt::format("can't go on from `{}`: {}; without `--resume` the run starts anew", path_, reason);
    return false;
  };
  const size_t head = magic.size() + sizeof(uint64_t);
  if (bytes.size() < head || !bytes.starts_with(magic)) return refuse("it is no checkpoint of this version of llmsys");
  const std::string_view content = std::string_view(bytes).substr(head);
  uint64_t print = 0;
  std::memcpy(&print, bytes.data() + magic.size(), sizeof print);
  if (print != fingerprint(content)) return refuse("it is damaged");
  Identity identity;
  Checkpoint found;
  Unpack unpack(content);
  unpack(identity, found);
  if (const std::string other = difference(identity, identity_, "in it"); !other.empty()) return refuse("it is of another run: " + other);
  if (!unpack.whole()) return refuse("it is damaged");
  checkpoint = std::move(found);
  saved_ = true;
  return true;
}

bool Checkpoints::due() const { return Clock::now() >= next_; }

bool Checkpoints::save(const Checkpoint& checkpoint) {
  Pack pack;
  pack(identity_, checkpoint);
  const uint64_t print = fingerprint(pack.bytes);
  Output output(path_);
  output.write(magic);
  output.write({reinterpret_cast<const char*>(&print), sizeof print});
  output.write(pack.bytes);
  next_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(every_);
  if (!output.commit()) {
    error_ = output.error();
    return false;
  }
  return saved_ = true;
}

void Checkpoints::remove() {
  std::error_code code;
  std::filesystem::remove(path_, code);
  saved_ = false;
}

}  // namespace llmsys
