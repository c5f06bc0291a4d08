#include "actors/elector.hpp"

#include "actors/consensus_packet.hpp"
#include "actors/elector_parts.hpp"
#include "actors/error.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

// -- beginning ----------------------------------------------------------------

void start_core(elector_pointer self, consensus::stored_log log) {
  auto& state = self->state;
  auto core = std::make_unique<consensus::core>(state.options.core);
  auto started = core->start(std::move(log), now_of(self));
  if (!started)
    return step_down(self, started.assume_error().message());
  state.core = std::move(core);
  carry_out(self, std::move(started).assume_value());
}

/// Rule 16: only into an empty database, and on disk before anything is said.
void found_cluster(elector_pointer self, consensus::stored_log log,
                   const consensus::write& first) {
  log.vote = *first.vote;
  log.entries = first.tail->entries;
  self
    ->request(self->state.options.store, caf::infinite,
              store_log_request{{first}, 0})
    .then([self, log](const stored_writes&) { start_core(self, log); },
          [self](const caf::error& error) {
            step_down(self, to_shm(error).message());
          });
}

void on_loaded(elector_pointer self, loaded_log& loaded) {
  auto& options = self->state.options;
  options.core.who = loaded.who;
  const auto& members = options.first_members;
  const bool others_began = members.members.empty();
  const auto first
    = others_began ? std::nullopt : consensus::first_write(loaded.log, members);
  self->state.waits_for_others = others_began && loaded.log.is_empty();
  if (first)
    found_cluster(self, std::move(loaded.log), *first);
  else
    start_core(self, std::move(loaded.log));
}

void load(elector_pointer self) {
  // Without a deadline: a long log takes long to check.
  self->request(self->state.options.store, caf::infinite, load_log_request{})
    .then([self](loaded_log& loaded) { on_loaded(self, loaded); },
          [self](const caf::error& error) {
            step_down(self, to_shm(error).message());
          });
}

// -- events -------------------------------------------------------------------

bool is_ready(elector_pointer self) {
  return self->state.core && self->state.takes_part;
}

void hear(elector_pointer self, const consensus_packet& packet) {
  auto& state = self->state;
  if (!is_ready(self) || state.waits_for_others)
    return;
  // A node speaks for itself only.
  const auto route = state.routes.find(packet.from);
  if (route == state.routes.end()
      || route->second.address()
           != caf::actor_cast<caf::actor_addr>(self->current_sender()))
    return;
  auto said = unpack(packet, state.options.packet_bytes_max);
  if (said)
    carry_out(self, state.core->receive(std::move(*said), now_of(self)));
}

void set_route(elector_pointer self, peer_route& route) {
  auto& routes = self->state.routes;
  if (route.elector)
    routes[route.node] = std::move(route.elector);
  else
    routes.erase(route.node);
}

caf::result<leadership> watch(elector_pointer self,
                              watch_leadership_request& request) {
  auto& state = self->state;
  if (state.watchers.size() >= state.options.watchers_max)
    return make_error(shm::errc::overloaded, "too many watch the leadership");
  self->monitor(request.watcher);
  state.watchers.push_back(std::move(request.watcher));
  return state.known;
}

void forget_watcher(elector_pointer self, const caf::down_msg& down) {
  auto& watchers = self->state.watchers;
  std::erase_if(watchers, [&](const leadership_watcher_actor& watcher) {
    return watcher.address() == down.source;
  });
}

caf::result<elector_status> status(elector_pointer self) {
  const auto& state = self->state;
  elector_status made{state.known, {}, state.proposals};
  if (state.core)
    made.core = state.core->status();
  return made;
}

void tick(elector_pointer self, const tick_due& due) {
  // An earlier one took its place; without this, timers would add up.
  if (self->state.armed != due.at)
    return;
  self->state.armed.reset();
  if (is_ready(self))
    carry_out(self, self->state.core->tick(now_of(self)));
}

} // namespace

consensus::instant now_of(elector_pointer self) {
  return std::chrono::duration_cast<consensus::instant>(
    self->state.options.now().time_since_epoch());
}

elector_actor::behavior_type elector(elector_pointer self,
                                     elector_options options) {
  self->state.options = std::move(options);
  self->set_down_handler(
    [self](const caf::down_msg& down) { forget_watcher(self, down); });
  load(self);
  return {
    [self](const consensus_packet& packet) { hear(self, packet); },
    [self](propose_request& request) { return propose(self, request); },
    [self](peer_route& route) { set_route(self, route); },
    [self](const peer_death_proven& proven) {
      if (is_ready(self))
        carry_out(self, self->state.core->leader_death_proven(proven.node,
                                                              now_of(self)));
    },
    [self](let_in) { self->state.waits_for_others = false; },
    [self](leader_query) { return self->state.known; },
    [self](watch_leadership_request& request) { return watch(self, request); },
    [self](const change_member_request& request) {
      return ask_core(self, [&](consensus::request_id id) {
        return self->state.core->change_membership(id, request.wanted,
                                                   now_of(self));
      });
    },
    [self](const transfer_request& request) {
      return transfer(self, request.to);
    },
    [self](barrier_request) {
      return ask_core(self, [&](consensus::request_id id) {
        return self->state.core->barrier(id, now_of(self));
      });
    },
    [self](elector_status_query) { return status(self); },
    [self](tick_due due) { tick(self, due); },
    [self](proposals_due due) {
      (due.timed ? self->state.look_timed : self->state.look_queued) = false;
      place_proposals(self);
    },
  };
}

} // namespace holdfast::actors
