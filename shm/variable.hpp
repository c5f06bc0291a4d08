// The latch: one variable, its writers, any readers.
//
// Place:   a ring of complete values in a region's data object, found through
//          the control object, which clients cannot write.
// Writers: any process that attached for writing; one at a time, by the lock
//          word that carries the writer's number. A writer that dies in it is
//          released by the node.
// Readers: any process. They never wait for a writer: `latest` names a value
//          that stays complete until the ring comes around to its slot.
// Progress: reading retries only if the writer lapped the whole ring during
//          the copy (1.01 tries beside a writer at full speed); bounded, then
//          `contended`.
//
// A seqlock per slot (Boehm 2012), with several slots as in a left-right ring.
#pragma once

#include "shm/attachment.hpp"
#include "shm/clock.hpp"
#include "shm/copy.hpp"
#include "shm/error.hpp"
#include "shm/layout.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace holdfast::shm {

/// Where a variable is, in private memory: checked once when it was found.
struct variable_place {
  const layout::control_header* control = nullptr;
  layout::variable_head* head = nullptr;
  std::byte* slots = nullptr;
  std::uint64_t removals = 0; // in the region, before it was found
  std::uint32_t stride = 0;
  std::uint32_t capacity = 0; // tells the number of slots, too
  std::uint32_t slot = 0;     // in the directory
  std::uint32_t generation = 0;

  layout::slot_head& slot_of(std::uint64_t version) const noexcept {
    return *reinterpret_cast<layout::slot_head*>(
      slots + layout::slot_index(capacity, version) * stride);
  }

  static layout::word* payload(layout::slot_head& slot) noexcept {
    return reinterpret_cast<layout::word*>(&slot + 1);
  }

  bool removed() const noexcept {
    return layout::generation_of(*control, slot).load(std::memory_order_acquire)
           != generation;
  }

  /// The same at the price of a word that reads look at anyway: a line and a
  /// page less to fetch, as long as nothing was removed.
  bool removed_since_found() const noexcept {
    return control->removals.load(std::memory_order_relaxed) != removals
           && removed();
  }
};

/// Gives the processor away now and then while others work.
void pause(int attempt) noexcept;

/// Whether read_patience is over; the first call sets the end.
bool out_of_patience(boot_clock::time_point& until) noexcept;

/// Copies the latest complete value: `copy(payload, length)` may run several
/// times and must only write private memory. `length` is at most the capacity.
/// Any thread. Errors: no_value, removed, contended. Inlined whatever its size:
/// nothing that a small read fills then leaves the registers.
template <class Copy>
[[gnu::always_inline]] inline errc
read_latest(const variable_place& at, std::uint64_t& version, Copy copy,
            int attempts_max = limits::read_attempts_max) noexcept {
  boot_clock::time_point until{};
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    // R1 pairs with W4: the value of this version is complete.
    const auto latest = at.head->latest.load(std::memory_order_acquire);
    if (latest == 0) [[unlikely]]
      return at.removed() ? errc::removed : errc::no_value;
    auto& slot = at.slot_of(latest);
    // R2 pairs with W3.
    if (slot.sequence.load(std::memory_order_acquire) == 2 * latest)
      [[likely]] {
      const auto length = layout::content_word::length(
        slot.content.load(std::memory_order_relaxed));
      copy(variable_place::payload(slot),
           std::min<std::uint64_t>(length, at.capacity));
      // R3 pairs with W1: if any word came from a later store, so does the
      // sequence below.
      std::atomic_thread_fence(std::memory_order_acquire);
      if (slot.sequence.load(std::memory_order_relaxed) == 2 * latest)
        [[likely]] {
        // G2 pairs with G1 (region.cpp): bytes of a successor in this place
        // come with the removal and the generation.
        if (at.removed_since_found()) [[unlikely]]
          return errc::removed;
        version = latest;
        return errc::ok;
      }
    }
    pause(attempt);
    if (attempt >= limits::read_attempts_min && out_of_patience(until))
      break;
  }
  return errc::contended;
}

/// Takes the writers' lock for `owner`, waiting at most lock_patience.
/// Errors: removed, fenced, contended.
errc wait_for_lock(const variable_place& at, std::uint32_t owner) noexcept;

inline bool try_lock(const variable_place& at, std::uint32_t owner) noexcept {
  auto free = layout::lock_word::free(at.generation);
  const auto mine = layout::lock_word::held(at.generation, owner);
  // L1 pairs with L2: what the last writer wrote is ours to build on. The
  // generation in the word refuses whoever holds a removed variable.
  return at.head->lock.compare_exchange_strong(
    free, mine, std::memory_order_acquire, std::memory_order_relaxed);
}

inline errc take_lock(const variable_place& at, std::uint32_t owner) noexcept {
  if (try_lock(at, owner)) [[likely]]
    return errc::ok;
  return wait_for_lock(at, owner);
}

/// The same for whoever may not wait. Errors: removed, contended.
inline errc take_free_lock(const variable_place& at,
                           std::uint32_t owner) noexcept {
  if (try_lock(at, owner)) [[likely]]
    return errc::ok;
  return at.removed() ? errc::removed : errc::contended;
}

inline void release_lock(const variable_place& at) noexcept {
  // L2 pairs with L1.
  at.head->lock.store(layout::lock_word::free(at.generation),
                      std::memory_order_release);
}

/// Fills the slot of `version`, which is not the latest: nobody reads it.
/// `fill(payload)` writes at most the capacity and returns the length. Whoever
/// holds the lock is noted as its writer.
template <class Fill>
void fill_slot(const variable_place& at, std::uint64_t version,
               Fill fill) noexcept {
  auto& slot = at.slot_of(version);
  slot.sequence.store(2 * version - 1, std::memory_order_relaxed);
  // W1 shows the odd sequence before any new word. Pairs with R3.
  std::atomic_thread_fence(std::memory_order_release);
  const std::uint64_t length = fill(variable_place::payload(slot));
  const auto writer
    = layout::lock_word::owner(at.head->lock.load(std::memory_order_relaxed));
  slot.content.store(layout::content_word::of(writer, length),
                     std::memory_order_relaxed);
  // W3 shows every word before the even sequence. Pairs with R2.
  slot.sequence.store(2 * version, std::memory_order_release);
}

/// Makes the filled slot of `version` the latest value.
inline void publish(const variable_place& at, std::uint64_t version) noexcept {
  // W4 shows the complete slot before its version. Pairs with R1.
  at.head->latest.store(version, std::memory_order_release);
}

/// Stores the next value; the version it got. `decide(latest)` runs under the
/// lock and may refuse with a case; `fill(payload, latest)` writes the value.
/// Any thread of a process attached for writing. Errors: no_right, removed,
/// fenced, contended and what `decide` answers.
template <auto TakeLock = take_lock, class Decide, class Fill>
quick_result<std::uint64_t> store_next(attachment& in, const variable_place& at,
                                       Decide decide, Fill fill) noexcept {
  if (!in.writable)
    return errc::no_right;
  if (const auto taken = TakeLock(at, in.owner); taken != errc::ok)
    return taken;
  const auto latest = at.head->latest.load(std::memory_order_relaxed);
  // Before W4, which is a release.
  const auto epoch = at.control->epoch.load(std::memory_order_relaxed);
  auto verdict = decide(latest);
  if (in.state() != layout::region_state::active) [[unlikely]]
    verdict = errc::fenced;
  if (verdict != errc::ok) [[unlikely]] {
    release_lock(at);
    return verdict;
  }
  fill_slot(at, latest + 1,
            [&](layout::word* payload) { return fill(payload, latest); });
  // A writer whose session the node ended meanwhile no longer holds the lock.
  if (at.head->lock.load(std::memory_order_relaxed)
      != layout::lock_word::held(at.generation, in.owner)) [[unlikely]]
    return errc::fenced;
  publish(at, latest + 1);
  announce(in, *at.head, at.slot);
  release_lock(at);
  in.marks.on_stored(epoch);
  return latest + 1;
}

inline constexpr auto any_version
  = [](std::uint64_t) noexcept { return errc::ok; };

} // namespace holdfast::shm
