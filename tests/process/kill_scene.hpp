// What the killed writers store and what the readers look for.
#pragma once

#include "shm/client/connection.hpp"
#include "shm/group.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::test {

/// A value in which no two words may come from different stores.
template <std::size_t Words>
struct checked_value {
  std::array<std::uint64_t, Words> words;

  static checked_value of(std::uint64_t number) {
    checked_value made;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < Words; ++i) {
      made.words[i] = number * 0x9e37'79b9'7f4a'7c15 + i;
      sum += made.words[i] ^ i;
    }
    made.words[Words - 1] = sum;
    return made;
  }

  bool whole() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < Words; ++i) {
      if (words[i] != words[0] + i)
        return false;
      sum += words[i] ^ i;
    }
    return words[Words - 1] == sum;
  }

  bool operator==(const checked_value&) const = default;
};

using small_value = checked_value<3>;
using line_value = checked_value<8>;     // 64 bytes
using kib_value = checked_value<128>;    // 1 KiB
using large_value = checked_value<8960>; // 70 KiB: three slots

} // namespace holdfast::test

template <std::size_t Words>
struct holdfast::shm::type_tag<holdfast::test::checked_value<Words>> {
  // Of one length for all: the capacity tells them apart.
  static constexpr std::string_view value = "test::checked/1";
};

namespace holdfast::test {

enum class store_kind : std::uint8_t { small, line, kib, large, count, group };
inline constexpr std::size_t store_kinds = 6;

std::string_view name_of(store_kind kind) noexcept;

/// The configuration of a node with the region that all this happens in.
std::string kill_scene_config();

/// Attaches and finds everything. Throws with the reason if it cannot.
class kill_scene {
public:
  kill_scene(const std::string& socket, shm::access wanted);

  /// Makes the value of the next store; `number` is unique among all.
  void prepare(store_kind kind, std::uint64_t number);

  /// Stores it: nothing else is left to do.
  shm::errc store_prepared(store_kind kind) const noexcept;

  /// The variable of that kind; for a group, its last member.
  const shm::variable_handle& handle(store_kind kind) const noexcept;

  const shm::attachment& attached() const noexcept {
    return small_.in();
  }

  /// False once the node hung up.
  bool node_alive() const noexcept {
    return node_.alive();
  }

  shm::variable<small_value> small_;
  shm::variable<line_value> line_;
  shm::variable<kib_value> kib_;
  shm::variable<large_value> large_;
  shm::counter count_;
  std::array<shm::variable<line_value>, 4> group_;

private:
  kill_scene(client::connection node, shm::access wanted);
  kill_scene(client::connection node, const shm::region_view& region);

  client::connection node_;
  small_value next_small_{};
  line_value next_line_{};
  kib_value next_kib_{};
  large_value next_large_{};
};

/// What a reading process saw; shared with the test.
struct observations {
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> torn{0};
  std::atomic<std::uint64_t> backward{0}; // a version was lower than before
  std::atomic<std::uint64_t> refused{0};  // a read of one variable gave up
  std::atomic<std::uint64_t> snapshots{0};
  std::atomic<std::uint64_t> unsettled{0};   // a snapshot gave up
  std::atomic<std::uint64_t> broken{0};      // a group was not whole
  std::atomic<std::int64_t> longest_read{0}; // nanoseconds
  std::atomic<std::int64_t> longest_snapshot{0};
};

/// Reads everything over and over and notes what it saw. Never returns.
[[noreturn]] void read_for_ever(const kill_scene& scene, observations& seen);

/// Sleeps for changes of one variable; notes the last version it woke up to.
[[noreturn]] void wait_for_ever(const kill_scene& scene,
                                std::atomic<std::uint64_t>& woke_to);

} // namespace holdfast::test
