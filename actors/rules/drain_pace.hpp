// When to look at a region's dirty set again.
//
// A ring asks for one look at once. While many changes keep coming, looks
// follow in the shortest interval, or longer ones the more a look had to do.
// Where few variables change, and each once or twice, one shortest interval is
// all the rest there is before the doorbell is armed: whoever stores a thousand
// times a second is heard at once. A few that change all the time double the
// interval; after some looks that found nothing nobody looks until it rings.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace holdfast::rules {

struct drain_pace_options {
  std::chrono::milliseconds interval_min{1};
  std::chrono::milliseconds interval_max{20};
  /// Changes found by one drain from which on a region counts as busy.
  std::uint32_t busy_changes = 8;
  /// Drains in a row that found nothing before the doorbell is armed.
  std::uint32_t idle_drains = 3;
  /// Stores of a variable between two drains from which on it counts as one
  /// that changes all the time.
  std::uint32_t hot_stores = 3;
  /// Changes that one shortest interval pays for: a writer who marks
  /// everything all the time gets a small share of a processor, no more.
  std::uint32_t changes_per_interval = 4096;
};

class drain_pace {
public:
  explicit drain_pace(drain_pace_options options) noexcept
    : options_{options}, interval_{options.interval_min} {
    // nop
  }

  /// True if the region must be drained now; false while a drain is due
  /// anyway, so that a flood of rings costs nothing more.
  bool on_ring() noexcept;

  /// After a drain that found so many variables changed, by so many stores: the
  /// wait until the next, or nothing: arm the doorbell.
  std::optional<std::chrono::milliseconds>
  on_drained(std::uint32_t changes, std::uint64_t stores) noexcept;

  /// Arming found something dirty already: the wait until the next drain.
  std::chrono::milliseconds on_armed_too_late() noexcept;

  /// A drain left so many changes where they are: the wait until the next.
  std::chrono::milliseconds on_kept_back(std::uint32_t changes) noexcept;

  /// True while a drain is due; false while the doorbell is armed.
  bool draining() const noexcept {
    return draining_;
  }

private:
  std::chrono::milliseconds paid_by(std::uint32_t changes) const noexcept;

  drain_pace_options options_;
  std::chrono::milliseconds interval_;
  std::uint32_t idle_in_a_row_ = 0;
  bool draining_ = false;
  bool calm_ = false; ///< little came since the ring, and it rested
};

} // namespace holdfast::rules
