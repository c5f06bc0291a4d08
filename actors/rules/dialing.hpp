// Who of two nodes connects to the other, and when again after a failure.
//
// Connections that cross are lost to both sides now and then (docs/caf.md), so
// only the lower id dials. It dials for ever: a peer that comes back after a
// week is found like one that comes back after a second.
#pragma once

#include "actors/rules/reconnect.hpp"

#include <chrono>
#include <cstdint>

namespace holdfast::rules {

class dialing {
public:
  dialing(std::uint64_t self, std::uint64_t other,
          reconnect_options options) noexcept
    : ours_{self < other}, again_{options} {
    // nop
  }

  /// True on the side that connects; the other side waits to be found.
  bool is_ours() const noexcept {
    return ours_;
  }

  /// How long to wait after a failure; `chance` in [0, 1].
  std::chrono::milliseconds on_failure(double chance) noexcept {
    cuts_ = 0;
    return again_.on_failure(chance);
  }

  /// A handshake was cut by our own network layer, which happens to healthy
  /// ones too: a few are repeated at once.
  std::chrono::milliseconds on_cut(double chance) noexcept {
    if (++cuts_ <= cuts_in_a_row_max)
      return std::chrono::milliseconds{0};
    return on_failure(chance);
  }

  /// The link has held for a while.
  void on_held() noexcept {
    cuts_ = 0;
    again_.on_held();
  }

private:
  static constexpr int cuts_in_a_row_max = 3;

  bool ours_;
  reconnect again_;
  int cuts_ = 0;
};

} // namespace holdfast::rules
