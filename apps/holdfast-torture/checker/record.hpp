// One operation as a client saw it: the fixed-size record of a history.
//
// Times are nanoseconds of the boot clock, which all processes of a host share.
// A record is written twice: before the operation, so that a client that is
// killed in it leaves what it was about to do, and after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace holdfast::torture {

enum class record_kind : std::uint8_t {
  none = 0,
  attach = 1,         ///< a client mapped the region
  store = 2,          ///< a value into this host's memory
  flush = 3,          ///< of all that the client stored before
  read = 4,           ///< of the mapping
  confirmed_read = 5, ///< linearizable: the home confirmed its epoch
  final_read = 6,     ///< after all was healed
  fault = 7,          ///< what the tool did to a node: when that began
  reset = 8,          ///< a node says that the region began empty in `epoch`
  forget = 9,         ///< a client gave up what its flushes left in doubt
  memory_lost = 10    ///< no node had the region in its memory at that moment
};
inline constexpr auto kinds_max = std::uint8_t{10};

enum class record_outcome : std::uint8_t {
  open = 0,     ///< it did not end: it may have happened
  ok = 1,       ///< also: a flush was acknowledged
  no_value = 2, ///< of a read: nothing has been stored yet
  fenced = 3,   ///< nothing was promised
  unknown = 4,  ///< it may have happened
  rejected = 5, ///< no effect
  failed = 6,   ///< of a read: no answer
  garbled = 7   ///< of a read: not what any client writes
};
inline constexpr auto outcomes_max = std::uint8_t{7};

enum class record_freshness : std::uint8_t {
  none = 0,
  fresh = 1,
  stale = 2,
  orphaned = 3
};

enum class fault_kind : std::uint8_t {
  none = 0,
  kill = 1,         ///< SIGKILL, and a new start
  pause = 2,        ///< SIGSTOP, and SIGCONT later
  partition = 3,    ///< no packets either way
  deaf = 4,         ///< hears none
  mute = 5,         ///< heard by none
  drain = 6,        ///< drained, and resumed later
  restart = 7,      ///< SIGTERM, and a new start
  client_kill = 8,  ///< SIGKILL of a client
  disk_full = 9,    ///< no room for what a node writes, for a while
  cluster_kill = 10 ///< SIGKILL of all nodes at once, and a new start
};
inline constexpr auto faults_max = std::uint8_t{10};

/// Whether the mapping was of a home that served, before and after.
inline constexpr std::uint8_t flag_at_home = 1;
/// The client's connection to its node was up afterwards.
inline constexpr std::uint8_t flag_connected = 2;
/// A flush that asks for the disks, too.
inline constexpr std::uint8_t flag_durable = 4;

/// Where there is no variable: a flush, a fault.
inline constexpr std::uint32_t every_variable = ~std::uint32_t{0};

struct record {
  std::uint32_t state = 0; ///< begun or ended; written last
  record_kind kind = record_kind::none;
  record_outcome outcome = record_outcome::open;
  record_freshness freshness = record_freshness::none;
  std::uint8_t flags = 0;
  std::uint32_t client = 0;  ///< a process; never used again
  std::uint32_t mapping = 0; ///< counts the client's attachments
  std::uint32_t node = 0;
  std::uint32_t variable = every_variable;
  std::uint64_t value = 0;     ///< stored or seen; of a fault its kind
  std::uint64_t version = 0;   ///< given or seen; of a client's kill its id
  std::uint64_t committed = 0; ///< as told before the value was read
  std::uint64_t epoch_before = 0;
  std::uint64_t epoch = 0; ///< of the mapping, with the result
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;

  bool is_read() const noexcept {
    return kind == record_kind::read || kind == record_kind::confirmed_read
           || kind == record_kind::final_read;
  }
  /// A read of a value.
  bool saw_value() const noexcept {
    return is_read() && outcome == record_outcome::ok;
  }
  bool stored() const noexcept {
    return kind == record_kind::store && outcome == record_outcome::ok;
  }
  /// A reader was told that this version is committed.
  bool told_committed() const noexcept {
    return saw_value() && committed >= version;
  }
  /// A flush that was acknowledged.
  bool flushed() const noexcept {
    return kind == record_kind::flush && outcome == record_outcome::ok;
  }
  bool durable() const noexcept {
    return (flags & flag_durable) != 0;
  }
  bool in_one_epoch() const noexcept {
    return epoch_before == epoch;
  }
  /// A read at a home that held its lease, by a client that it served.
  bool under_lease() const noexcept {
    constexpr std::uint8_t both = flag_at_home | flag_connected;
    return is_read() && (flags & both) == both && in_one_epoch()
           && freshness == record_freshness::fresh;
  }
};

static_assert(sizeof(record) == 80);
static_assert(std::is_trivially_copyable_v<record>);

inline constexpr std::uint32_t state_begun = 1;
inline constexpr std::uint32_t state_ended = 2;

/// Every value is written once: by which client, and as which of its own.
constexpr int value_counter_bits = 40;

constexpr std::uint64_t value_of(std::uint32_t client,
                                 std::uint64_t counter) noexcept {
  return std::uint64_t{client} << value_counter_bits | counter;
}
constexpr std::uint32_t client_of(std::uint64_t value) noexcept {
  return static_cast<std::uint32_t>(value >> value_counter_bits);
}
constexpr std::uint64_t counter_of(std::uint64_t value) noexcept {
  return value & ((std::uint64_t{1} << value_counter_bits) - 1);
}

} // namespace holdfast::torture
