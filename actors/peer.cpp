#include "actors/peer.hpp"

#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

/// Only the actor that the hello named may speak for the other node.
bool is_from_link(peer_pointer self, const rules::wide_id& link) {
  const auto& state = self->state;
  return state.phase == peer_phase::linked && link == state.link
         && self->current_sender()
              == caf::actor_cast<caf::strong_actor_ptr>(state.remote);
}

void count_in(peer_pointer self, std::size_t bytes) {
  ++self->state.counted.messages_in;
  self->state.counted.bytes_in += bytes;
}

void count_out(peer_pointer self, std::size_t bytes) {
  ++self->state.counted.messages_out;
  self->state.counted.bytes_out += bytes;
}

/// The later one: what was carried out stays so.
void note_applied(peer_pointer self, const rules::history_end& told) {
  auto& known = self->state.applied;
  known = {std::max(known.term, told.term), std::max(known.index, told.index)};
}

std::chrono::nanoseconds since_boot(peer_pointer self) {
  return self->state.options.now().time_since_epoch();
}

void on_ping_due(peer_pointer self) {
  auto& state = self->state;
  self->delayed_send(self, state.options.health.interval, ping_due{});
  announce(self, state.health.on_tick(since_boot(self)));
  if (state.phase != peer_phase::linked) {
    note_unheard(self);
    return;
  }
  const peer_ping ping{state.link, ++state.sequence, state.own.applied};
  state.pinged = state.options.now();
  count_out(self, sizeof(ping));
  self->send(state.remote, ping);
}

void on_ping(peer_pointer self, const peer_ping& ping) {
  if (!is_from_link(self, ping.link))
    return;
  count_in(self, sizeof(ping));
  note_applied(self, ping.applied);
  const peer_pong pong{ping.link, ping.sequence, self->state.own.applied};
  count_out(self, sizeof(pong));
  self->send(self->state.remote, pong);
}

void on_pong(peer_pointer self, const peer_pong& pong) {
  auto& state = self->state;
  // An answer to nothing, or one played again, is no sign of life.
  if (!is_from_link(self, pong.link) || pong.sequence > state.sequence
      || pong.sequence <= state.answered)
    return;
  state.answered = pong.sequence;
  count_in(self, sizeof(pong));
  note_applied(self, pong.applied);
  if (pong.sequence == state.sequence) {
    auto& smooth = state.counted.round_trip_smooth;
    const auto taken = state.options.now() - state.pinged;
    state.counted.round_trip = taken;
    smooth = smooth.count() == 0 ? taken : (smooth * 7 + taken) / 8;
  }
  announce(self, state.health.on_answer());
}

/// Errors of the network; any other came from the other node itself.
bool is_silence(const caf::error& error) {
  return error.category() == caf::atom("system");
}

shm::error why_not_ask(peer_pointer self, const peer_call& call) {
  auto& state = self->state;
  const auto who = "node " + std::to_string(state.options.node);
  if (call.body.size() > state.options.call_bytes_max)
    return shm::failed(shm::errc::too_long, "a call to " + who);
  if (state.phase != peer_phase::linked)
    return shm::failed(shm::errc::unreachable, who + " is not connected");
  if (state.calls >= state.options.calls_max)
    return shm::failed(shm::errc::overloaded, "calls to " + who + " wait");
  if (!state.breaker.admits(since_boot(self)))
    return shm::failed(shm::errc::unreachable,
                       who + " has not answered the last calls");
  return {};
}

caf::result<call_answer> on_call(peer_pointer self, peer_call& call) {
  auto& state = self->state;
  if (auto error = why_not_ask(self, call); error.code != shm::errc::ok)
    return make_error(error);
  auto promise = self->make_response_promise<call_answer>();
  ++state.calls;
  count_out(self, call.body.size());
  self
    ->request(state.remote, call.deadline,
              remote_call{state.link, std::move(call.body)})
    .then(
      [self, promise](call_answer& answer) mutable {
        --self->state.calls;
        self->state.breaker.on_answer();
        count_in(self, answer.body.size());
        promise.deliver(std::move(answer));
      },
      [self, promise](caf::error& error) mutable {
        --self->state.calls;
        if (is_silence(error))
          self->state.breaker.on_silence(since_boot(self));
        else
          self->state.breaker.on_answer();
        promise.deliver(std::move(error));
      });
  return promise;
}

caf::result<call_answer> on_remote_call(peer_pointer self, remote_call& call) {
  const auto& options = self->state.options;
  if (!is_from_link(self, call.link))
    return make_error(shm::errc::refused, "the link does not stand");
  count_in(self, call.body.size());
  if (call.body.size() > options.call_bytes_max)
    return make_error(shm::errc::too_long, "a call");
  if (!options.service)
    return make_error(shm::errc::unavailable, "no calls are served here");
  return self->delegate(options.service,
                        served_call{options.node, std::move(call.body)});
}

peer_status status_of(peer_pointer self) {
  const auto& state = self->state;
  auto status = state.counted;
  status.node = state.options.node;
  status.address
    = state.options.host + ":" + std::to_string(state.options.port);
  status.phase = state.phase;
  status.state = state.health.state();
  status.reason = state.health.reason();
  status.breaker = state.breaker.current();
  return status;
}

void on_subscription(peer_pointer self, const peer_subscription& wanted) {
  auto& state = self->state;
  if (!wanted.listener
      || state.options.listeners.size() >= state.options.listeners_max)
    return;
  state.options.listeners.push_back(wanted.listener);
  self->send(wanted.listener, state_now(state));
}

void set_up(peer_pointer self, peer_options options) {
  auto& state = self->state;
  state.health = rules::peer_health{options.health};
  state.breaker = rules::circuit_breaker{options.breaker};
  state.dialing
    = rules::dialing{options.ours().node, options.node, options.reconnect};
  state.options = std::move(options);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.remote && down.source == self->state.remote.address())
      on_link_closed(self, down.reason == caf::exit_reason::user_shutdown);
  });
}

} // namespace

peer_actor::behavior_type peer(peer_pointer self, peer_options options) {
  set_up(self, std::move(options));
  self->send(self, ping_due{});
  if (self->state.dialing.is_ours())
    reach_after(self, std::chrono::milliseconds{0});
  return {
    [self](const hello_opening& opening) { return on_opening(self, opening); },
    [self](const hello_proof& proof) { return on_proof(self, proof); },
    [self](const peer_ping& ping) { on_ping(self, ping); },
    [self](const peer_pong& pong) { on_pong(self, pong); },
    [self](remote_call& call) { return on_remote_call(self, call); },
    [self](peer_call& call) { return on_call(self, call); },
    [self](peer_status_query) { return status_of(self); },
    [self](const peer_subscription& who) { on_subscription(self, who); },
    [self](const peer_key& key) { on_key(self, key.digits); },
    [self](const own_words& now) { on_own_words(self, now); },
    [self](reach_due) { reach(self); },
    [self](ping_due) { on_ping_due(self); },
    [self](const link_held& held) {
      if (self->state.phase == peer_phase::linked
          && self->state.link == held.link)
        self->state.dialing.on_held();
    },
  };
}

} // namespace holdfast::actors
