// Two nodes of peer actors in one process, over a network that obeys the test.
#pragma once

#include "actors/peer.hpp"
#include "actors/peer_door.hpp"
#include "tests/support/stepped_system.hpp"

#include <map>

namespace holdfast::test {

/// What the fake network does when somebody is dialled.
struct fake_wire {
  std::map<std::uint16_t, actors::peer_door_actor> doors;
  std::map<std::uint16_t, reach_outcome> outcomes;
  int dials = 0;
  int probes = 0;

  reach_outcome outcome_at(std::uint16_t port) const {
    const auto found = outcomes.find(port);
    return found == outcomes.end() ? reach_outcome::reached : found->second;
  }
};

inline actors::peer_network_actor::behavior_type
fake_network(actors::peer_network_actor::pointer, fake_wire* wire) {
  return {
    [wire](const dial_request& to) {
      ++wire->dials;
      const auto outcome = wire->outcome_at(to.port);
      if (outcome != reach_outcome::reached)
        return dialled{outcome, nullptr, {}};
      return dialled{
        outcome,
        caf::actor_cast<caf::strong_actor_ptr>(wire->doors[to.port]),
        {}};
    },
    [wire](const probe_request& to) {
      ++wire->probes;
      return wire->outcome_at(to.port);
    },
  };
}

inline actors::peer_listener_actor::behavior_type
fake_listener(actors::peer_listener_actor::pointer,
              std::vector<std::string>* story) {
  return {[story](const peer_changed& change) {
    story->push_back(std::to_string(change.node) + " "
                     + std::string{rules::text_of(change.state)} + ": "
                     + std::string{rules::text_of(change.reason)});
  }};
}

inline actors::peer_service_actor::behavior_type
fake_service(actors::peer_service_actor::pointer) {
  return {[](served_call& call) {
    return call_answer{call.body + " for " + std::to_string(call.node)};
  }};
}

/// Never answers: what a frozen process looks like.
inline actors::peer_service_actor::behavior_type
mute_service(actors::peer_service_actor::pointer self) {
  return {[self](served_call&) -> caf::result<call_answer> {
    return self->make_response_promise<call_answer>();
  }};
}

/// Signs by adding the node's id to the text; sees who lies about theirs.
inline actors::peer_identity fake_identity(std::uint64_t node,
                                           std::uint64_t& drawn) {
  return {[node](std::string_view text) {
            return std::string{text} + std::to_string(node);
          },
          [](std::uint64_t of, std::string_view, std::string_view text,
             std::string_view signature) -> shm::result<void> {
            if (signature == std::string{text} + std::to_string(of))
              return boost::outcome_v2::success();
            return shm::failed(shm::errc::refused, "forged");
          },
          [&drawn] {
            return rules::wide_id{1, ++drawn};
          }};
}

/// Nodes 1 and 2 in one process, each with a door at port 7000 + id.
struct two_nodes : stepped_system {
  fake_wire wire;
  std::uint64_t drawn = 0;
  rules::hello said[3]; ///< by id
  std::vector<std::string> story[3];
  std::uint64_t signs_as[3]{0, 1, 2};
  actors::peer_actor seen_from[3];
  bool muted = false;

  two_nodes() {
    for (std::uint64_t id : {1, 2})
      said[id]
        = {1, 1, "prod", {5, 5}, id, {id, 1}, "interval=500", 77, {}, ""};
  }

  ~two_nodes() {
    for (auto& each : seen_from)
      each = nullptr;
    wire.doors.clear();
  }

  actors::peer_options options_at(std::uint64_t id) {
    actors::peer_options options;
    options.node = 3 - id;
    options.host = "127.0.0.1";
    options.port = static_cast<std::uint16_t>(7000 + options.node);
    options.ours = [this, id] { return said[id]; };
    options.identity = fake_identity(signs_as[id], drawn);
    options.network = start(fake_network, &wire);
    options.service = muted ? start(mute_service) : start(fake_service);
    options.listeners = {start(fake_listener, &story[id])};
    options.breaker = {2, std::chrono::seconds{1}};
    options.reconnect
      = {std::chrono::milliseconds{50}, std::chrono::milliseconds{400}};
    options.now = now();
    options.chance = [] { return 1.0; };
    options.log = log();
    return options;
  }

  void begin(std::uint64_t id) {
    seen_from[id] = start(actors::peer, options_at(id));
    const auto door
      = start(actors::peer_door,
              actors::peer_door_options{id, {{3 - id, seen_from[id]}}, log()});
    wire.doors[static_cast<std::uint16_t>(7000 + id)] = door;
  }

  void begin_both() {
    begin(2);
    begin(1);
    advance(std::chrono::milliseconds{1});
  }

  peer_status status(std::uint64_t at) {
    return *ask<peer_status>(seen_from[at], peer_status_query{}).value;
  }

  void kill(std::uint64_t id) {
    caf::anon_send_exit(seen_from[id], caf::exit_reason::kill);
    run();
  }
};

} // namespace holdfast::test
