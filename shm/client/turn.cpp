#include "shm/client/turn.hpp"

namespace holdfast::client {

// Drepper's second mutex ("Futexes Are Tricky"), with a deadline. Who was
// asleep always leaves 2 behind, so that no sleeper is forgotten.
bool turn::take(shm::futex::deadline until) noexcept {
  std::uint32_t seen = 0;
  // T1 pairs with T2: what the last one did is ours to build on.
  if (word_.compare_exchange_strong(seen, 1, std::memory_order_acquire,
                                    std::memory_order_relaxed))
    return true;
  // T1 again, for those who had to wait.
  while (word_.exchange(2, std::memory_order_acquire) != 0)
    if (shm::futex::wait({&word_, 2}, until) == shm::futex::outcome::timeout)
      return false;
  return true;
}

void turn::give_back() noexcept {
  // T2 pairs with T1.
  if (word_.exchange(0, std::memory_order_release) == 2)
    shm::futex::wake(&word_);
}

} // namespace holdfast::client
