// Work in numbered pieces, done by several threads, taken in the order of the numbers. In: how many pieces, what to do. Out: results, in order.
// Promise: at most `window` results exist at once, so memory does not grow with the number of pieces.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace llmsys {

template <class Result>
class InOrder {
 public:
  InOrder(uint64_t pieces, uint64_t window) : pieces_(pieces), ready_(window) {}

  /// The next piece to work on, once its result has room; none if all are given out or the taker has stopped.
  std::optional<uint64_t> claim() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || claimed_ == pieces_ || claimed_ < taken_ + ready_.size(); });
    if (stopped_ || claimed_ == pieces_) return std::nullopt;
    return claimed_++;
  }
  /// The same without waiting for room.
  std::optional<uint64_t> try_claim() {
    std::lock_guard lock(mutex_);
    if (stopped_ || claimed_ == pieces_ || claimed_ >= taken_ + ready_.size()) return std::nullopt;
    return claimed_++;
  }
  /// No piece will be claimed any more.
  bool is_given_out() {
    std::lock_guard lock(mutex_);
    return stopped_ || claimed_ == pieces_;
  }
  void put(uint64_t piece, Result result) {
    {
      std::lock_guard lock(mutex_);
      ready_[piece % ready_.size()] = std::move(result);
    }
    changed_.notify_all();
  }
  Result take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next().has_value(); });
    return pop(lock);
  }
  /// The same without waiting for it.
  std::optional<Result> try_take() {
    std::unique_lock lock(mutex_);
    if (!next()) return std::nullopt;
    return pop(lock);
  }
  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::optional<Result>& next() { return ready_[taken_ % ready_.size()]; }
  Result pop(std::unique_lock<std::mutex>& lock) {
    Result result = std::move(*next());
    next().reset();
    ++taken_;
    lock.unlock();
    changed_.notify_all();
    return result;
  }

  const uint64_t pieces_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Result>> ready_;   // result of piece p at p mod window
  uint64_t claimed_ = 0;
  uint64_t taken_ = 0;
  bool stopped_ = false;
};

/// `make_worker()` gives a function from piece to result, for one thread alone; `take` gives false to stop. False if stopped.
template <class Result>
bool work_in_order(unsigned threads, uint64_t pieces, const std::function<std::function<Result(uint64_t)>()>& make_worker,
                   const std::function<bool(Result)>& take) {
  if (threads <= 1 || pieces <= 1) {
    const std::function<Result(uint64_t)> work = make_worker();
    for (uint64_t piece = 0; piece < pieces; ++piece) {
      if (!take(work(piece))) return false;
    }
    return true;
  }
  InOrder<Result> order(pieces, uint64_t{4} * threads);
  std::vector<std::jthread> pool;   // joined before `order` goes
  for (unsigned t = 0; t < threads; ++t) {
    pool.emplace_back([&order, work = make_worker()] {
      while (const std::optional<uint64_t> piece = order.claim()) order.put(*piece, work(*piece));
    });
  }
  for (uint64_t piece = 0; piece < pieces; ++piece) {
    if (take(order.take())) continue;
    order.stop();
    return false;
  }
  return true;
}

}  // namespace llmsys
