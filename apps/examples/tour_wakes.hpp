// How long a process takes to wake from a bare futex, in nanoseconds.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace holdfast::examples {

/// Two forked processes: one stores the time and wakes, the other sleeps and
/// looks how long ago that was. Run beside the same with a variable, each on
/// the same processors.
class bare_wakes {
public:
  bare_wakes(std::optional<int> waker_cpu, std::optional<int> sleeper_cpu,
             std::chrono::nanoseconds duration);
  ~bare_wakes();

  bare_wakes(const bare_wakes&) = delete;
  bare_wakes& operator=(const bare_wakes&) = delete;

  /// Waits for the end of both; the middle sample, or nothing if there is none.
  std::optional<double> median_ns();

private:
  struct board;

  board* board_;
  pid_t waker_ = -1;
  pid_t sleeper_ = -1;
};

} // namespace holdfast::examples
