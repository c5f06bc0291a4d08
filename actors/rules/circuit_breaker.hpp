// Whether a peer may be asked at all, so that a sick one costs its callers no
// waiting.
//
// Closed: all may ask. After some failures in a row it opens: nobody asks for a
// while. Then it is half open: one caller tries, and decides for the others.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast::rules {

struct circuit_breaker_options {
  std::uint32_t failures_max = 5; ///< in a row, until it opens
  std::chrono::nanoseconds open_for = std::chrono::seconds{2};
};

class circuit_breaker {
public:
  enum class state : std::uint8_t { closed = 1, open = 2, half_open = 3 };

  using instant = std::chrono::nanoseconds;

  explicit circuit_breaker(circuit_breaker_options options) noexcept
    : options_{options} {
    // nop
  }

  /// May a caller ask now? A yes is to be followed by one of the two below.
  bool admits(instant now) noexcept {
    if (state_ == state::closed)
      return true;
    if (state_ == state::half_open || now < opened_ + options_.open_for)
      return false;
    state_ = state::half_open;
    return true;
  }

  /// An answer came, be it an error: the peer works.
  void on_answer() noexcept {
    state_ = state::closed;
    failures_ = 0;
  }

  /// No answer came in time.
  void on_silence(instant now) noexcept {
    ++failures_;
    // An answer that is missing from before it opened does not prolong it.
    if (state_ == state::half_open
        || (state_ == state::closed && failures_ >= options_.failures_max)) {
      state_ = state::open;
      opened_ = now;
    }
  }

  state current() const noexcept {
    return state_;
  }

private:
  circuit_breaker_options options_;
  state state_ = state::closed;
  std::uint32_t failures_ = 0;
  instant opened_{};
};

} // namespace holdfast::rules
