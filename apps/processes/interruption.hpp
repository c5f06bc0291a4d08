// Waiting in programs that somebody may want to end: every wait is bounded and
// ends at once when SIGINT or SIGTERM came.
#pragma once

#include <chrono>
#include <stdexcept>

namespace holdfast::processes {

/// Somebody wants this program to end.
struct interrupted : std::runtime_error {
  interrupted() : std::runtime_error{"interrupted"} {
    // nop
  }
};

/// From now on SIGINT and SIGTERM end the waits below with `interrupted`, and
/// nothing else. A process that does not call this is never interrupted.
void end_on_signals();

/// Throws `interrupted` if one came.
void go_on_or_throw();

/// Sleeps. Throws `interrupted`.
void rest(std::chrono::nanoseconds duration);

/// Waits for a condition; false when the deadline passed first. Throws
/// `interrupted`.
template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds patience
                                 = std::chrono::milliseconds{10000}) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    rest(std::chrono::milliseconds{1});
  }
  return true;
}

} // namespace holdfast::processes
