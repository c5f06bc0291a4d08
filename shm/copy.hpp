// Copies between private memory and memory that others may change meanwhile.
//
// The C++ way is relaxed atomic words with fences around them (H. Boehm, "Can
// seqlocks get along with programming language memory models?", 2012); g++
// never vectorises those, which costs a factor of five on large payloads. So
// on x86-64 payloads above 64 bytes are moved by a vector loop in assembly,
// which the compiler can neither see into nor reorder, and whose loads and
// stores keep the processor's total store order. Under ThreadSanitizer and on
// other processors words are used for every size.
#pragma once

#include "shm/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace holdfast::shm {

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
inline constexpr bool has_vector_copy = true;
#else
inline constexpr bool has_vector_copy = false;
#endif

/// Payloads up to this many bytes are copied as words on every processor.
inline constexpr std::size_t word_copy_bytes_max = 64;

/// Copies `bytes` out of shared words. Reads whole words: the source has room
/// for `bytes` rounded up to eight.
inline void load_words(std::byte* to, const layout::word* from,
                       std::size_t bytes) noexcept {
  const auto whole = bytes / 8;
  for (std::size_t i = 0; i < whole; ++i) {
    const auto value = from[i].load(std::memory_order_relaxed);
    std::memcpy(to + 8 * i, &value, 8);
  }
  if (const auto rest = bytes % 8; rest != 0) {
    const auto value = from[whole].load(std::memory_order_relaxed);
    std::memcpy(to + 8 * whole, &value, rest);
  }
}

/// Copies `bytes` into shared words; the rest of the last word becomes zero.
inline void store_words(layout::word* to, const std::byte* from,
                        std::size_t bytes) noexcept {
  const auto whole = bytes / 8;
  for (std::size_t i = 0; i < whole; ++i) {
    std::uint64_t value = 0;
    std::memcpy(&value, from + 8 * i, 8);
    to[i].store(value, std::memory_order_relaxed);
  }
  if (const auto rest = bytes % 8; rest != 0) {
    std::uint64_t value = 0;
    std::memcpy(&value, from + 8 * whole, rest);
    to[whole].store(value, std::memory_order_relaxed);
  }
}

/// Vector forms for payloads above 64 bytes; the same contract.
void load_large(std::byte* to, const layout::word* from,
                std::size_t bytes) noexcept;
void store_large(layout::word* to, const std::byte* from,
                 std::size_t bytes) noexcept;

inline void load_payload(std::byte* to, const layout::word* from,
                         std::size_t bytes) noexcept {
  if (!has_vector_copy || bytes <= word_copy_bytes_max)
    load_words(to, from, bytes);
  else
    load_large(to, from, bytes);
}

inline void store_payload(layout::word* to, const std::byte* from,
                          std::size_t bytes) noexcept {
  if (!has_vector_copy || bytes <= word_copy_bytes_max)
    store_words(to, from, bytes);
  else
    store_large(to, from, bytes);
}

} // namespace holdfast::shm
