// Ranks that MPI started. A library of its own, which the command loads when it runs under mpirun: others need not wait for MPI to be loaded, or have it.
#include <mpi.h>

#include <deque>
#include <string>

#include "runtime/ranks.h"

namespace llmsys {
namespace {

class MpiRanks : public Ranks {
 public:
  ~MpiRanks() override {
    for (Sent& one : sent_) MPI_Wait(&one.transfer, MPI_STATUS_IGNORE);
    MPI_Finalize();
  }
  unsigned rank() const override { return asked(MPI_Comm_rank); }
  unsigned size() const override { return asked(MPI_Comm_size); }
  void send(unsigned to, const std::string& bytes) override {
    Sent& one = sent_.emplace_back(Sent{MPI_REQUEST_NULL, bytes});
    MPI_Isend(one.bytes.data(), static_cast<int>(one.bytes.size()), MPI_BYTE, static_cast<int>(to), 0, MPI_COMM_WORLD, &one.transfer);
  }
  std::optional<Message> receive() override {
    forget_what_has_arrived();
    int is_there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &is_there, &status);
    if (is_there == 0) return std::nullopt;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    Message message{static_cast<unsigned>(status.MPI_SOURCE), std::string(static_cast<size_t>(size), '\0')};
    MPI_Recv(message.bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return message;
  }
  void abort(int exit_status) override { MPI_Abort(MPI_COMM_WORLD, exit_status); }

 private:
  /// On its way: to wait for it would take a core from those who compute until the other rank looks.
  struct Sent {
    MPI_Request transfer;
    std::string bytes;
  };
  void forget_what_has_arrived() {
    for (int is_done = 1; !sent_.empty() && is_done != 0;) {
      MPI_Test(&sent_.front().transfer, &is_done, MPI_STATUS_IGNORE);
      if (is_done != 0) sent_.pop_front();
    }
  }
  std::deque<Sent> sent_;

  template <class Ask>
  static unsigned asked(Ask ask) {
    int number = 0;
    ask(MPI_COMM_WORLD, &number);
    return static_cast<unsigned>(number);
  }
};

}  // namespace
}  // namespace llmsys

/// Null if MPI can't be started. An error of MPI later on ends the job, as MPI does by itself.
extern "C" llmsys::Ranks* llmsys_mpi_ranks() {
  int level = 0;
  return MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level) == MPI_SUCCESS ? new llmsys::MpiRanks : nullptr;
}
