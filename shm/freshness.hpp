// What a reader may believe about the age of what it reads.
#pragma once

#include "shm/clock.hpp"
#include "shm/layout.hpp"

#include <chrono>
#include <cstdint>

namespace holdfast::shm {

enum class freshness_kind : std::uint8_t {
  fresh,   ///< the home held its lease
  stale,   ///< the lease ran out: the home is frozen, cut off or gone
  orphaned ///< nobody will renew this mapping; attach again
};

/// Freshness and, when stale, for how long the lease has been over.
struct freshness {
  freshness_kind kind = freshness_kind::orphaned;
  std::chrono::nanoseconds age{0};

  /// The rule: state and lease end as the node published them, against now.
  static freshness of(layout::region_state state, std::uint64_t lease_end,
                      boot_clock::time_point now) noexcept {
    if (state != layout::region_state::active)
      return {freshness_kind::orphaned, {}};
    const boot_clock::time_point end{std::chrono::nanoseconds{
      static_cast<std::int64_t>(lease_end & ~(1ULL << 63))}};
    if (now <= end)
      return {freshness_kind::fresh, {}};
    return {freshness_kind::stale, now - end};
  }
};

} // namespace holdfast::shm
