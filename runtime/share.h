// Work in numbered pieces, shared by the threads of several ranks. In: the same work on each rank. Out: on rank 0 the results, in the order of the numbers.
// Promise: as in_order.h; a rank asks for pieces as it has threads for them, so fast ones do more.
//
// Rank r asks rank 0 for as many pieces as it can hold; each answer is a piece, or that there are no more. A result asks for the next piece. When all that
// it asked for is answered by "no more", r says that it leaves, and rank 0 goes on when all have left.
#pragma once

#include <algorithm>
#include <chrono>

#include "runtime/bytes.h"
#include "runtime/in_order.h"
#include "runtime/ranks.h"

namespace llmsys {

/// Rows [begin, end).
struct Piece {
  uint64_t number = 0, begin = 0, end = 0;
};

namespace share {

enum class Word : uint8_t { wants, result, leaves, work, no_more };
/// Of a thread that waits for messages and has nothing else to do: longer each time, as looking takes something from those who work.
class Nap {
 public:
  void take() {
    std::this_thread::sleep_for(length_);
    length_ = std::min(2 * length_, std::chrono::microseconds(4000));
  }
  void interrupt() { length_ = shortest; }

 private:
  static constexpr std::chrono::microseconds shortest{20};
  std::chrono::microseconds length_ = shortest;
};

/// A message of this job; those of a later one wait, and of an earlier one there are none.
inline std::optional<Ranks::Message> receive(Ranks& ranks, uint64_t job) {
  const auto job_of = [](const Ranks::Message& message) {
    uint64_t number = 0;
    std::memcpy(&number, message.bytes.data(), sizeof number);
    return number;
  };
  for (auto early = ranks.of_later.begin(); early != ranks.of_later.end(); ++early) {
    if (job_of(*early) != job) continue;
    Ranks::Message message = std::move(*early);
    ranks.of_later.erase(early);
    return message;
  }
  while (std::optional<Ranks::Message> message = ranks.receive()) {
    if (job_of(*message) == job) return message;
    ranks.of_later.push_back(std::move(*message));
  }
  return std::nullopt;
}

/// Pieces that wait for a thread of this rank, and results that wait to be sent.
template <class Result>
class Desk {
 public:
  void give(Piece piece) {
    std::lock_guard lock(mutex_);
    todo_.push_back(piece);
    changed_.notify_one();
  }
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::optional<Piece> claim() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !todo_.empty(); });
    if (todo_.empty()) return std::nullopt;
    const Piece piece = todo_.front();
    todo_.pop_front();
    return piece;
  }
  void put(uint64_t piece, Result result) {
    std::lock_guard lock(mutex_);
    done_.emplace_back(piece, std::move(result));
  }
  std::optional<std::pair<uint64_t, Result>> take() {
    std::lock_guard lock(mutex_);
    if (done_.empty()) return std::nullopt;
    auto result = std::move(done_.front());
    done_.pop_front();
    return result;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> todo_;
  std::deque<std::pair<uint64_t, Result>> done_;
  bool closed_ = false;
};

}  // namespace share

/// Of a rank that is not 0: works until there is no more.
template <class Result>
void assist(Ranks& ranks, unsigned threads, const std::function<std::function<Result(Piece)>()>& make_worker) {
  using share::Word;
  const uint64_t job = ranks.jobs++;
  const auto say = [&](Word word, const auto&... rest) {
    Pack pack;
    pack(job, word, rest...);
    ranks.send(0, pack.bytes);
  };
  share::Desk<Result> desk;
  std::vector<std::jthread> pool;   // joined before the desk goes
  for (unsigned t = 0; t < threads; ++t) {
    pool.emplace_back([&desk, work = make_worker()] {
      while (const std::optional<Piece> piece = desk.claim()) desk.put(piece->number, work(*piece));
    });
  }
  share::Nap nap;
  unsigned asked = 6 * threads;   // one to work on, and some to go on with until answers come
  for (unsigned k = 0; k < asked; ++k) say(Word::wants);
  while (asked > 0) {
    const std::optional<Ranks::Message> message = share::receive(ranks, job);
    if (message) {
      Word word{};
      Piece piece;
      uint64_t number = 0;
      Unpack unpack(message->bytes);
      unpack(number, word, piece);
      if (word == Word::work) desk.give(piece);
      else --asked;
    }
    bool idle = !message;
    while (auto result = desk.take()) {
      say(Word::result, result->first, result->second);
      idle = false;
    }
    if (idle) nap.take();
    else nap.interrupt();
  }
  desk.close();
  say(Word::leaves);
}

/// Of rank 0; see work_in_order.
template <class Result>
bool work_in_order(Ranks& ranks, unsigned threads, uint64_t pieces, const std::function<Piece(uint64_t)>& piece_of,
                   const std::function<std::function<Result(Piece)>()>& make_worker, const std::function<bool(Result)>& take) {
  using share::Word;
  const uint64_t job = ranks.jobs++;
  const auto say = [&](unsigned to, Word word, Piece piece) {
    Pack pack;
    pack(job, word, piece);
    ranks.send(to, pack.bytes);
  };
  InOrder<Result> order(pieces, uint64_t{8} * threads * ranks.size());
  std::vector<std::jthread> pool;   // joined before `order` goes
  for (unsigned t = 0; t < threads; ++t) {
    pool.emplace_back([&order, &piece_of, work = make_worker()] {
      while (const std::optional<uint64_t> piece = order.claim()) order.put(*piece, work(piece_of(*piece)));
    });
  }
  std::deque<unsigned> wanting;   // ranks, once for each piece
  share::Nap nap;
  uint64_t taken = 0;
  bool stopped = false;
  for (unsigned left = 0; left + 1 < ranks.size() || (taken < pieces && !stopped);) {
    bool idle = true;
    while (const std::optional<Ranks::Message> message = share::receive(ranks, job)) {
      idle = false;
      Word word{};
      uint64_t number = 0;
      const std::string_view bytes = message->bytes;
      std::memcpy(&word, bytes.data() + sizeof number, sizeof word);
      if (word == Word::leaves) ++left;
      else wanting.push_back(message->from);
      if (word != Word::result) continue;
      Result result;
      Unpack unpack(bytes);
      unpack(number, word, number, result);
      order.put(number, std::move(result));
    }
    while (!wanting.empty()) {
      const std::optional<uint64_t> piece = order.try_claim();
      if (!piece && !order.is_given_out()) break;   // results must be taken first
      say(wanting.front(), piece ? Word::work : Word::no_more, piece ? piece_of(*piece) : Piece{});
      wanting.pop_front();
    }
    while (std::optional<Result> result = order.try_take()) {
      idle = false;
      ++taken;
      if (stopped || take(std::move(*result))) continue;
      stopped = true;
      order.stop();
    }
    if (idle) nap.take();
    else nap.interrupt();
  }
  return !stopped;
}

}  // namespace llmsys
