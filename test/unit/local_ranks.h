// Ranks that are threads of one process. In: how many. Out: Ranks for each, with mailboxes between them.
#pragma once

#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/ranks.h"

namespace llmsys::test {

struct Mailboxes {
  std::mutex mutex;
  std::vector<std::deque<Ranks::Message>> boxes;
};

class LocalRank : public Ranks {
 public:
  LocalRank(Mailboxes& mail, unsigned number) : mail_(mail), number_(number) {}
  unsigned rank() const override { return number_; }
  unsigned size() const override { return static_cast<unsigned>(mail_.boxes.size()); }
  void send(unsigned to, const std::string& bytes) override {
    std::lock_guard lock(mail_.mutex);
    mail_.boxes[to].push_back({number_, bytes});
  }
  std::optional<Message> receive() override {
    std::lock_guard lock(mail_.mutex);
    auto& box = mail_.boxes[number_];
    if (box.empty()) return std::nullopt;
    Message message = std::move(box.front());
    box.pop_front();
    return message;
  }
  void abort(int exit_status) override { std::exit(exit_status); }

 private:
  Mailboxes& mail_;
  unsigned number_;
};

/// Calls `use(ranks)` on each of `count` ranks, rank 0 on the thread that calls.
template <class Use>
void on_ranks(unsigned count, Use use) {
  Mailboxes mail;
  mail.boxes.resize(count);
  std::vector<std::unique_ptr<LocalRank>> ranks;
  for (unsigned r = 0; r < count; ++r) ranks.push_back(std::make_unique<LocalRank>(mail, r));
  std::vector<std::jthread> others;
  for (unsigned r = 1; r < count; ++r) others.emplace_back([&use, &rank = *ranks[r]] { use(rank); });
  use(*ranks[0]);
}

}  // namespace llmsys::test
