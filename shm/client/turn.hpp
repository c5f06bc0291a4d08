// Whose turn it is among the threads of one process, with a deadline.
#pragma once

#include "shm/futex.hpp"

#include <atomic>
#include <cstdint>

namespace holdfast::client {

/// Lets one thread at a time pass; the others sleep. Not fair, not recursive.
class turn {
public:
  /// Waits until it is the caller's turn; false when the deadline came first.
  bool take(shm::futex::deadline until) noexcept;

  /// Ends the caller's turn.
  void give_back() noexcept;

private:
  std::atomic<std::uint32_t> word_{0}; // 0 free, 1 taken, 2 others may wait
};

/// A turn that was taken and ends with the block.
class turn_holder {
public:
  explicit turn_holder(turn& taken) noexcept : taken_{taken} {
    // nop
  }

  turn_holder(const turn_holder&) = delete;
  turn_holder& operator=(const turn_holder&) = delete;

  ~turn_holder() {
    taken_.give_back();
  }

private:
  turn& taken_;
};

} // namespace holdfast::client
