// Bounds of the memory layout and of every retry in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace holdfast::shm::limits {

/// Bytes of a name or a type tag with its terminating zero.
inline constexpr std::size_t name_bytes = 64;

/// Variables a region may hold: the dirty set's summary stays one page.
inline constexpr std::uint32_t variables_max = 65536;

/// Bytes of one value; a region holds three slots of it.
inline constexpr std::uint32_t capacity_max = 16U << 20;

/// Values up to this many bytes get four slots, larger ones three: a reader
/// beside a hammering writer then has the time of at least two stores, or of
/// one, for its copy. Two slots would leave it a part of one store and cost it
/// 1.03 to 2.1 tries (docs/decisions/0007-three-slots-for-large-values.md).
inline constexpr std::uint32_t four_slots_capacity_max = 64U << 10;

/// Clients attached to one region at a time; the lock word has 31 bits.
inline constexpr std::uint32_t clients_max = 4096;

/// Variables in one group store or snapshot: all are locked at once.
inline constexpr std::size_t group_variables_max = 64;

/// Variables one futex_waitv call can watch (FUTEX_WAITV_MAX of the kernel),
/// less one for the region's event word.
inline constexpr std::size_t wait_words_max = 128;

/// Time between two looks of a waiter on a kernel that cannot sleep on several
/// words at once (before Linux 5.16).
inline constexpr std::chrono::milliseconds wait_slice{10};

/// Tries of one read before `contended`.
inline constexpr int read_attempts_max = 1000;

/// How long a read tries, once it has tried a few times: 1000 copies of the
/// largest value would take seconds.
inline constexpr std::chrono::milliseconds read_patience{50};
inline constexpr int read_attempts_min = 8;

/// Busy tries before the processor is given to somebody else.
inline constexpr int spins_before_yield = 64;

/// How long a store waits for another writer of the same variable. Longer
/// than the 20 ms in which the node frees a dead writer's lock, with room for
/// a loaded machine.
inline constexpr std::chrono::milliseconds lock_patience{250};

/// How long a group snapshot tries to find a quiet instant.
inline constexpr std::chrono::milliseconds snapshot_patience{250};

/// Smallest and largest region; the largest bounds reserved address space.
inline constexpr std::uint64_t region_bytes_min = 64U << 10;
inline constexpr std::uint64_t region_bytes_max = 64ULL << 30;

} // namespace holdfast::shm::limits
