#include "shm/variable.hpp"

#include "shm/clock.hpp"

#include <sched.h>

namespace holdfast::shm {

void pause(int attempt) noexcept {
  if (attempt % limits::spins_before_yield == limits::spins_before_yield - 1) {
    ::sched_yield();
    return;
  }
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

bool out_of_patience(boot_clock::time_point& until) noexcept {
  const auto now = boot_clock::now();
  if (until == boot_clock::time_point{})
    until = now + limits::read_patience;
  return now > until;
}

errc wait_for_lock(const variable_place& at, std::uint32_t owner) noexcept {
  const auto free = layout::lock_word::free(at.generation);
  const auto mine = layout::lock_word::held(at.generation, owner);
  const auto until = boot_clock::now() + limits::lock_patience;
  for (int attempt = 0;; ++attempt) {
    auto seen = at.head->lock.load(std::memory_order_relaxed);
    // L1 as in take_lock.
    if (seen == free
        && at.head->lock.compare_exchange_weak(
          seen, mine, std::memory_order_acquire, std::memory_order_relaxed))
      return errc::ok;
    if (layout::lock_word::generation(seen) != at.generation || at.removed())
      return errc::removed;
    if (attempt % limits::spins_before_yield == 0 && boot_clock::now() > until)
      return errc::contended;
    pause(attempt);
  }
}

} // namespace holdfast::shm
