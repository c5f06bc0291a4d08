// Ends another thread's wait: how a thread that sleeps on variables is told
// that there is something else to do.
#pragma once

#include "shm/futex.hpp"

#include <atomic>
#include <cstdint>

namespace holdfast::shm {

/// Counts rings. Private to one process; any thread may ring.
class wake_word {
public:
  void ring() noexcept {
    // K1: what was handed over before the ring is seen by who saw the ring.
    // Pairs with the look at the word in wait.cpp.
    rings_.fetch_add(1, std::memory_order_release);
    futex::wake(&rings_);
  }

  /// What to sleep on for one who has answered that many rings: the wait ends
  /// at once while there are more.
  futex::expected_word answered(std::uint32_t rings) const noexcept {
    return {&rings_, rings};
  }

private:
  std::atomic<std::uint32_t> rings_{0};
};

} // namespace holdfast::shm
