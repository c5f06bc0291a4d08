// One thread that judges a rule, others that try to break it.
#pragma once

#include "tests/shm/races.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace holdfast::test {

/// Runs the others beside the judge until the judge has seen enough: the first
/// breach, or the end of the time.
template <class Judge, class... Others>
race_outcome beside(std::chrono::milliseconds time, Judge judge,
                    Others... others) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  (threads.emplace_back([&stop, others]() mutable {
    while (!stop.load(std::memory_order_relaxed))
      others();
  }),
   ...);
  race_outcome outcome;
  const auto until = std::chrono::steady_clock::now() + time;
  while (outcome.breaches == 0 && std::chrono::steady_clock::now() < until)
    for (int i = 0; i < 64 && outcome.breaches == 0; ++i, ++outcome.rounds)
      outcome.breaches += judge() ? 0 : 1;
  stop.store(true);
  for (auto& thread : threads)
    thread.join();
  return outcome;
}

} // namespace holdfast::test
