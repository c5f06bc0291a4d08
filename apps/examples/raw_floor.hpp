// The least that each task can be done with: what the tour holds its figures
// against. No rights, no names, no bounds, and nothing is repaired: a writer
// that dies inside blocks all others for good.
#pragma once

#include "shm/layout.hpp"

#include <array>
#include <cstdint>

namespace holdfast::examples {

/// 64 bytes behind a sequence word: even settled, odd being written. Every word
/// is loaded and stored with the order it needs, which on x86-64 costs nothing.
class alignas(64) bare_seqlock {
public:
  using block = std::array<std::uint64_t, 8>;

  void read(block& into) const noexcept {
    for (;;) {
      const auto before = sequence_.load(std::memory_order_acquire);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = words_[i].load(std::memory_order_acquire);
      if (before % 2 == 0
          && sequence_.load(std::memory_order_relaxed) == before)
        return;
    }
  }

  void store(const block& from) noexcept {
    auto before = sequence_.load(std::memory_order_relaxed);
    do // any writer may come: whoever makes it odd is the one
      before -= before % 2;
    while (!sequence_.compare_exchange_weak(before, before + 1,
                                            std::memory_order_acquire,
                                            std::memory_order_relaxed));
#pragma GCC unroll 8
    for (std::size_t i = 0; i < from.size(); ++i)
      words_[i].store(from[i], std::memory_order_release);
    sequence_.store(before + 2, std::memory_order_release);
  }

private:
  shm::layout::word sequence_{0};
  std::array<shm::layout::word, 8> words_{};
};

} // namespace holdfast::examples
