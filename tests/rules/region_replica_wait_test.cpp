#include "config/region_bounds.hpp"
#include "tests/rules/region_replica_stage.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast::region_replica;
using namespace std::chrono_literals;

TEST_CASE("a flush ends when a majority has what was stored before",
          "[rules][region_replica]") {
  serving_stage s;
  s.cut = {2, 3};
  s.store(1, 5, 1);
  s.carry(1, s.nodes.at(1).on_flush(s.now, 7, 10));
  s.run();
  REQUIRE_FALSE(s.ended(1, 7));

  s.cut = {3};
  s.pass(1500ms);

  CHECK(s.ended(1, 7) == outcome::ok);
  CHECK(s.at(2, 5) == stamp{10, 1});
  CHECK(s.at(3, 5) == stamp{});
}

TEST_CASE("many flushes share one round", "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  const auto before = s.all<send>(1).size();

  for (waiter who = 1; who <= 100; ++who)
    s.carry(1, s.nodes.at(1).on_flush(s.now, who, 10));
  const auto after = s.all<send>(1).size();
  s.run();

  CHECK(after == before);
  CHECK(s.all<end_wait>(1).size() == 100);
}

TEST_CASE("a new home waits out the lease of a silent one",
          "[rules][region_replica]") {
  serving_stage s;
  s.frozen = s.cut = {1};
  s.move(2);
  s.pass(2s);
  REQUIRE(s.phase_of(2) == phase::collecting);

  SECTION("to its end") {
    s.pass(1s);
  }
  SECTION("or until its death is proven") {
    s.carry(2, s.nodes.at(2).on_death_proven(s.now, 1, 1));
    s.run();
  }

  CHECK(s.phase_of(2) == phase::serving);
}

TEST_CASE("a new home says when the lease that it waits for is over",
          "[rules][region_replica]") {
  serving_stage s;
  CHECK_FALSE(s.nodes.at(2).next_lease_end(s.now));
  s.frozen = s.cut = {1};

  s.move(2);
  const auto end = s.nodes.at(2).next_lease_end(s.now);

  REQUIRE(end);
  CHECK(*end > s.now);
  s.now = *end - 1ms;
  s.carry(2, s.nodes.at(2).on_tick(s.now));
  s.run();
  CHECK(s.phase_of(2) == phase::collecting);
  s.now = *end;
  for (int leases = 0; leases < 2 && s.phase_of(2) == phase::collecting;
       ++leases) {
    s.carry(2, s.nodes.at(2).on_tick(s.now));
    s.run();
    s.now = s.nodes.at(2).next_lease_end(s.now).value_or(s.now);
  }
  CHECK(s.phase_of(2) == phase::serving);
  CHECK_FALSE(s.nodes.at(2).next_lease_end(s.now));
}

TEST_CASE("a home that died soon after it came leaves no older lease",
          "[rules][region_replica]") {
  serving_stage s;
  s.move(2);
  s.pass(200ms);
  s.frozen = s.cut = {2};
  s.move(1);
  REQUIRE(s.phase_of(1) == phase::collecting);

  s.carry(1, s.nodes.at(1).on_death_proven(s.now, 2, 1));
  s.run();

  CHECK(s.phase_of(1) == phase::serving);
}

TEST_CASE("the death of an older life proves nothing",
          "[rules][region_replica]") {
  stage s{{1, 2, 3}};
  s.start(1, 2);
  s.place();
  s.pass(200ms);
  s.frozen = s.cut = {1};
  s.move(2);

  s.carry(2, s.nodes.at(2).on_death_proven(s.now, 1, 1));
  s.run();

  CHECK(s.phase_of(2) == phase::collecting);
}

TEST_CASE("a flush of what another home discarded is unknown",
          "[rules][region_replica]") {
  serving_stage s;
  s.move(2);
  s.move(1);
  s.pass(200ms);

  s.carry(1, s.nodes.at(1).on_flush(s.now, 7, 10));
  s.carry(1, s.nodes.at(1).on_flush(s.now, 8, 30));
  s.run();

  CHECK(s.ended(1, 7) == outcome::unknown);
  CHECK(s.ended(1, 8) == outcome::ok);
}

TEST_CASE("a home that hears nobody is fenced when its lease ends",
          "[rules][region_replica]") {
  serving_stage s;
  s.cut = {2, 3};

  s.pass(3s);

  CHECK_FALSE(s.nodes.at(1).serving(s.now));
  CHECK(s.all<publish>(1).back().now == publish::state::fenced);
  s.cut.clear();
  s.pass(1s);
  CHECK(s.nodes.at(1).serving(s.now));
}

TEST_CASE("a home shows its epoch once it has what was committed before",
          "[rules][region_replica]") {
  serving_stage s;
  s.cut = {2};
  s.store(1, 5, 1);
  s.run();
  s.frozen = s.cut = {1};
  s.move(2);
  REQUIRE(s.phase_of(2) == phase::collecting);

  CHECK(s.all<publish>(2).back() == publish{publish::state::fenced, 10, 2, {}});
  s.carry(2, s.nodes.at(2).on_death_proven(s.now, 1, 1));
  while (s.phase_of(2) != phase::serving && !s.network.empty()) {
    CHECK(s.all<publish>(2).back().epoch == 10);
    const auto next = s.network.front();
    s.network.pop_front();
    s.deliver(next);
  }

  CHECK(s.at(2, 5) == stamp{10, 1});
  CHECK(s.all<apply>(2).back().epoch == 10);
  s.run();
  CHECK(s.all<publish>(2).back().now == publish::state::serving);
  CHECK(s.all<publish>(2).back().epoch == 20);
}

TEST_CASE("a read waits until what it saw is committed",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);

  s.carry(1, s.nodes.at(1).on_read(s.now, 7));
  REQUIRE_FALSE(s.ended(1, 7));
  s.pass(1s);

  CHECK(s.ended(1, 7) == outcome::ok);
  s.carry(1, s.nodes.at(1).on_read(s.now, 8));
  CHECK(s.ended(1, 8) == outcome::ok);
}

TEST_CASE("a durable flush waits for the disks of a majority",
          "[rules][region_replica]") {
  serving_stage s;
  s.store(1, 5, 1);
  s.carry(1, s.nodes.at(1).on_flush(s.now, 7, 10, true));
  s.run();
  REQUIRE_FALSE(s.ended(1, 7));

  const auto applied = s.nodes.at(1).look().applied;
  s.carry(1, s.nodes.at(1).on_durable(s.now, 10, applied));
  REQUIRE_FALSE(s.ended(1, 7));
  s.carry(3, s.nodes.at(3).on_durable(s.now, 10, applied));
  s.run();

  CHECK(s.ended(1, 7) == outcome::ok);
}

TEST_CASE("too many waiters are rejected, and overdue ones end unknown",
          "[rules][region_replica]") {
  options how;
  how.waiters_max = 1;
  serving_stage s{how};
  s.cut = {2, 3};
  s.store(1, 5, 1);

  s.carry(1, s.nodes.at(1).on_flush(s.now, 1, 10));
  s.carry(1, s.nodes.at(1).on_flush(s.now, 2, 10));
  s.pass(11s);

  CHECK(s.ended(1, 2) == outcome::rejected);
  CHECK(s.ended(1, 1) == outcome::unknown);
}

TEST_CASE("the bounds of a region's holders are those of the house",
          "[rules][region_replica]") {
  const options how;

  CHECK(how.lease == holdfast::config::region_lease);
  CHECK(how.beat == holdfast::config::region_beat);
  CHECK(how.tick == holdfast::config::region_tick);
  CHECK(how.ask_again == holdfast::config::region_ask_again);
  CHECK(how.resend == holdfast::config::region_resend);
  CHECK(how.pull_patience == holdfast::config::region_pull_patience);
  CHECK(how.wait_patience == holdfast::config::region_wait_patience);
  CHECK(how.message_bytes_max == holdfast::config::region_rows_bytes_max);
  CHECK(how.message_rows_max == holdfast::config::region_message_rows_max);
  CHECK(how.window_bytes_max == holdfast::config::region_window_bytes_max);
  CHECK(how.window_messages_max
        == holdfast::config::region_window_messages_max);
  CHECK(how.waiters_max == holdfast::config::region_waiters_max);
}
