#include "tests/actors/region_holders.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using region_replica::phase;
using shm::errc;
using shm::layout::region_state;

TEST_CASE_METHOD(region_holders, "what is stored at the home is read elsewhere",
                 "[actors][region_holders]") {
  store(1, "first");

  CHECK(read(2) == "first");
  CHECK(read(3) == "first");
  CHECK(title(2).version() == title(1).version());
  CHECK(title(1).committed_version() == 1);
  advance(100ms);
  CHECK(title(2).committed_version() == 1);
  CHECK(rule_of(1).phase == phase::serving);
  CHECK(rule_of(2).phase == phase::following);
}

TEST_CASE_METHOD(region_holders, "values of any length arrive whole",
                 "[actors][region_holders]") {
  const std::string text(3999, 'x'); // in four packets

  store(1, text);

  CHECK(read(2) == text);
}

TEST_CASE_METHOD(
  region_holders,
  "a value that ends as none does costs its message, and no more",
  "[actors][region_holders]") {
  store(1, "first");
  spoils_values = true;
  store(1, "second");
  advance(20ms); // a drain was due
  CHECK(has_logged("a message of another holder made no sense"));
  CHECK(read(2) == "first");
  spoils_values = false;

  advance(2s);

  CHECK(read(2) == "second");
  CHECK(read(3) == "second");
}

TEST_CASE_METHOD(region_holders, "a flush waits for a majority and no more",
                 "[actors][region_holders]") {
  cut(3);
  REQUIRE(title(1).store("one of three is away"));

  CHECK(flush(1));

  CHECK(read(2) == "one of three is away");
  CHECK(title(1).committed_version() == 1);
  mend(3);
  advance(300ms);
  CHECK(read(3) == "one of three is away");
}

TEST_CASE_METHOD(region_holders, "without a majority nothing is called safe",
                 "[actors][region_holders]") {
  cut(1);
  REQUIRE(title(1).store("nobody else has it"));
  caf::scoped_actor asker{system};

  const auto flushed = ask_as<nothing>(
    asker, on(1).region, flush_request{placed.epoch, false}, 11000ms);

  CHECK(flushed.error.code == errc::unknown);
  CHECK(title(1).committed_version() == 0);
  CHECK(state_of(1) == region_state::fenced);
  CHECK(title(1).store("late").error() == errc::fenced);
}

TEST_CASE_METHOD(region_holders, "a replica takes no flush",
                 "[actors][region_holders]") {
  CHECK(flush(2).error.code == errc::fenced);
  CHECK(ask<nothing>(on(2).region, confirm_request{}).error.code
        == errc::fenced);
  CHECK(ask<nothing>(on(1).region, confirm_request{}));
}

TEST_CASE_METHOD(region_holders,
                 "when the home dies another one goes on with its values",
                 "[actors][region_holders]") {
  store(1, "flushed");
  REQUIRE(flush(1));
  const auto reader = title(3);

  kill_node(1);
  place(2, {1, 3});
  run();
  settle();

  CHECK(rule_of(2).phase == phase::serving);
  CHECK(state_of(2) == region_state::active);
  CHECK(read(2) == "flushed");
  store(2, "after");
  CHECK(flush(2, placed.epoch));
  // The reader's mapping is the one it had.
  CHECK(reader.read().assume_value().value == "after");
  CHECK(reader.read().assume_value().epoch == placed.epoch);
}

TEST_CASE_METHOD(region_holders,
                 "a home that is only silent is waited for, for a lease",
                 "[actors][region_holders]") {
  store(1, "flushed");
  advance(100ms);
  cut(1);

  alive.erase(1); // it does not hear of it
  place(2, {1, 3});
  advance(200ms);
  CHECK(rule_of(2).phase == phase::collecting);
  advance(150ms);
  settle();

  CHECK(rule_of(2).phase == phase::serving);
  CHECK(state_of(1) == region_state::fenced);
}

namespace {

struct rare_ticks : region_holders {
  rare_ticks() : region_holders{false} {
    tick = 100ms;
    begin();
    advance(300ms);
    settle();
  }
};

} // namespace

TEST_CASE_METHOD(rare_ticks, "the next home begins when the lease is over",
                 "[actors][region_holders]") {
  store(1, "kept");
  advance(50ms);
  cut(1);
  alive.erase(1);
  place(2, {1, 3});

  int milliseconds = 0;
  while (rule_of(2).phase < region_replica::phase::settling
         && milliseconds < 1000) {
    advance(1ms);
    ++milliseconds;
  }

  CHECK(milliseconds < 320); // the lease takes 300, and its margin for clocks
}

TEST_CASE_METHOD(region_holders,
                 "a home that comes back gives up what nobody else has",
                 "[actors][region_holders]") {
  caf::scoped_actor writer{system};
  const auto attached = attach(writer, 1, shm::access::write);
  const auto view = view_of(attached, shm::access::write);
  const auto mine = view.find_string("title").assume_value();
  store(1, "flushed");
  advance(100ms);
  cut(1);
  REQUIRE(mine.store("provisional"));
  tell(on(1).region, doorbell_rung{});
  alive.erase(1);
  place(2, {1, 3});
  advance(350ms);
  settle();
  store(2, "newer");

  alive.insert(1);
  mend(1);
  tell_placement();
  advance(300ms);

  CHECK(rule_of(1).phase == phase::following);
  CHECK(has_logged(
    "values that were stored here, and not committed, were discarded"));
  // Its writers map memory that is no longer the region's.
  CHECK(view.attached()->state() == region_state::moved);
  CHECK(mine.store("late").error() == errc::fenced);
  CHECK(mine.read().assume_value().value == "provisional");
  caf::scoped_actor reader{system};
  const auto again = attach(reader, 1, shm::access::read);
  CHECK(again->owner != attached->owner);
  CHECK(view_of(again, shm::access::read)
          .find_string("title")
          .assume_value()
          .read()
          .assume_value()
          .value
        == "newer");
}

TEST_CASE_METHOD(region_holders, "a planned move takes what was stored last",
                 "[actors][region_holders]") {
  REQUIRE(title(1).store("just now"));

  place(3, {1, 2});
  run();
  settle();

  CHECK(rule_of(3).phase == phase::serving);
  CHECK(read(3) == "just now");
  CHECK(read(2) == "just now");
}

TEST_CASE_METHOD(region_holders, "writers are sent to the home",
                 "[actors][region_holders]") {
  caf::scoped_actor client{system};

  CHECK(attach(client, 1, shm::access::write));
  CHECK(attach(client, 2, shm::access::read));
  const auto refused = attach(client, 2, shm::access::write);
  CHECK(refused.error.code == errc::unavailable);
  CHECK(refused.error.detail == "region 'quotes' is on node 1");
}

TEST_CASE_METHOD(region_holders, "a reader waits until there is what it reads",
                 "[actors][region_holders]") {
  store(1, "there");
  kill_node(3);
  start_node(3, 2);
  cut(3);
  tell(on(3).region, placement_decided{placed, {}});
  caf::scoped_actor client{system};
  auto response = client->request(on(3).region, caf::infinite,
                                  attach_request{7, shm::access::read});
  run();
  REQUIRE_FALSE(client->has_next_message());

  mend(3);
  advance(300ms);

  REQUIRE(client->has_next_message());
  CHECK(read(3) == "there");
  response.receive([](const attached_region&) {},
                   [](const caf::error&) { FAIL("it is there"); });
}

TEST_CASE_METHOD(region_holders, "who waits for too long is told why",
                 "[actors][region_holders]") {
  cut(1);
  advance(500ms);
  caf::scoped_actor client{system};

  const auto refused = attach(client, 1, shm::access::write, 5100ms);

  CHECK(refused.error.code == errc::unavailable);
  CHECK(refused.error.detail
        == "region 'quotes' waits for a majority of the nodes that hold it");
}

TEST_CASE_METHOD(region_holders, "variables come and go on every holder",
                 "[actors][region_holders]") {
  const add_variable_request added{
    {"more", shm::layout::variable_kind::string, "string", 8}, 103};
  for (const auto node : alive)
    REQUIRE(ask<nothing>(on(node).region, added));
  const auto more = [&](std::uint64_t node) {
    return on(node).memory->view().find_string("more").assume_value();
  };
  REQUIRE(more(1).store("x"));
  tell(on(1).region, doorbell_rung{});
  CHECK(more(2).read().assume_value().value == "x");

  for (const auto node : alive)
    REQUIRE(ask<nothing>(on(node).region, remove_variable_request{"more"}));

  store(1, "still");
  advance(20ms); // a drain was due
  CHECK(read(2) == "still");
}
