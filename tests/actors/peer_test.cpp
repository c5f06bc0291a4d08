#include "actors/peer.hpp"

#include "tests/actors/two_nodes.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

using rules::health_reason;
using rules::peer_state;

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
                nullptr,
                nullptr});

  CHECK(answer.error.code == shm::errc::protocol);
  CHECK(status(2).phase == peer_phase::waiting);
}

TEST_CASE_METHOD(two_nodes, "a proof for another opening links nothing",
                 "[actors][peer]") {
  begin(2);
  REQUIRE(ask<hello_reply>(wire.doors[7002], hello_opening{said[1], {8, 8}}));

  const auto answer = ask<hello_welcome>(
    wire.doors[7002],
    hello_proof{1,
                {9, 9},
                "x",
                caf::actor_cast<caf::strong_actor_ptr>(seen_from[2]),
                nullptr,
                nullptr});

  CHECK(answer.error.code == shm::errc::protocol);
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
  tell(seen_from[2], own_words{{2, 12}, {2, 10}});
  advance(500ms);
  kill(2);
  said[2].incarnation = {2, 2};
  own_words found_then{{2, 9}, {}};
  bool is_linked = false;
  SECTION("a copy of what it once was") {
    // nop
  }
  SECTION("what was not agreed on is no loss") {
    found_then.end = {2, 10};
    is_linked = true;
  }
  SECTION("it has none at all, and joins anew") {
    found_then.end = {};
    is_linked = true;
  }

  begin(2);
  tell(seen_from[2], found_then);
  advance(500ms);

  CHECK(status(1).refused.starts_with("older history: ") != is_linked);
  CHECK((status(1).phase == peer_phase::linked) == is_linked);
}

TEST_CASE_METHOD(two_nodes,
                 "a link to another cluster ends when this one has its id",
                 "[actors][peer]") {
  begin(2);
  tell(seen_from[2], own_words{{}, {}, {7, 7}});
  begin(1);
  advance(1ms);
  REQUIRE(status(1).phase == peer_phase::linked);
  rules::wide_id named{7, 7};
  bool is_linked = true;
  SECTION("the same") {
    // nop
  }
  SECTION("another one") {
    named = {7, 8};
    is_linked = false;
  }

  tell(seen_from[1], own_words{{}, {}, named});
  advance(500ms);

  CHECK((status(1).phase == peer_phase::linked) == is_linked);
  CHECK((status(1).refused.find("wrong cluster: ") == std::string::npos)
        == is_linked);
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
  CHECK(status(1).bytes_out < 1024);
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

TEST_CASE_METHOD(two_nodes,
                 "a link ends when the members know the node by another key",
                 "[actors][peer]") {
  said[2].key = "key 2";
  begin_both();
  REQUIRE(status(1).phase == peer_phase::linked);

  caf::anon_send(seen_from[1], peer_key{"6b65792033"});
  advance(2000ms);

  CHECK(status(1).phase != peer_phase::linked);
  CHECK(status(1).refused.starts_with("different key: node 2 shows key "
                                      "6b65792032, the members know it by key "
                                      "6b65792033"));
  CHECK(status(1).links == 1);
  // It was removed, and comes back as another.
  caf::anon_send(seen_from[1], peer_key{});
  advance(2000ms);
  CHECK(status(1).phase == peer_phase::linked);
}

TEST_CASE_METHOD(two_nodes, "a node that is known by its key is let in again",
                 "[actors][peer]") {
  said[2].key = "key 2";
  begin_both();

  caf::anon_send(seen_from[1], peer_key{"6b65792032"});
  advance(500ms);

  CHECK(status(1).phase == peer_phase::linked);
  CHECK(status(1).links == 1);
}
