// How long a home may say "my values are fresh".
#pragma once

#include <chrono>
#include <optional>

namespace holdfast::rules {

/// Time since boot of whoever asks; only differences matter.
using boot_time = std::chrono::nanoseconds;

/// The end of a lease counts from the instant at which the renewal was asked
/// for, never from the instant at which the answer arrived: an answer that was
/// under way for long extends nothing, so a home that was frozen in between
/// cannot believe that it still holds what others have waited out.
class lease {
public:
  explicit lease(std::chrono::nanoseconds duration) noexcept
    : duration_{duration} {
    // nop
  }

  /// The new end to publish, or nothing if this renewal came too late to hold
  /// anything or would not extend what is held.
  std::optional<boot_time> renew(boot_time asked_at, boot_time now) noexcept {
    const auto end = asked_at + duration_;
    if (end <= now || end <= end_)
      return std::nullopt;
    end_ = end;
    return end;
  }

  bool held(boot_time now) const noexcept {
    return now <= end_;
  }

private:
  std::chrono::nanoseconds duration_;
  boot_time end_ = boot_time::min(); // before the first renewal
};

} // namespace holdfast::rules
