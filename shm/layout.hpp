// Both memory objects of a region, byte by byte.
//
// control object: written by the node alone (sealed FUTURE_WRITE), mapped
//   read-only by every client. Everything that bounds an access lives here.
//
//      0  control_header                       one page
//   4096  generation[variables_max]   u32      odd: the slot is in use
//      …  committed[variables_max]    u64      version held by a majority
//      …  name index[2^k ≥ 2·max]     u32      slot + 1, 0 free, ~0 tombstone
//      …  entry[variables_max]                 directory_entry, 192 bytes
//
// data object: written by authorised clients and the node. Everything in it
//   is untrusted: whoever reads a word of it reads it once and clamps it.
//
//      0  data_header                          one page
//   4096  dirty summary[…]            u64      bit per dirty word
//      …  dirty words[…]              u64      bit per variable
//      …  head[variables_max]                  variable_head, 64 bytes
//      …  heap: extents of slots, 128-byte aligned
//
//   extent of a variable: `slots` times `stride` bytes, each slot
//      0  sequence u64   2·version: complete, 2·version − 1: being written
//      8  content  u64   writer:32 · length:32, see content_word
//     16  payload        capacity bytes, rounded up to whole words
//
// A value of version v lives in slot v mod slots (4, or 3 above 64 KiB);
// `latest` in the head is the version of the last complete value, 0 before the
// first store.
//
// The layout version rises whenever a byte changes its meaning or place; node
// and client refuse any other version. Padding may be given a meaning without
// raising it only if zero keeps today's behaviour.
#pragma once

#include "shm/limits.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace holdfast::shm::layout {

static_assert(std::endian::native == std::endian::little,
              "the layout is little-endian and never converted");
static_assert(std::atomic<std::uint64_t>::is_always_lock_free
                && std::atomic<std::uint32_t>::is_always_lock_free,
              "a lock would be private to one process");

using word = std::atomic<std::uint64_t>;
using half_word = std::atomic<std::uint32_t>;

inline constexpr std::uint64_t control_magic
  = 0x4c52'5443'4448'0001;                                         // "HDCTRL"
inline constexpr std::uint64_t data_magic = 0x4154'4144'4448'0001; // "HDDATA"
inline constexpr std::uint32_t version = 4;
inline constexpr std::uint64_t page = 4096;
inline constexpr std::uint64_t line = 64;
inline constexpr std::uint64_t extent_alignment = 128;
inline constexpr std::uint32_t index_tombstone = ~0U;

/// What the region is on this node.
enum class region_state : std::uint32_t {
  active = 1,  ///< serves
  fenced = 2,  ///< another node may be home; stores here promise nothing
  moved = 3,   ///< another generation of memory took over; attach again
  revoked = 4, ///< this mapping's right was taken away
};

enum class region_role : std::uint32_t { home = 1, replica = 2 };

enum class variable_kind : std::uint32_t {
  value = 1,  ///< fixed size, checked by type tag
  bytes = 2,  ///< any bytes up to the capacity
  string = 3, ///< UTF-8 text up to the capacity
  json = 4,   ///< a JSON document up to the capacity
  counter = 5 ///< a signed 64-bit number with fetch_add, min, max
};

struct control_header {
  // Constant once the object is handed out.
  std::uint64_t magic;
  std::uint32_t layout_version;
  std::uint32_t variables_max;
  std::uint64_t region_id;
  std::uint64_t generation;
  std::uint64_t data_bytes_max; // address space to map
  std::uint64_t unused;
  std::array<char, limits::name_bytes> tenant;
  std::array<char, limits::name_bytes> name;
  std::array<std::byte, 16> padding0;

  // Freshness: changes with leases and failovers. One line.
  alignas(line) half_word state;
  half_word role;
  word epoch;
  word home;
  word lease_end; // nanoseconds of CLOCK_BOOTTIME
  word removals;  // variables removed so far; readers look at it as well
  std::array<std::byte, 24> padding1;

  // What a writer looks at after each store. One line.
  alignas(line) half_word variable_watchers; // wake the variable's own word
  half_word region_watchers;                 // bump and wake the change word
  half_word doorbell; // odd: armed; ring once for each odd value
  half_word event;    // futex word: state, growth, directory
  std::array<std::byte, 48> padding2;

  // Growth, directory and counters: change rarely or are read rarely.
  alignas(line) word data_bytes; // reserved so far
  word directory_version;        // odd while the directory changes
  word variables;
  word applied;   // sequence of the last drained change
  word committed; // sequence a majority holds
  word drains;
  word repairs; // locks freed from dead clients
  std::array<std::byte, 8> padding3;

  std::array<std::byte, page - 6 * line> reserved;
};

struct directory_entry {
  std::array<char, limits::name_bytes> name;
  std::array<char, limits::name_bytes> type;
  std::uint64_t offset; // of slot 0, from the start of the data object
  std::uint64_t stride; // bytes from slot to slot
  std::uint32_t capacity;
  std::uint32_t slots; // 4 or 3
  variable_kind kind;
  std::uint32_t padding0;
  std::array<std::byte, 32> padding1;
};

struct data_header {
  std::uint64_t magic;
  std::uint64_t region_id;
  std::array<std::byte, 48> padding0;

  alignas(line) half_word change; // futex word: something was stored
  std::array<std::byte, 60> padding1;

  std::array<std::byte, page - 2 * line> reserved;
};

/// The writers' word and the readers' word of a variable.
struct alignas(line) variable_head {
  word lock;   // generation:32 · group:1 · owner:31; owner 0: free
  word latest; // version of the last complete value; futex word (low half)
  half_word grouped; // not 0: it has been stored in a group
  std::array<std::byte, 44> padding0;
};

struct slot_head {
  word sequence;
  word content;
};

static_assert(sizeof(control_header) == page);
static_assert(offsetof(control_header, tenant) == 48);
static_assert(offsetof(control_header, state) == 192);
static_assert(offsetof(control_header, lease_end) == 216);
static_assert(offsetof(control_header, removals) == 224);
static_assert(offsetof(control_header, variable_watchers) == 256);
static_assert(offsetof(control_header, data_bytes) == 320);
static_assert(sizeof(directory_entry) == 192);
static_assert(offsetof(directory_entry, offset) == 128);
static_assert(sizeof(data_header) == page);
static_assert(offsetof(data_header, change) == 64);
static_assert(sizeof(variable_head) == line);
static_assert(offsetof(variable_head, latest) == 8);
static_assert(offsetof(variable_head, grouped) == 16);
static_assert(sizeof(slot_head) == 16);

/// The parts of the lock word.
struct lock_word {
  static constexpr std::uint64_t group_bit = 1ULL << 31;
  static constexpr std::uint32_t node_owner = 0x7fff'ffff;
  /// Of what the node itself stores.
  static constexpr std::uint32_t node_writer = node_owner - 1;

  static constexpr std::uint64_t free(std::uint32_t generation) noexcept {
    return static_cast<std::uint64_t>(generation) << 32;
  }
  static constexpr std::uint64_t held(std::uint32_t generation,
                                      std::uint32_t owner) noexcept {
    return free(generation) | owner;
  }
  static constexpr std::uint32_t owner(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value) & node_owner;
  }
  static constexpr std::uint32_t generation(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value >> 32);
  }
  static constexpr bool in_group(std::uint64_t value) noexcept {
    return (value & group_bit) != 0;
  }
};

/// What a slot's payload is: its bytes in use, and who stored them.
struct content_word {
  static constexpr std::uint64_t of(std::uint32_t writer,
                                    std::uint64_t length) noexcept {
    return static_cast<std::uint64_t>(writer) << 32
           | static_cast<std::uint32_t>(length);
  }
  static constexpr std::uint32_t length(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value);
  }
  static constexpr std::uint32_t writer(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value >> 32);
  }
};

constexpr std::uint64_t round_up(std::uint64_t value,
                                 std::uint64_t step) noexcept {
  return (value + step - 1) / step * step;
}

/// Where the arrays of both objects begin, a pure function of variables_max,
/// so that neither side has to trust an offset written by the other.
struct plan {
  std::uint64_t generations;
  std::uint64_t committed;
  std::uint64_t index;
  std::uint64_t index_slots; // a power of two
  std::uint64_t entries;
  std::uint64_t control_bytes;
  std::uint64_t dirty_summary;
  std::uint64_t summary_words;
  std::uint64_t dirty_words;
  std::uint64_t dirty_word_count;
  std::uint64_t heads;
  std::uint64_t heap;

  static constexpr plan of(std::uint32_t variables_max) noexcept {
    plan p{};
    const std::uint64_t count = variables_max;
    p.generations = page;
    p.committed = round_up(p.generations + 4 * count, line);
    p.index = round_up(p.committed + 8 * count, line);
    p.index_slots = std::bit_ceil(2 * count);
    p.entries = round_up(p.index + 4 * p.index_slots, line);
    p.control_bytes
      = round_up(p.entries + sizeof(directory_entry) * count, page);
    p.dirty_word_count = (count + 63) / 64;
    p.summary_words = (p.dirty_word_count + 63) / 64;
    p.dirty_summary = page;
    p.dirty_words = round_up(p.dirty_summary + 8 * p.summary_words, line);
    p.heads = round_up(p.dirty_words + 8 * p.dirty_word_count, line);
    p.heap
      = round_up(p.heads + sizeof(variable_head) * count, extent_alignment);
    return p;
  }
};

/// Generation of a slot of the directory, odd while it is in use.
inline const half_word& generation_of(const control_header& control,
                                      std::uint32_t slot) noexcept {
  return reinterpret_cast<const half_word*>(
    reinterpret_cast<const std::byte*>(&control) + page)[slot];
}

static_assert(plan::of(1).generations == page);

/// How many slots a variable of this capacity has. A pure function, so that
/// neither side has to trust a number written by the other.
constexpr std::uint32_t slots_of(std::uint32_t capacity) noexcept {
  return capacity <= limits::four_slots_capacity_max ? 4 : 3;
}

/// The slot of a version. A constant divisor on either side of a branch that
/// never changes for a variable: a division would cost half of a small read.
constexpr std::uint64_t slot_index(std::uint32_t capacity,
                                   std::uint64_t of_version) noexcept {
  return capacity <= limits::four_slots_capacity_max ? of_version % 4
                                                     : of_version % 3;
}

static_assert(slots_of(limits::four_slots_capacity_max) == 4
              && slots_of(limits::four_slots_capacity_max + 1) == 3);
static_assert(slot_index(limits::four_slots_capacity_max, 7) == 7 % 4
                && slot_index(limits::four_slots_capacity_max + 1, 7) == 7 % 3,
              "slots_of and slot_index say the same");

/// Shape of a variable's extent.
struct extent_shape {
  std::uint32_t slots;
  std::uint64_t stride;

  constexpr std::uint64_t bytes() const noexcept {
    return slots * stride;
  }

  static constexpr extent_shape of(std::uint32_t capacity) noexcept {
    const auto raw = sizeof(slot_head) + round_up(capacity, 8);
    const auto step = raw <= line ? line : extent_alignment;
    return {slots_of(capacity), round_up(raw, step)};
  }
};

} // namespace holdfast::shm::layout
