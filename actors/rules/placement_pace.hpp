// Which of the planned steps are proposed now: a bounded number at a time. One
// that was refused waits a while, and the others do not wait for it. A region
// whose home has just changed is left in peace before it is moved to where it
// lives better: its writers have been told once, and attach again.
#pragma once

#include "actors/rules/placement.hpp"

#include <chrono>
#include <compare>
#include <map>
#include <set>

namespace holdfast::rules {

struct placement_pace_options {
  std::size_t under_way_max = 16;
  /// Before a region whose step was refused is planned for again.
  std::chrono::milliseconds retry{1000};
  /// Between any step of a region and one that only balances.
  std::chrono::milliseconds rest{3000};
};

/// Times count from any instant that stays the same.
class placement_pace {
public:
  using time_point = std::chrono::milliseconds;

  explicit placement_pace(placement_pace_options options = {}) noexcept
    : options_{options} {
    // nop
  }

  /// Of those planned now; each is under way until it ended.
  std::vector<placement_step> begin(time_point now,
                                    const std::vector<placement_step>& planned);

  /// It was decided as planned, or not.
  void ended(time_point now, const placement_step& step, bool done);

  /// Something planned was not begun, or not done: to be planned again, also
  /// if nothing else changes.
  bool has_open() const noexcept {
    return left_out_ || !refused_.empty();
  }

private:
  struct region_key {
    std::string tenant;
    std::string region;

    auto operator<=>(const region_key&) const = default;
  };

  static region_key key_of(const placement_step& step) {
    return {step.tenant, step.region};
  }

  placement_pace_options options_;
  std::set<region_key> under_way_;
  std::map<region_key, time_point> refused_; ///< and when to try again
  std::map<region_key, time_point> resting_; ///< and until when
  bool left_out_ = false;
};

} // namespace holdfast::rules
