#include "actors/rules/peer_health.hpp"

namespace holdfast::rules {

std::string_view text_of(peer_state state) noexcept {
  switch (state) {
  case peer_state::healthy:
    return "healthy";
  case peer_state::suspected:
    return "suspected";
  case peer_state::down:
    return "down";
  }
  return "?";
}

std::string_view text_of(health_reason reason) noexcept {
  switch (reason) {
  case health_reason::never_answered:
    return "it has not answered yet";
  case health_reason::answered:
    return "it answered";
  case health_reason::misses:
    return "it does not answer";
  case health_reason::refused:
    return "its connection closed and its port refuses";
  case health_reason::restarted:
    return "it was started anew";
  case health_reason::left:
    return "it said that it stops";
  }
  return "?";
}

bool proves_death(health_reason reason) noexcept {
  return reason == health_reason::refused || reason == health_reason::restarted
         || reason == health_reason::left;
}

peer_health::step peer_health::on_answer() noexcept {
  answered_ = true;
  closed_ = false;
  misses_ = 0;
  return become(peer_state::healthy, health_reason::answered);
}

peer_health::step peer_health::on_tick(instant now) noexcept {
  const bool late = last_tick_ && now - *last_tick_ > options_.interval * 3 / 2;
  const bool first = !last_tick_;
  last_tick_ = now;
  if (answered_) {
    answered_ = false;
    return std::nullopt;
  }
  if (first || late || state_ == peer_state::down)
    return std::nullopt;
  ++misses_;
  if (misses_ >= options_.down_after)
    return become(peer_state::down, health_reason::misses);
  if (misses_ >= options_.suspected_after)
    return become(peer_state::suspected, health_reason::misses);
  return std::nullopt;
}

void peer_health::on_closed() noexcept {
  closed_ = true;
}

peer_health::step peer_health::on_refused() noexcept {
  // While a connection stands, something else refuses, not the peer.
  if (!closed_ || reason_ == health_reason::never_answered)
    return std::nullopt;
  return become(peer_state::down, health_reason::refused);
}

peer_health::step peer_health::on_restarted() noexcept {
  closed_ = true;
  if (reason_ == health_reason::never_answered)
    return std::nullopt;
  return become(peer_state::down, health_reason::restarted);
}

peer_health::step peer_health::on_left() noexcept {
  closed_ = true;
  return become(peer_state::down, health_reason::left);
}

/// A Down that was an opinion may still become one with proof.
peer_health::step peer_health::become(peer_state state,
                                      health_reason reason) noexcept {
  const bool proof_comes = state == peer_state::down && proves_death(reason)
                           && !proves_death(reason_);
  if (state == state_ && !proof_comes)
    return std::nullopt;
  state_ = state;
  reason_ = reason;
  return health_change{state, reason};
}

} // namespace holdfast::rules
