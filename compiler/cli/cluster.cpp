#include "compiler/cli/cluster.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/share.h"

namespace llmsys {
namespace {

/// mpirun of OpenMPI and MPICH, and srun with their plugins, say by these how many there are.
bool is_one_of_several() {
  const auto number = [](const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? 1 : std::atoi(text);
  };
  return number("OMPI_COMM_WORLD_SIZE") > 1 || number("PMI_SIZE") > 1 || (std::getenv("PMIX_RANK") != nullptr && number("SLURM_NTASKS") > 1);
}

Ranks::Message await(Ranks& ranks, uint64_t job) {
  for (share::Nap nap;; nap.take()) {
    if (auto message = share::receive(ranks, job)) return std::move(*message);
  }
}

void send(Ranks& ranks, unsigned to, uint64_t job, const auto& value) {
  Pack pack;
  pack(job, value);
  ranks.send(to, pack.bytes);
}

}  // namespace

std::unique_ptr<Ranks> ranks_of_job(std::string& error) {
  if (!is_one_of_several()) return nullptr;
  std::error_code code;
  const auto library = std::filesystem::read_symlink("/proc/self/exe", code).parent_path() / "libllmsys_mpi.so";
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL);   // MPI looks in there for parts of itself
  auto* const start = handle == nullptr ? nullptr : reinterpret_cast<Ranks* (*)()>(dlsym(handle, "llmsys_mpi_ranks"));
  std::unique_ptr<Ranks> ranks(start == nullptr ? nullptr : start());
  if (!ranks) error = fmt::format("this process is one of several, and MPI can't be started: {}", start == nullptr ? dlerror() : "it gives no reason");
  return ranks;
}

bool agree(Ranks& ranks, const Identity& identity, std::string& error) {
  const uint64_t job = ranks.jobs++;
  uint64_t number = 0;
  bool same = true;
  if (ranks.rank() != 0) {
    send(ranks, 0, job, identity);
    const Ranks::Message answer = await(ranks, job);
    Unpack(answer.bytes)(number, same);
    return same;
  }
  for (unsigned r = 1; r < ranks.size(); ++r) {
    const Ranks::Message message = await(ranks, job);
    Identity other;
    Unpack(message.bytes)(number, other);
    const std::string differs = difference(other, identity, "there");
    if (!differs.empty()) error = fmt::format("rank {} runs something else than rank 0: {}", message.from, differs);
    same = same && differs.empty();
  }
  for (unsigned r = 1; r < ranks.size(); ++r) send(ranks, r, job, same);
  return same;
}

uint64_t as_rank_0(Ranks& ranks, uint64_t number) {
  const uint64_t job = ranks.jobs++;
  if (ranks.rank() == 0) {
    for (unsigned r = 1; r < ranks.size(); ++r) send(ranks, r, job, number);
    return number;
  }
  const Ranks::Message message = await(ranks, job);
  uint64_t unused = 0;
  Unpack(message.bytes)(unused, number);
  return number;
}

}  // namespace llmsys
