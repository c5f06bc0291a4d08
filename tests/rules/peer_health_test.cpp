#include "actors/rules/peer_health.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;
using namespace std::chrono_literals;

namespace {

using change = health_change;

constexpr auto nothing = std::nullopt;

/// A peer that answered at 0 and whose timer fires every 500 ms.
struct answering_peer {
  peer_health health{{500ms, 2, 5}};
  std::chrono::nanoseconds now{};

  answering_peer() {
    health.on_tick(now);
    health.on_answer();
    tick();
  }

  peer_health::step tick(std::chrono::nanoseconds after = 500ms) {
    now += after;
    return health.on_tick(now);
  }
};

} // namespace

TEST_CASE("a peer counts as down until it answers", "[rules][peer_health]") {
  peer_health fresh{{500ms, 2, 5}};

  CHECK(fresh.state() == peer_state::down);
  CHECK(fresh.reason() == health_reason::never_answered);
  CHECK(fresh.on_answer()
        == change{peer_state::healthy, health_reason::answered});
  CHECK(fresh.on_answer() == nothing);
}

TEST_CASE_METHOD(answering_peer,
                 "two misses make a peer suspected and five make it down",
                 "[rules][peer_health]") {
  CHECK(tick() == nothing);
  CHECK(tick() == change{peer_state::suspected, health_reason::misses});
  CHECK(tick() == nothing);
  CHECK(tick() == nothing);
  CHECK(tick() == change{peer_state::down, health_reason::misses});
  CHECK(tick() == nothing);
}

TEST_CASE_METHOD(answering_peer, "any answer makes a peer healthy again",
                 "[rules][peer_health]") {
  const auto misses = GENERATE(2, 5, 9);
  for (int i = 0; i < misses; ++i)
    tick();
  REQUIRE(health.state() != peer_state::healthy);

  CHECK(health.on_answer()
        == change{peer_state::healthy, health_reason::answered});

  CHECK(tick() == nothing); // the interval of the answer
  CHECK(tick() == nothing); // misses count from the start
  CHECK(tick() == change{peer_state::suspected, health_reason::misses});
}

TEST_CASE_METHOD(answering_peer, "the thresholds can be chosen",
                 "[rules][peer_health]") {
  health = peer_health{{500ms, 1, 3}};
  now = 0ns;
  health.on_tick(now);
  health.on_answer();
  tick();

  CHECK(tick() == change{peer_state::suspected, health_reason::misses});
  CHECK(tick() == nothing);
  CHECK(tick() == change{peer_state::down, health_reason::misses});
}

TEST_CASE_METHOD(answering_peer,
                 "a timer of our own that is late blames nobody",
                 "[rules][peer_health]") {
  for (int i = 0; i < 20; ++i)
    CHECK(tick(751ms) == nothing);
  CHECK(health.misses() == 0);

  CHECK(tick(750ms) == nothing);

  CHECK(health.misses() == 1);
}

TEST_CASE_METHOD(answering_peer,
                 "a connection that closed and refuses proves death at once",
                 "[rules][peer_health]") {
  health.on_closed();
  CHECK(health.state() == peer_state::healthy);

  CHECK(health.on_refused()
        == change{peer_state::down, health_reason::refused});

  CHECK(proves_death(health.reason()));
  CHECK(health.on_refused() == nothing);
}

TEST_CASE_METHOD(answering_peer,
                 "a refusal beside a live connection is no proof",
                 "[rules][peer_health]") {
  CHECK(health.on_refused() == nothing);

  CHECK(health.state() == peer_state::healthy);
}

TEST_CASE("a peer that never answered cannot have died",
          "[rules][peer_health]") {
  peer_health fresh{{500ms, 2, 5}};
  fresh.on_closed();

  CHECK(fresh.on_refused() == nothing);
  CHECK(fresh.on_restarted() == nothing);
}

TEST_CASE_METHOD(answering_peer, "proof after silence is news",
                 "[rules][peer_health]") {
  for (int i = 0; i < 5; ++i)
    tick();
  REQUIRE(health.reason() == health_reason::misses);
  REQUIRE_FALSE(proves_death(health.reason()));
  health.on_closed();

  CHECK(health.on_refused()
        == change{peer_state::down, health_reason::refused});
}

TEST_CASE_METHOD(answering_peer,
                 "a new incarnation proves that the old one ended",
                 "[rules][peer_health]") {
  CHECK(health.on_restarted()
        == change{peer_state::down, health_reason::restarted});
  CHECK(health.on_answer()
        == change{peer_state::healthy, health_reason::answered});
}

TEST_CASE_METHOD(answering_peer, "a peer that says that it stops is down",
                 "[rules][peer_health]") {
  CHECK(health.on_left() == change{peer_state::down, health_reason::left});
}

TEST_CASE("each state and reason has words of its own",
          "[rules][peer_health]") {
  for (int i = 1; i <= 3; ++i)
    CHECK(text_of(static_cast<peer_state>(i)) != "?");
  for (int i = 1; i <= 6; ++i)
    CHECK(text_of(static_cast<health_reason>(i)) != "?");
}
