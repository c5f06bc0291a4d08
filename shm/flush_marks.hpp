// What this process stored in a region and no flush has covered: the epochs in
// which the oldest of it was made.
//
// A flush names that epoch. If another node was home since, the store may be
// gone, also where this node is home again: then the flush must not end well.
// Lies in the process's own memory; nobody else sees it.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::shm {

class flush_marks {
public:
  /// After a value was published and marked dirty. `epoch` was read before it
  /// was published: nobody can have been home in between unseen. Any thread.
  void on_stored(std::uint64_t epoch) noexcept {
    // F1: the dirty mark comes before this look in one total order. So a flush
    // takes this mark, or its node finds the value dirty. Pairs with F2.
    const auto oldest = stored_.load(std::memory_order_seq_cst);
    // None yet, or a later one: 0 wraps around to the largest.
    if (oldest - 1 >= epoch) [[unlikely]]
      lower(stored_, epoch);
  }

  /// The epoch that a flush is to name; 0: there is nothing to flush. One
  /// flush at a time.
  std::uint64_t begin_flush() noexcept {
    // F2 pairs with F1.
    put_in_doubt(stored_.exchange(0, std::memory_order_seq_cst));
    return in_doubt_.load(std::memory_order_relaxed);
  }

  /// It ended well. Otherwise the next one names the same epoch.
  void end_flush() noexcept {
    in_doubt_.store(0, std::memory_order_relaxed);
  }

  /// The next flush covers only what was stored since the last one began.
  void forget_doubt() noexcept {
    in_doubt_.store(0, std::memory_order_relaxed);
  }

  /// Something was stored in that epoch and may be gone; 0: nothing was.
  void put_in_doubt(std::uint64_t epoch) noexcept {
    if (epoch != 0)
      lower(in_doubt_, epoch);
  }

private:
  static void lower(std::atomic<std::uint64_t>& mark,
                    std::uint64_t epoch) noexcept {
    auto seen = mark.load(std::memory_order_relaxed);
    while ((seen == 0 || seen > epoch)
           && !mark.compare_exchange_weak(seen, epoch,
                                          std::memory_order_seq_cst,
                                          std::memory_order_relaxed)) {
      // nop
    }
  }

  std::atomic<std::uint64_t> stored_{0};   // since the last flush began
  std::atomic<std::uint64_t> in_doubt_{0}; // before, and not known to be safe
};

} // namespace holdfast::shm
