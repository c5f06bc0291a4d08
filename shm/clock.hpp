// The clock of leases: time since boot, which suspends count and nobody sets.
#pragma once

#include <time.h>

#include <chrono>
#include <cstdint>

namespace holdfast::shm {

/// CLOCK_BOOTTIME as a std::chrono clock. Equal for all processes of a host.
struct boot_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return time_point{std::chrono::seconds{now.tv_sec}
                      + std::chrono::nanoseconds{now.tv_nsec}};
  }
};

} // namespace holdfast::shm
