// What changed since the last drain: a bit per variable, and a summary bit
// per word of those, so that a clean region is scanned in nanoseconds.
//
// Both levels lie in client-writable memory. A hostile bit costs one look at
// one variable; a bit that a dying writer did not set is found by the node,
// which compares versions when a client dies.
#pragma once

#include "shm/layout.hpp"

#include <bit>
#include <cstdint>

namespace holdfast::shm {

class dirty_set {
public:
  dirty_set(layout::word* summary, layout::word* words,
            std::uint64_t word_count) noexcept
    : summary_{summary}, words_{words}, word_count_{word_count} {
    // nop
  }

  /// Marks a variable. Any writer, after its value is published.
  void mark(std::uint32_t slot) noexcept {
    const auto index = slot / 64;
    // D1 comes after the published value in one total order, and before the
    // writer looks for watchers and the doorbell. Pairs with D3.
    words_[index].fetch_or(bit(slot), std::memory_order_seq_cst);
    // D2: whoever finds the summary without the word tells it. Another writer
    // whose bit is in the word already may never come to do so: it can be
    // stopped or killed right here. Pairs with D4.
    auto& summary = summary_[index / 64];
    if ((summary.load(std::memory_order_seq_cst) & bit(index)) == 0)
      summary.fetch_or(bit(index), std::memory_order_seq_cst);
  }

  /// Takes every marked slot below `slot_count`, calling `visit(slot)` for
  /// each after its bit is cleared, so that a store during the visit marks it
  /// again. The node only. Returns how many were visited.
  template <class Visit>
  std::uint32_t drain(std::uint32_t slot_count, Visit visit) noexcept {
    std::uint32_t visited = 0;
    for (std::uint64_t s = 0; s * 64 < word_count_; ++s) {
      if (summary_[s].load(std::memory_order_relaxed) == 0)
        continue;
      // D4 clears the summary before its words. Pairs with D2.
      auto dirty_words = summary_[s].exchange(0, std::memory_order_seq_cst);
      for (; dirty_words != 0; dirty_words &= dirty_words - 1) {
        const auto index
          = s * 64 + static_cast<unsigned>(std::countr_zero(dirty_words));
        if (index < word_count_)
          visited += drain_word(index, slot_count, visit);
      }
    }
    return visited;
  }

private:
  static std::uint64_t bit(std::uint64_t index) noexcept {
    return std::uint64_t{1} << (index % 64);
  }

  template <class Visit>
  std::uint32_t drain_word(std::uint64_t index, std::uint32_t slot_count,
                           Visit& visit) noexcept {
    // D3 clears the bits before the values are read. Pairs with D1.
    auto bits = words_[index].exchange(0, std::memory_order_seq_cst);
    std::uint32_t visited = 0;
    for (; bits != 0; bits &= bits - 1) {
      const auto slot = static_cast<std::uint32_t>(index * 64)
                        + static_cast<std::uint32_t>(std::countr_zero(bits));
      if (slot >= slot_count)
        continue;
      visit(slot);
      ++visited;
    }
    return visited;
  }

  layout::word* summary_;
  layout::word* words_;
  std::uint64_t word_count_;
};

} // namespace holdfast::shm
