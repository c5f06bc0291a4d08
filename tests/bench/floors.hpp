// The bare recipes that Holdfast is held against: as little as each task can
// be done with correctly, without handles, rights, directory or errors.
#pragma once

#include <sched.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace holdfast::bench {

using shared_word = std::atomic<std::uint64_t>;

/// What a read returns: the value, and which one it is.
template <std::size_t Bytes>
struct bare_reading {
  std::array<std::uint64_t, Bytes / 8> value;
  std::uint64_t version;
};

/// A value as relaxed atomic words: the form that C++ allows (Boehm 2012),
/// as one writes it down. Above 64 bytes with memcpy instead: a data race in
/// the words of C++, but the fastest that anything could be.
template <std::size_t Bytes>
struct plain_words {
  static constexpr std::size_t count = Bytes / 8;

  std::array<shared_word, count> words{};

  void load(std::array<std::uint64_t, count>& into) const noexcept {
    if constexpr (Bytes <= 64)
      for (std::size_t i = 0; i < count; ++i)
        into[i] = words[i].load(std::memory_order_relaxed);
    else
      std::memcpy(into.data(), static_cast<const void*>(words.data()), Bytes);
  }

  void store(const std::array<std::uint64_t, count>& from) noexcept {
    if constexpr (Bytes <= 64)
      for (std::size_t i = 0; i < count; ++i)
        words[i].store(from[i], std::memory_order_relaxed);
    else
      std::memcpy(static_cast<void*>(words.data()), from.data(), Bytes);
  }
};

/// The same with the loop unrolled by hand, which g++ does not do at -O2.
template <std::size_t Bytes>
struct unrolled_words : plain_words<Bytes> {
  using plain_words<Bytes>::count;
  using plain_words<Bytes>::words;

  void load(std::array<std::uint64_t, count>& into) const noexcept {
    static_assert(count <= 8);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < count; ++i)
      into[i] = words[i].load(std::memory_order_relaxed);
  }

  void store(const std::array<std::uint64_t, count>& from) noexcept {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < count; ++i)
      words[i].store(from[i], std::memory_order_relaxed);
  }
};

template <std::size_t Bytes>
using best_words
  = std::conditional_t<Bytes <= 64, unrolled_words<Bytes>, plain_words<Bytes>>;

/// While another writer is inside.
inline void wait_a_little(int attempt) noexcept {
  if (attempt % 64 == 0)
    ::sched_yield();
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// One value behind a sequence word: even settled, odd being written.
template <std::size_t Bytes, class Words>
class alignas(64) seqlock {
public:
  using value_type = std::array<std::uint64_t, Bytes / 8>;

  void read(bare_reading<Bytes>& out) const noexcept {
    for (;;) {
      const auto before = sequence_.load(std::memory_order_acquire);
      words_.load(out.value);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (before % 2 == 0
          && sequence_.load(std::memory_order_relaxed) == before) {
        out.version = before;
        return;
      }
    }
  }

  /// Any writer: takes the sequence from even to odd.
  void store(const value_type& value) noexcept {
    auto seen = sequence_.load(std::memory_order_relaxed);
    for (int attempt = 0;;) {
      if (seen % 2 == 0
          && sequence_.compare_exchange_weak(seen, seen + 1,
                                             std::memory_order_acq_rel,
                                             std::memory_order_relaxed))
        break;
      if (seen % 2 != 0) {
        wait_a_little(++attempt);
        seen = sequence_.load(std::memory_order_relaxed);
      }
    }
    std::atomic_thread_fence(std::memory_order_release);
    words_.store(value);
    sequence_.store(seen + 2, std::memory_order_release);
  }

private:
  shared_word sequence_{0};
  Words words_;
};

template <std::size_t Bytes>
using word_seqlock = seqlock<Bytes, plain_words<Bytes>>;

template <std::size_t Bytes>
using unrolled_seqlock = seqlock<Bytes, unrolled_words<Bytes>>;

/// Four values and the number of the last complete one; one writer.
template <std::size_t Bytes>
class four_slot_cell {
public:
  using value_type = std::array<std::uint64_t, Bytes / 8>;

  void read(bare_reading<Bytes>& out) const noexcept {
    for (;;) {
      const auto latest = latest_.load(std::memory_order_acquire);
      const auto& slot = slots_[latest % 4];
      if (slot.sequence.load(std::memory_order_acquire) != 2 * latest)
        continue;
      slot.words.load(out.value);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (slot.sequence.load(std::memory_order_relaxed) == 2 * latest) {
        out.version = latest;
        return;
      }
    }
  }

  void store(const value_type& value) noexcept {
    const auto next = latest_.load(std::memory_order_relaxed) + 1;
    auto& slot = slots_[next % 4];
    slot.sequence.store(2 * next - 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    slot.words.store(value);
    slot.sequence.store(2 * next, std::memory_order_release);
    latest_.store(next, std::memory_order_release);
  }

private:
  struct alignas(64) numbered {
    shared_word sequence{0};
    best_words<Bytes> words;
  };

  alignas(64) shared_word latest_{0};
  std::array<numbered, 4> slots_;
};

} // namespace holdfast::bench
