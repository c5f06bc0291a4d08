// When to try again after a connection or an attach failed.
//
// The wait doubles with each failure up to a bound, and half of it is chance,
// so that the clients of a node that died do not all return in one instant.
#pragma once

#include <algorithm>
#include <chrono>

namespace holdfast::rules {

struct reconnect_options {
  std::chrono::milliseconds delay_min{50};
  std::chrono::milliseconds delay_max{2000};
};

class reconnect {
public:
  explicit reconnect(reconnect_options options) noexcept
    : options_{options}, bound_{first_bound()} {
    // nop
  }

  /// How long to wait before the next try; `chance` in [0, 1] decides where
  /// between half the bound and the bound.
  std::chrono::milliseconds on_failure(double chance) noexcept {
    const auto half = bound_ / 2;
    const auto drawn = static_cast<std::chrono::milliseconds::rep>(
      static_cast<double>((bound_ - half).count())
      * std::clamp(chance, 0.0, 1.0));
    bound_ = std::min(bound_ * 2, options_.delay_max);
    return std::max(half + std::chrono::milliseconds{drawn},
                    options_.delay_min);
  }

  /// It has held for a while. To be called only then: one that is taken up
  /// and dropped at once must not be tried in the shortest interval for ever.
  void on_held() noexcept {
    bound_ = first_bound();
  }

private:
  std::chrono::milliseconds first_bound() const noexcept {
    return std::min(options_.delay_min * 2, options_.delay_max);
  }

  reconnect_options options_;
  std::chrono::milliseconds bound_;
};

} // namespace holdfast::rules
