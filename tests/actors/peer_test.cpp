#include "actors/peer.hpp"

#include "actors/peer_door.hpp"
#include "tests/support/stepped_system.hpp"

#include <map>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using rules::health_reason;
using rules::peer_state;

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

actors::peer_network_actor::behavior_type
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

actors::peer_listener_actor::behavior_type
fake_listener(actors::peer_listener_actor::pointer,
              std::vector<std::string>* story) {
  return {[story](const peer_changed& change) {
    story->push_back(std::to_string(change.node) + " "
                     + std::string{rules::text_of(change.state)} + ": "
                     + std::string{rules::text_of(change.reason)});
  }};
}

actors::peer_service_actor::behavior_type
fake_service(actors::peer_service_actor::pointer) {
  return {[](served_call& call) {
    return call_answer{call.body + " for " + std::to_string(call.node)};
  }};
}

/// Never answers: what a frozen process looks like.
actors::peer_service_actor::behavior_type
mute_service(actors::peer_service_actor::pointer self) {
  return {[self](served_call&) -> caf::result<call_answer> {
    return self->make_response_promise<call_answer>();
  }};
}

/// Signs by adding the node's id to the text; sees who lies about theirs.
actors::peer_identity fake_identity(std::uint64_t node, std::uint64_t& drawn) {
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
        = {1, 1, "prod", {5, 5}, id, {id, 1}, "interval=500", 77, {2, 10}, ""};
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
    options.breaker = {2, 1s};
    options.reconnect = {50ms, 400ms};
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
    advance(1ms);
  }

  peer_status status(std::uint64_t at) {
    return *ask<peer_status>(seen_from[at], peer_status_query{}).value;
  }

  void kill(std::uint64_t id) {
    caf::anon_send_exit(seen_from[id], caf::exit_reason::kill);
    run();
  }
};

} // namespace

TEST_CASE_METHOD(two_nodes,
                 "two nodes that agree link and see each other healthy",
                 "[actors][peer]") {
  begin_both();

  for (std::uint64_t id : {1, 2}) {
    CHECK(status(id).phase == peer_phase::linked);
    CHECK(status(id).state == peer_state::healthy);
    CHECK(status(id).links == 1);
  }
  CHECK(wire.dials == 1); // only the lower id
  CHECK(story[1] == std::vector<std::string>{"2 healthy: it answered"});
  CHECK(story[2] == std::vector<std::string>{"1 healthy: it answered"});
}

TEST_CASE_METHOD(two_nodes, "pings go both ways and are counted",
                 "[actors][peer]") {
  begin_both();

  advance(2000ms);

  CHECK(status(1).messages_out == 8); // four pings, four pongs
  CHECK(status(1).messages_in == 8);
  CHECK(status(1).bytes_in > 0);
  CHECK(status(1).round_trip >= 0ns);
}

TEST_CASE_METHOD(two_nodes, "a node whose hello is refused is told why",
                 "[actors][peer]") {
  said[2].settings = "interval=50";

  begin_both();

  CHECK(status(1).refused
        == "refused there: different configuration: 'interval=50' here, "
           "'interval=500' there");
  CHECK(status(1).phase != peer_phase::linked);
  CHECK(status(2).phase == peer_phase::waiting);
  CHECK(story[1].empty());
}

TEST_CASE_METHOD(two_nodes,
                 "a refused node is tried again and linked once mended",
                 "[actors][peer]") {
  said[2].cluster = "test";
  begin_both();
  advance(1000ms);
  CHECK(wire.dials > 2);
  REQUIRE(status(1).phase != peer_phase::linked);

  said[2].cluster = "prod";
  advance(400ms);

  CHECK(status(1).phase == peer_phase::linked);
  CHECK(status(1).refused.empty());
}

TEST_CASE_METHOD(two_nodes, "a node that cannot prove its id is not linked",
                 "[actors][peer]") {
  const std::uint64_t liar = GENERATE(1, 2);
  signs_as[liar] = 9;

  begin_both();

  CHECK(status(1).phase != peer_phase::linked);
  CHECK(status(2).phase != peer_phase::linked);
  CHECK(status(3 - liar).refused.find("identity not proven: forged")
        != std::string::npos);
}

TEST_CASE_METHOD(two_nodes, "a proof without its opening links nothing",
                 "[actors][peer]") {
  begin(2);

  const auto answer = ask<hello_welcome>(
    wire.doors[7002],
    hello_proof{1,
                {9, 9},
                "x",
                caf::actor_cast<caf::strong_actor_ptr>(seen_from[2]),
                nullptr});

  CHECK(answer.error.code == shm::errc::protocol);
  CHECK(status(2).phase == peer_phase::waiting);
}

TEST_CASE_METHOD(two_nodes, "the door refuses strangers and its own id",
                 "[actors][peer]") {
  begin(2);
  const auto knock = [this](std::uint64_t id) {
    auto stranger = said[1];
    stranger.node = id;
    return ask<hello_reply>(wire.doors[7002], hello_opening{stranger, {8, 8}})
      .error.detail;
  };

  CHECK(knock(3) == "not a member: node 3 is no peer of node 2");
  CHECK(knock(2) == "duplicate id: node 2 is this node's id too");
}

TEST_CASE_METHOD(two_nodes, "a second node with a linked peer's id is refused",
                 "[actors][peer]") {
  begin_both();
  auto clone = said[1];
  clone.incarnation = {1, 2};

  const auto answer
    = ask<hello_reply>(wire.doors[7002], hello_opening{clone, {8, 8}});

  CHECK(answer.error.detail
        == "duplicate id: another node 1 is connected and answers");
  CHECK(status(2).phase == peer_phase::linked);
}

TEST_CASE_METHOD(two_nodes,
                 "a peer that ends and refuses is down at once, with proof",
                 "[actors][peer]") {
  const std::uint64_t dead = GENERATE(1, 2);
  begin_both();
  wire.outcomes[static_cast<std::uint16_t>(7000 + dead)]
    = reach_outcome::refused;

  kill(dead);
  advance(1ms);

  const auto seen = status(3 - dead);
  CHECK(seen.state == peer_state::down);
  CHECK(seen.reason == health_reason::refused);
  CHECK(story[3 - dead].back()
        == std::to_string(dead)
             + " down: its connection closed and its port refuses");
}

TEST_CASE_METHOD(two_nodes,
                 "a peer whose host went silent is down after five misses",
                 "[actors][peer]") {
  const std::uint64_t dead = GENERATE(1, 2);
  begin_both();
  advance(600ms);
  wire.outcomes[static_cast<std::uint16_t>(7000 + dead)]
    = reach_outcome::silent;

  kill(dead);
  advance(1400ms);
  CHECK(status(3 - dead).state == peer_state::suspected);
  advance(1600ms);

  CHECK(status(3 - dead).state == peer_state::down);
  CHECK(status(3 - dead).reason == health_reason::misses);
}

TEST_CASE_METHOD(two_nodes, "a peer that stops says so", "[actors][peer]") {
  begin_both();

  end(seen_from[2]);

  CHECK(status(1).reason == health_reason::left);
}

TEST_CASE_METHOD(two_nodes,
                 "a peer that comes back as another incarnation is linked",
                 "[actors][peer]") {
  const std::uint64_t dead = GENERATE(1, 2);
  begin_both();
  kill(dead);
  said[dead].incarnation = {dead, 2};

  begin(dead);
  advance(500ms);

  CHECK(status(1).phase == peer_phase::linked);
  CHECK(status(2).phase == peer_phase::linked);
  CHECK(status(3 - dead).links == 2);
  const auto& told = story[3 - dead];
  REQUIRE(told.size() == 3);
  CHECK(told[1] == std::to_string(dead) + " down: it was started anew");
}

TEST_CASE_METHOD(two_nodes,
                 "a peer that comes back with an older log is refused",
                 "[actors][peer]") {
  begin_both();
  kill(2);
  said[2].incarnation = {2, 2};
  said[2].history = {2, 9};

  begin(2);
  advance(500ms);

  CHECK(status(1).refused.starts_with("older history: "));
  CHECK(status(1).phase != peer_phase::linked);
}

TEST_CASE_METHOD(two_nodes, "a call is answered by the other node's service",
                 "[actors][peer]") {
  begin_both();

  const auto answer = ask<call_answer>(seen_from[1], peer_call{"question", 1s});

  REQUIRE(answer);
  CHECK(answer->body == "question for 1");
}

TEST_CASE_METHOD(two_nodes, "a call to a peer that is not linked fails at once",
                 "[actors][peer]") {
  begin(1);

  const auto answer = ask<call_answer>(seen_from[1], peer_call{"q", 1s});

  CHECK(answer.error.code == shm::errc::unreachable);
}

TEST_CASE_METHOD(two_nodes, "a call that is too long never leaves",
                 "[actors][peer]") {
  begin_both();

  const auto answer = ask<call_answer>(
    seen_from[1], peer_call{std::string(256 * 1024 + 1, 'x'), 1s});

  CHECK(answer.error.code == shm::errc::too_long);
}

TEST_CASE_METHOD(two_nodes, "after calls in vain nobody waits for a while",
                 "[actors][peer]") {
  muted = true;
  begin_both();
  for (int i = 0; i < 2; ++i)
    tell(seen_from[1], peer_call{"q", 100ms});
  advance(101ms);

  const auto refused = ask<call_answer>(seen_from[1], peer_call{"q", 100ms});

  CHECK(refused.error.detail == "node 2 has not answered the last calls");
  CHECK(status(1).breaker == rules::circuit_breaker::state::open);
}

TEST_CASE_METHOD(two_nodes, "pings of a stranger are not answered",
                 "[actors][peer]") {
  begin_both();
  const auto before = status(1).messages_out;

  tell(seen_from[1], peer_ping{{1, 1}, 1, {9, 9}});
  tell(seen_from[1], peer_ping{{1, 2}, 1, {9, 9}});
  tell(seen_from[1], peer_pong{{1, 2}, 1, {9, 9}});

  CHECK(status(1).messages_out == before);
}
