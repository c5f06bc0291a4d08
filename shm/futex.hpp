// Sleeping on words of shared memory. Works on read-only mappings.
#pragma once

#include "shm/layout.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace holdfast::shm::futex {

using deadline = std::chrono::steady_clock::time_point;

enum class outcome : std::uint8_t { woken, timeout };

/// A word and the value at which to sleep.
struct expected_word {
  const void* address; // of 32 bits
  std::uint32_t value;
};

/// Whether this kernel can wait for several words (futex_waitv, Linux 5.16).
bool can_wait_for_many() noexcept;

/// Sleeps until the word differs, somebody wakes it, or the deadline passes.
/// May return `woken` without a reason: look again.
outcome wait(expected_word word, deadline until) noexcept;

/// The same for up to limits::wait_words_max words at once.
outcome wait_for_any(std::span<const expected_word> words,
                     deadline until) noexcept;

/// Wakes everybody who sleeps on the word.
void wake(const void* address) noexcept;

} // namespace holdfast::shm::futex
