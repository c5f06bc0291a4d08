// What is agreed on at one node and made at another: who asked is told what the
// home says of it.
#include "actors/region_router.hpp"
#include "config/region_bounds.hpp"
#include "tests/actors/elector_cluster.hpp"
#include "tests/actors/lone_node.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using shm::errc;

namespace {

/// What the home on the other node says when it is asked.
struct far_home {
  std::optional<shm::error> failure;
  bool mute = false;
  std::vector<usable_query> asked;
  std::vector<caf::response_promise> open; ///< when it speaks it refuses them
};

actors::peer_router_actor::behavior_type
far_router(actors::peer_router_actor::pointer self, far_home* home) {
  return {
    [](const store_value_request&) { return stored_value{}; },
    [](const load_value_request&) { return loaded_value{}; },
    [=](const usable_query& query) -> caf::result<void> {
      home->asked.push_back(query);
      if (home->mute)
        return home->open.emplace_back(
          self->make_response_promise<caf::response_promise>());
      for (auto& each : std::exchange(home->open, {}))
        each.deliver(actors::make_error(errc::full, "there is no room"));
      if (home->failure)
        return actors::make_error(*home->failure);
      return caf::unit;
    },
  };
}

/// Node 1, with another member whose router is the test's.
struct node_beside_another : lone_node {
  node_beside_another() : lone_node{true} {
    make_tenant("prod");
    join(2);
    tell(router, actors::router_route{2, start(far_router, &home), {}});
  }

  catalog::create_region made_on(catalog::node_id node) const {
    catalog::create_region made;
    made.name = orders;
    made.options = {mebibyte, mebibyte, 16, 16};
    made.home = node;
    return made;
  }

  answered<nothing> run_patiently(catalog::command command) {
    caf::scoped_actor asker{system};
    return ask_as<nothing>(asker, catalog,
                           command_request{std::move(command), {}},
                           config::home_answer_patience + 1ms);
  }

  bool is_agreed_on() {
    return tables()->regions.contains(orders);
  }

  const catalog::region_name orders{"prod", "orders"};
  far_home home;
};

struct electors_of_three : elector_cluster {
  electors_of_three() : elector_cluster{3} {
    // nop
  }
};

} // namespace

TEST_CASE_METHOD(node_beside_another,
                 "a region elsewhere is made when its home says so",
                 "[actors][catalog]") {
  REQUIRE(run_command(made_on(2)));

  REQUIRE(home.asked.size() == 1);
  CHECK(home.asked.front().name == orders);
  CHECK(home.asked.front().index == tables()->regions.at(orders).id);
  CHECK(home.asked.front().here);
}

TEST_CASE_METHOD(node_beside_another,
                 "what its home cannot make is taken back, and the answer says "
                 "why",
                 "[actors][catalog]") {
  home.failure = shm::failed(errc::no_memory, "1 MiB");

  const auto answer = run_command(made_on(2));

  CHECK(answer.error.code == errc::no_memory);
  CHECK(answer.error.detail == "1 MiB");
  CHECK_FALSE(is_agreed_on());
}

TEST_CASE_METHOD(node_beside_another,
                 "a variable that its home refuses is taken back",
                 "[actors][catalog]") {
  REQUIRE(run_command(made_on(2)));
  home.failure = shm::failed(errc::full, "variable 'huge'");

  const auto answer = run_command(catalog::add_variables{
    orders, {{"huge", shm::layout::variable_kind::bytes, "blob", 4 << 20}}});

  CHECK(answer.error.code == errc::full);
  CHECK(home.asked.back().variables == std::vector<std::string>{"huge"});
  CHECK(tables()->regions.at(orders).variables.empty());
}

TEST_CASE_METHOD(node_beside_another,
                 "what was made again under its name is not taken back",
                 "[actors][catalog]") {
  const catalog::add_variables added{
    orders, {{"bid", shm::layout::variable_kind::value, "f64", 8}}};
  REQUIRE(run_command(made_on(2)));
  caf::scoped_actor asker{system};
  home.mute = true;
  auto first
    = asker->request(catalog, caf::infinite, command_request{added, {}});
  run();
  catalog::command again = added;
  SECTION("the variable") {
    REQUIRE(run_command(catalog::remove_variables{orders, {"bid"}}));
  }
  SECTION("the region") {
    REQUIRE(run_command(catalog::remove_region{orders}));
    auto made = made_on(2);
    made.variables = added.variables;
    again = made;
  }

  home.mute = false;
  REQUIRE(run_command(again));

  REQUIRE(asker->has_next_message());
  first.receive([] { FAIL("it was not made"); },
                [](const caf::error& error) {
                  CHECK(actors::to_shm(error).code == errc::full);
                });
  CHECK(tables()->regions.at(orders).variables.size() == 1);
}

TEST_CASE_METHOD(node_beside_another,
                 "without a word of its home the outcome is unknown",
                 "[actors][catalog]") {
  SECTION("it does not answer") {
    home.mute = true;
  }
  SECTION("it does not know") {
    home.failure = shm::failed(errc::overloaded, "too many wait");
  }
  SECTION("it is not connected") {
    tell(router, actors::router_route{2, {}, {}});
  }

  const auto answer = run_patiently(made_on(2));

  CHECK(answer.error.code == errc::unknown);
  CHECK(answer.error.detail.find("node 2, its home") != std::string::npos);
  CHECK(is_agreed_on());
}

TEST_CASE_METHOD(node_beside_another,
                 "another node is told what can be used here",
                 "[actors][catalog]") {
  REQUIRE(run_command(made_on(1)));
  const auto index = tables()->applied;

  CHECK(ask<nothing>(router, usable_query{index, orders, {}, true}));
  CHECK(ask<nothing>(router, usable_query{index, {"prod", "other"}, {}, true})
          .error.code
        == errc::unavailable);
}

TEST_CASE_METHOD(electors_of_three,
                 "who has to carry it out hears of it as early as who asked",
                 "[actors][elector]") {
  const auto leader = await_leader();
  const auto home = leader % 3 + 1;
  const auto asked = GENERATE(true, false) ? leader : home % 3 + 1;
  caf::scoped_actor asker{system};

  asker->send(at(asked).elector, propose_request{octets_of("a"), false, home});
  run(); // no time goes by

  CHECK(at(home).record->commands == std::vector<std::string>{"a"});
}
