// Waiting in programs that somebody may want to end: every wait is bounded and
// ends at once when SIGINT or SIGTERM came.
#pragma once

#include <algorithm>
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

/// Waits for a condition; false when the patience was over first. That a
/// virtual machine stands still while this sleeps is nobody's patience. Throws
/// `interrupted`.
template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds patience
                                 = std::chrono::milliseconds{10000}) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds longest_rest{100};
  clock::duration waited{0};
  for (auto last = clock::now();;) {
    if (holds())
      return true;
    const auto looked = clock::now();
    waited += looked - last;
    if (waited > patience)
      return false;
    rest(std::chrono::milliseconds{1});
    last = clock::now();
    waited += std::min<clock::duration>(last - looked, longest_rest);
  }
}

} // namespace holdfast::processes
