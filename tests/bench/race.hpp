// Processes that work at the same time, on ours and on the bare form in turns.
#pragma once

#include "tests/bench/measure.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace holdfast::bench {

enum class turn : std::uint32_t { nobody, ours, bare };

/// Lies in shared memory. Up to eight processes `run`, the parent starts and
/// stops them.
class race {
public:
  /// In a child: repeats what its turn says, for ever.
  template <class Ours, class Bare>
  [[noreturn]] void run(std::uint32_t index, Ours ours, Bare bare) {
    auto& done = done_[index].count;
    for (;;) {
      switch (now_.load(std::memory_order_acquire)) {
      case turn::nobody:
        rest();
        break;
      case turn::ours:
        repeat(done, ours);
        break;
      case turn::bare:
        repeat(done, bare);
        break;
      }
    }
  }

  /// Starts a turn and returns when every process of `count` is in it.
  void start(turn next, std::uint32_t count);
  void stop();

  /// A turn of `count` processes: nanoseconds per operation of all together.
  double time_each(turn next, std::uint32_t count);

  /// How long one turn lasts.
  static double turn_nanoseconds() {
    return quick ? 2e6 : 30e6;
  }

private:
  struct alignas(64) progress {
    std::atomic<std::uint64_t> count{0};
  };

  template <class Operation>
  static void repeat(std::atomic<std::uint64_t>& done, Operation& operation) {
    operation();
    done.store(done.load(std::memory_order_relaxed) + 1,
               std::memory_order_relaxed);
  }

  static void rest();
  std::uint64_t done_by_all() const;

  alignas(64) std::atomic<turn> now_{turn::nobody};
  std::array<progress, 8> done_;
};

} // namespace holdfast::bench
