#include "actors/error.hpp"
#include "actors/peer.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using namespace std::chrono_literals;
using opened_hello = peer_actor_state::opened_hello;

void tell_listeners(peer_pointer self) {
  const auto& state = self->state;
  for (const auto& listener : state.options.listeners)
    self->send(listener, state_now(state));
}

void note(peer_pointer self, log_level level, std::string_view what,
          std::string detail) {
  const auto& options = self->state.options;
  options.log(
    level, what,
    {{"peer", std::to_string(options.node)}, {"detail", std::move(detail)}});
}

/// A reason that repeats with each try is written once.
void note_once(peer_pointer self, std::string_view what,
               const std::string& why) {
  auto& last = self->state.counted.refused;
  if (last != why)
    note(self, log_level::warning, what, why);
  last = why;
}

void on_refused_hello(peer_pointer self, const std::string& why) {
  note_once(self, "a peer's hello failed", why);
}

/// What the other side said, or that it said nothing.
std::string text_of(const caf::error& error) {
  const auto found = to_shm(error);
  return found.code == shm::errc::refused ? "refused there: " + found.detail
                                          : found.message();
}

std::string text_of(const rules::refused_hello& refused) {
  return std::string{rules::text_of(refused.what)} + ": " + refused.difference;
}

/// The hello was accepted, and would not be any more.
void end_link(peer_pointer self, const rules::refused_hello& why) {
  on_refused_hello(self, text_of(why));
  self->demonitor(self->state.remote.address());
  on_link_closed(self, false);
  tell_listeners(self);
}

/// Empty: the other side is whom it says, and belongs here.
std::string judge(peer_pointer self, const rules::hello& ours,
                  const rules::hello& theirs) {
  const auto& state = self->state;
  rules::known_peer known{
    state.options.node, {}, state.applied, state.recorded_key, state.shown_key};
  if (state.phase == peer_phase::linked
      && state.health.state() == rules::peer_state::healthy)
    known.linked_incarnation = state.incarnation;
  const auto refused = rules::judge_hello(ours, theirs, known);
  return refused ? text_of(*refused) : std::string{};
}

std::string sign(peer_pointer self, const std::string& text) {
  const auto& identity = self->state.options.identity;
  return identity.sign ? identity.sign(text) : std::string{};
}

std::string verify(peer_pointer self, const rules::hello& theirs,
                   const std::string& text, const std::string& signature) {
  const auto& identity = self->state.options.identity;
  if (!identity.verify)
    return {};
  const auto proven = identity.verify(theirs.node, theirs.key, text, signature);
  if (proven)
    return {};
  return text_of(rules::refused_hello{rules::hello_refusal::not_proven,
                                      proven.assume_error().detail});
}

void try_again(peer_pointer self) {
  auto& state = self->state;
  state.phase = peer_phase::waiting;
  reach_after(self, state.dialing.on_failure(state.options.chance()));
}

/// The link stands: from here on the other node is asked by its own actor.
void stand(peer_pointer self, const rules::hello& theirs,
           const rules::wide_id& link, const hello_welcome& reached) {
  auto& state = self->state;
  if (state.remote)
    self->demonitor(state.remote.address());
  if (state.incarnation && state.incarnation != theirs.incarnation)
    announce(self, state.health.on_restarted());
  state.phase = peer_phase::linked;
  state.link = link;
  state.remote = caf::actor_cast<peer_actor>(reached.peer);
  state.elector = reached.elector;
  state.router = reached.router;
  state.replication_port = reached.replication_port;
  state.incarnation = theirs.incarnation;
  state.cluster = theirs.cluster_id;
  state.shown_key = theirs.key;
  if (theirs.history == rules::history_end{})
    state.applied = {}; // it has a new log
  state.sequence = 0;
  state.answered = 0;
  state.counted.refused.clear();
  ++state.counted.links;
  self->monitor(state.remote);
  self->delayed_send(self, state.options.held_after, link_held{link});
  // It answered to a nonce of ours.
  if (const auto step = state.health.on_answer())
    announce(self, step);
  else
    tell_listeners(self); // how its elector is reached has changed
}

void on_welcome(peer_pointer self, const opened_hello& opened,
                const hello_welcome& welcome) {
  if (!welcome.peer) {
    on_refused_hello(self, "it names no actor to talk to");
    try_again(self);
    return;
  }
  stand(self, opened.theirs, opened.their_nonce, welcome);
}

/// The dialled side has proven itself; now the dialler does.
void prove(peer_pointer self, const peer_door_actor& door,
           const opened_hello& opened) {
  const auto& state = self->state;
  const auto side = rules::hello_side::dialler;
  const auto text = rules::hello_transcript(side, opened.ours, opened.our_nonce,
                                            opened.theirs, opened.their_nonce);
  self
    ->request(door, state.options.hello_deadline,
              hello_proof{opened.ours.node, opened.our_nonce, sign(self, text),
                          caf::actor_cast<caf::strong_actor_ptr>(self),
                          state.options.elector, state.options.router})
    .then(
      [self, opened](const hello_welcome& welcome) {
        on_welcome(self, opened, welcome);
      },
      [self](const caf::error& error) {
        on_refused_hello(self, text_of(error));
        try_again(self);
      });
}

void on_reply(peer_pointer self, const peer_door_actor& door,
              opened_hello opened, const hello_reply& reply) {
  opened.theirs = reply.said;
  opened.their_nonce = reply.nonce;
  auto refused = judge(self, opened.ours, opened.theirs);
  if (refused.empty())
    refused = verify(self, opened.theirs,
                     rules::hello_transcript(rules::hello_side::dialled,
                                             opened.ours, opened.our_nonce,
                                             opened.theirs, opened.their_nonce),
                     reply.signature);
  if (refused.empty()) {
    prove(self, door, opened);
    return;
  }
  on_refused_hello(self, refused);
  try_again(self);
}

void open(peer_pointer self, const caf::strong_actor_ptr& found) {
  auto& state = self->state;
  const auto door = caf::actor_cast<peer_door_actor>(found);
  state.phase = peer_phase::hello;
  opened_hello opened;
  opened.ours = own_hello(state);
  opened.our_nonce = state.options.identity.draw();
  self
    ->request(door, state.options.hello_deadline,
              hello_opening{opened.ours, opened.our_nonce})
    .then([self, door, opened](
            const hello_reply& reply) { on_reply(self, door, opened, reply); },
          [self](const caf::error& error) {
            on_refused_hello(self, text_of(error));
            try_again(self);
          });
}

void on_dialled(peer_pointer self, const dialled& found) {
  auto& state = self->state;
  switch (found.outcome) {
  case reach_outcome::reached:
    open(self, found.door);
    return;
  case reach_outcome::cut:
    state.phase = peer_phase::waiting;
    reach_after(self, state.dialing.on_cut(state.options.chance()));
    return;
  case reach_outcome::refused:
    announce(self, state.health.on_refused());
    break;
  case reach_outcome::silent:
    if (!found.detail.empty())
      note_once(self, "a peer was not reached", found.detail);
    break;
  }
  try_again(self);
}

void dial(peer_pointer self) {
  auto& state = self->state;
  state.phase = peer_phase::dialing;
  // Longer than the network's own deadlines: it tells more than silence.
  self
    ->request(state.options.network, state.options.dial_deadline * 2,
              dial_request{state.options.host, state.options.port})
    .then([self](const dialled& found) { on_dialled(self, found); },
          [self](const caf::error&) { try_again(self); });
}

/// The other side dials; this one only learns whether it is gone for good.
void probe(peer_pointer self) {
  auto& state = self->state;
  self
    ->request(state.options.network, state.options.dial_deadline * 2,
              probe_request{state.options.host, state.options.port})
    .then(
      [self](reach_outcome outcome) {
        // It may have come back while the probe was under way.
        if (self->state.phase == peer_phase::linked)
          return;
        if (outcome == reach_outcome::refused)
          announce(self, self->state.health.on_refused());
        else
          try_again(self);
      },
      [self](const caf::error&) {
        if (self->state.phase != peer_phase::linked)
          try_again(self);
      });
}

} // namespace

peer_changed state_now(const peer_actor_state& state) {
  peer_changed now{state.options.node,
                   state.health.state(),
                   state.health.reason(),
                   state.elector,
                   state.router,
                   state.incarnation,
                   {}};
  if (state.phase == peer_phase::linked)
    now.replication
      = {state.options.node,      state.incarnation,  state.link,
         state.dialing.is_ours(), state.options.host, state.replication_port};
  return now;
}

rules::hello own_hello(const peer_actor_state& state) {
  auto said = state.options.ours();
  said.history = state.own.end;
  said.cluster_id = state.own.cluster;
  return said;
}

void reach_after(peer_pointer self, std::chrono::milliseconds wait) {
  if (self->state.reach_is_due)
    return;
  self->state.reach_is_due = true;
  self->delayed_send(self, wait, reach_due{});
}

void reach(peer_pointer self) {
  auto& state = self->state;
  state.reach_is_due = false;
  if (state.phase != peer_phase::waiting)
    return;
  if (state.dialing.is_ours())
    dial(self);
  else if (!rules::proves_death(state.health.reason()))
    probe(self);
}

caf::result<hello_reply> on_opening(peer_pointer self,
                                    const hello_opening& opening) {
  auto& state = self->state;
  opened_hello opened{own_hello(state), opening.said,
                      state.options.identity.draw(), opening.nonce};
  auto refused = judge(self, opened.ours, opened.theirs);
  if (refused.empty() && state.dialing.is_ours())
    refused = "the lower id dials";
  if (!refused.empty()) {
    on_refused_hello(self, refused);
    return make_error(shm::errc::refused, refused);
  }
  const auto side = rules::hello_side::dialled;
  const auto text = rules::hello_transcript(
    side, opened.theirs, opened.their_nonce, opened.ours, opened.our_nonce);
  state.opened = opened;
  return hello_reply{opened.ours, opened.our_nonce, sign(self, text)};
}

caf::result<hello_welcome> on_proof(peer_pointer self,
                                    const hello_proof& proof) {
  auto& state = self->state;
  if (!state.opened || state.opened->their_nonce != proof.nonce || !proof.peer)
    return make_error(shm::errc::protocol, "a proof without its opening");
  const auto opened = *std::exchange(state.opened, std::nullopt);
  // Again: another link may have come to stand since the opening.
  auto refused = judge(self, opened.ours, opened.theirs);
  if (refused.empty())
    refused = verify(self, opened.theirs,
                     rules::hello_transcript(rules::hello_side::dialler,
                                             opened.theirs, opened.their_nonce,
                                             opened.ours, opened.our_nonce),
                     proof.signature);
  if (!refused.empty()) {
    on_refused_hello(self, refused);
    return make_error(shm::errc::refused, refused);
  }
  stand(self, opened.theirs, opened.our_nonce,
        {proof.peer, proof.elector, proof.router, 0});
  return hello_welcome{caf::actor_cast<caf::strong_actor_ptr>(self),
                       state.options.elector, state.options.router,
                       state.options.replication_port};
}

void on_link_closed(peer_pointer self, bool said_so) {
  auto& state = self->state;
  state.phase = peer_phase::waiting;
  state.remote = nullptr;
  state.elector = nullptr;
  state.router = nullptr;
  state.health.on_closed();
  if (said_so)
    announce(self, state.health.on_left());
  else
    note(self, log_level::info, "the link to a peer closed", {});
  reach_after(self, 0ms);
}

void on_own_words(peer_pointer self, const own_words& now) {
  auto& state = self->state;
  state.own = now;
  auto theirs = own_hello(state);
  theirs.cluster_id = state.cluster;
  const auto refused = rules::judge_cluster(own_hello(state), theirs);
  if (refused && state.phase == peer_phase::linked)
    end_link(self, *refused);
}

void on_key(peer_pointer self, const std::string& digits) {
  auto& state = self->state;
  state.recorded_key = digits;
  if (digits.empty() && state.phase != peer_phase::linked) {
    // The next node of that id may be another one.
    state.shown_key.clear();
    state.applied = {};
  }
  if (state.phase != peer_phase::linked)
    return;
  if (const auto refused
      = rules::judge_key(state.shown_key, {state.options.node, {}, {}, digits}))
    end_link(self, *refused);
}

void note_unheard(peer_pointer self) {
  // Long enough for nodes that are started one after the other.
  constexpr std::uint32_t intervals = 20;
  auto& state = self->state;
  if (state.counted.links == 0 && ++state.unheard == intervals)
    note(self, log_level::warning, "a peer has not been heard of",
         state.dialing.is_ours()
           ? "this node calls it"
           : "it is to call this node; its log may say why it cannot");
}

void announce(peer_pointer self, const rules::peer_health::step& step) {
  if (!step)
    return;
  const auto& state = self->state;
  const auto level = step->state == rules::peer_state::healthy
                       ? log_level::info
                       : log_level::warning;
  state.options.log(level, "a peer changed its state",
                    {{"peer", std::to_string(state.options.node)},
                     {"state", std::string{rules::text_of(step->state)}},
                     {"reason", std::string{rules::text_of(step->reason)}}});
  tell_listeners(self);
}

} // namespace holdfast::actors
