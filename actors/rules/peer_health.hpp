// Whether another node is alive, as far as this one can tell.
//
// Only an answer counts as life: a peer that takes bytes and does not answer is
// not alive. Silence counts as misses, one for each interval without an answer;
// a connection that closed and then refuses is proof of death. Down is a local
// opinion: what follows from it is decided by consensus.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace holdfast::rules {

enum class peer_state : std::uint8_t { healthy = 1, suspected = 2, down = 3 };

enum class health_reason : std::uint8_t {
  never_answered = 1, ///< since this node started
  answered = 2,
  misses = 3,
  refused = 4, ///< its connection closed and its port refuses: it has ended
  restarted
  = 5,      ///< another incarnation of it says hello: the old one has ended
  left = 6, ///< it said that it stops
};

std::string_view text_of(peer_state state) noexcept;
std::string_view text_of(health_reason reason) noexcept;

/// True if the process is known to have ended, not only to be silent.
bool proves_death(health_reason reason) noexcept;

struct peer_health_options {
  std::chrono::nanoseconds interval = std::chrono::milliseconds{500};
  std::uint32_t suspected_after = 2; ///< misses in a row
  std::uint32_t down_after = 5;      ///< misses in a row
};

struct health_change {
  peer_state state;
  health_reason reason;

  bool operator==(const health_change&) const = default;
};

class peer_health {
public:
  /// Time since boot of this node; only differences matter.
  using instant = std::chrono::nanoseconds;

  explicit peer_health(peer_health_options options) noexcept
    : options_{options} {
    // nop
  }

  /// Each step answers what changed, or nothing.
  using step = std::optional<health_change>;

  /// It answered a question of ours.
  step on_answer() noexcept;

  /// The timer of an interval fired, before the next question is sent. A timer
  /// that is late by more than half an interval counts no miss: then this node
  /// is the slow one.
  step on_tick(instant now) noexcept;

  /// The connection is gone; says nothing yet about the process behind it.
  void on_closed() noexcept;

  /// Its port refused a connection.
  step on_refused() noexcept;

  /// A new incarnation said hello while the old one did not count as Down.
  step on_restarted() noexcept;

  /// It said that it stops.
  step on_left() noexcept;

  peer_state state() const noexcept {
    return state_;
  }

  health_reason reason() const noexcept {
    return reason_;
  }

  std::uint32_t misses() const noexcept {
    return misses_;
  }

private:
  step become(peer_state state, health_reason reason) noexcept;

  peer_health_options options_;
  peer_state state_ = peer_state::down;
  health_reason reason_ = health_reason::never_answered;
  std::uint32_t misses_ = 0;
  bool answered_ = false; ///< since the last tick
  bool closed_ = true;
  std::optional<instant> last_tick_;
};

} // namespace holdfast::rules
