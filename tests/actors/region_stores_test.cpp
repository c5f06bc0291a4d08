// What sessions store at a home on another node, each once, also when the home
// dies in the middle of it.
#include "tests/actors/region_holders.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

namespace {

struct session_on_a_node : region_holders {
  /// By a session on the last node, at the home as it believes.
  answered<stored_value> store_from_3(std::uint64_t home,
                                      const store_value_request& what,
                                      std::chrono::milliseconds patience = {}) {
    caf::scoped_actor asker{system};
    return ask_as<stored_value>(
      asker, on(3).router, for_home<store_value_request>{home, what}, patience);
  }

  void begin_store(std::uint64_t home, const store_value_request& what) {
    caf::anon_send(on(3).router, for_home<store_value_request>{home, what});
    run();
  }

  void take_over(std::uint64_t home, std::set<std::uint64_t> others) {
    place(home, std::move(others));
    run();
    settle();
  }
};

} // namespace

TEST_CASE_METHOD(session_on_a_node,
                 "a store from another node is answered when it is committed",
                 "[actors][region_stores]") {
  const auto stored = store_from_3(1, from_session("from afar", 1));

  CHECK(stored->version == 1);
  CHECK(title(1).committed_version() == 1);
  CHECK(read(2) == "from afar");
  CHECK(read(3) == "from afar");

  cut(1);
  caf::scoped_actor asker{system};
  CHECK(ask_as<stored_value>(asker, on(1).region, from_session("alone", 2), 11s)
          .error.code
        == errc::unknown);
}

TEST_CASE_METHOD(session_on_a_node, "a store that is repeated is made once",
                 "[actors][region_stores]") {
  REQUIRE(store_from_3(1, from_session("first", 1)));
  REQUIRE(store_from_3(1, from_session("second", 2))->version == 2);

  CHECK(store_from_3(1, from_session("second", 2))->version == 2);
  CHECK(store_from_3(1, from_session("first", 1)).error.code
        == errc::bad_argument);

  CHECK(title(1).version() == 2);
}

TEST_CASE_METHOD(session_on_a_node,
                 "a store that outlives its home is not made again",
                 "[actors][region_stores]") {
  begin_store(1, from_session("survives", 1));
  store(1, "and was overwritten");

  kill_node(1);
  take_over(2, {1, 3});

  REQUIRE(rule_of(2).phase == region_replica::phase::serving);
  CHECK(store_from_3(2, from_session("survives", 1))->version == 1);
  CHECK(read(2) == "and was overwritten");
  CHECK(store_from_3(2, from_session("the next", 2))->version == 3);
}

TEST_CASE_METHOD(session_on_a_node,
                 "a store that was lost with its home is made by the next",
                 "[actors][region_stores]") {
  REQUIRE(store_from_3(1, from_session("committed", 1)));
  cut(1);
  tell(on(1).region, from_session("nobody else has it", 2));

  kill_node(1);
  take_over(2, {1, 3});

  CHECK(store_from_3(2, from_session("nobody else has it", 2))->version == 2);
  CHECK(read(3) == "nobody else has it");
  CHECK(title(2).committed_version() == 2);
}

TEST_CASE_METHOD(session_on_a_node,
                 "a home that comes back knows what was stored without it",
                 "[actors][region_stores]") {
  REQUIRE(store_from_3(1, from_session("first", 1)));
  take_over(2, {1, 3});
  REQUIRE(store_from_3(2, from_session("second", 2)));
  take_over(1, {2, 3});

  CHECK(store_from_3(1, from_session("second", 2))->version == 2);
  CHECK(title(1).version() == 2);
}

TEST_CASE_METHOD(session_on_a_node,
                 "a node that begins anew learns what was stored",
                 "[actors][region_stores]") {
  REQUIRE(store_from_3(1, from_session("first", 1)));
  kill_node(2);
  start_node(2, 2);
  place(1, {2, 3});
  advance(300ms);
  settle();
  kill_node(1);
  take_over(2, {1, 3});

  CHECK(store_from_3(2, from_session("first", 1))->version == 1);
}

TEST_CASE_METHOD(session_on_a_node, "only a home stores",
                 "[actors][region_stores]") {
  CHECK(store_from_3(2, from_session("x", 1)).error.code == errc::fenced);
  CHECK(store_from_3(4, from_session("x", 1)).error.code == errc::unavailable);
  auto elsewhere = from_session("x", 1);
  elsewhere.region = 78;
  CHECK(store_from_3(1, elsewhere).error.code == errc::unavailable);
  auto wrong = from_session(std::string(5000, 'x'), 1);
  CHECK(store_from_3(1, wrong).error.code == errc::too_long);
  CHECK(title(1).version() == 0);
}

TEST_CASE_METHOD(session_on_a_node,
                 "a variable that the rule does not know is not stored to",
                 "[actors][region_stores]") {
  REQUIRE(on(1).memory->add_variable(
    {"odd", shm::layout::variable_kind::string, "string", 8}));
  auto what = from_session("x", 1);
  what.variable = "odd";

  CHECK(store_from_3(1, what).error.code == errc::no_such_variable);

  CHECK(store_from_3(1, from_session("goes on", 2))->version == 1);
}

TEST_CASE_METHOD(session_on_a_node, "a value is confirmed from another node",
                 "[actors][region_stores]") {
  REQUIRE(title(1).store("provisional"));
  const auto load = [&](bool confirm) {
    caf::scoped_actor asker{system};
    return ask_as<loaded_value>(
      asker, on(3).router,
      for_home<load_value_request>{1, {77, "title", confirm}}, 200ms);
  };

  CHECK(load(false)->committed == 0);
  const auto confirmed = load(true);

  CHECK(confirmed->committed == 1);
  CHECK(std::string(confirmed->value.begin(), confirmed->value.end())
        == "provisional");
  CHECK(confirmed->epoch == placed.epoch);
  CHECK(ask<loaded_value>(on(2).region, load_value_request{77, "title", true})
          .error.code
        == errc::fenced);
}
