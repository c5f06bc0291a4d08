#include "actors/rules/drain_pace.hpp"

#include <algorithm>

namespace holdfast::rules {

bool drain_pace::on_ring() noexcept {
  if (draining_)
    return false;
  draining_ = true;
  calm_ = false;
  idle_in_a_row_ = 0;
  interval_ = options_.interval_min;
  return true;
}

std::optional<std::chrono::milliseconds>
drain_pace::on_drained(std::uint32_t changes, std::uint64_t stores) noexcept {
  const bool little
    = changes < options_.busy_changes
      && stores < std::uint64_t{options_.hot_stores} * std::max(changes, 1U);
  idle_in_a_row_ = changes == 0 ? idle_in_a_row_ + 1 : 0;
  if (idle_in_a_row_ >= options_.idle_drains || (little && calm_)) {
    draining_ = false;
    return std::nullopt;
  }
  calm_ = little && interval_ == options_.interval_min;
  if (changes >= options_.busy_changes) {
    interval_ = options_.interval_min;
    return paid_by(changes);
  }
  const auto wait = interval_;
  interval_ = std::min(interval_ * 2, options_.interval_max);
  return wait;
}

std::chrono::milliseconds drain_pace::on_armed_too_late() noexcept {
  draining_ = true;
  calm_ = false;
  idle_in_a_row_ = 0;
  interval_ = options_.interval_min;
  return interval_;
}

std::chrono::milliseconds
drain_pace::on_kept_back(std::uint32_t changes) noexcept {
  on_armed_too_late();
  return paid_by(changes);
}

std::chrono::milliseconds
drain_pace::paid_by(std::uint32_t changes) const noexcept {
  return std::min(options_.interval_min
                    * (changes / options_.changes_per_interval + 1),
                  options_.interval_max);
}

} // namespace holdfast::rules
