// Copies between private memory and memory that others may change meanwhile.
//
// The C++ way is relaxed atomic words with fences around them (H. Boehm, "Can
// seqlocks get along with programming language memory models?", 2012); g++
// never vectorises those, which costs a factor of five on large payloads. So
// on x86-64 payloads above 64 bytes are moved by a vector loop in assembly,
// which the compiler can neither see into nor reorder, and whose loads and
// stores keep the processor's total store order. Small reads of a size known
// when compiled take two words at a time in the same way. Under
// ThreadSanitizer and on other processors words are used for every size.
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

/// Payloads up to this many bytes are copied inline, without the vector loop.
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

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

#ifdef __AVX__
#define HOLDFAST_MOVE "vmovdqu"
#else
#define HOLDFAST_MOVE "movdqu"
#endif

/// Sixteen bytes of shared memory in a register. Every x86-64 can move them,
/// and half as many stores as words take is what a small read waits for.
using wide = long long __attribute__((vector_size(16), may_alias));
using unaligned_wide = wide __attribute__((aligned(8)));

inline wide load_wide(const layout::word* from) noexcept {
  wide value;
  asm volatile(HOLDFAST_MOVE " %[from], %[value]"
               : [value] "=x"(value)
               : [from] "m"(*reinterpret_cast<const unaligned_wide*>(from))
               : "memory");
  return value;
}

#undef HOLDFAST_MOVE

#else

/// Sixteen bytes as words.
struct wide {
  std::uint64_t low;
  std::uint64_t high;
};

inline wide load_wide(const layout::word* from) noexcept {
  return {from[0].load(std::memory_order_relaxed),
          from[1].load(std::memory_order_relaxed)};
}

#endif

/// The same for a size known when compiled: straight code if it is small.
template <std::size_t Bytes>
[[gnu::always_inline]] inline void
load_payload(std::byte* to, const layout::word* from) noexcept {
  if constexpr (Bytes > word_copy_bytes_max) {
    load_payload(to, from, Bytes);
  } else {
    constexpr auto rest = Bytes / 16 * 16;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rest; i += 16) {
      const auto value = load_wide(from + i / 8);
      std::memcpy(to + i, &value, 16);
    }
    load_words(to + rest, from + rest / 8, Bytes - rest);
  }
}

/// Words here: the caller has often just written a field of the value, and a
/// load that is wider than the store before it waits until that is done.
template <std::size_t Bytes>
[[gnu::always_inline]] inline void
store_payload(layout::word* to, const std::byte* from) noexcept {
  if constexpr (Bytes > word_copy_bytes_max) {
    store_payload(to, from, Bytes);
  } else {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Bytes / 8; ++i)
      store_words(to + i, from + 8 * i, 8);
    store_words(to + Bytes / 8, from + Bytes / 8 * 8, Bytes % 8);
  }
}

} // namespace holdfast::shm
