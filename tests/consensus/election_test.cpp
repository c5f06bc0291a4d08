#include "tests/consensus/cluster.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::consensus;
using namespace holdfast::tests;

TEST_CASE("one node leads at once", "[consensus][core]") {
  cluster one{1};

  one.run(3ms);

  CHECK(one.leader() == 1);
  const auto request = one.submit(1, "a");
  one.run(3ms);
  CHECK(one[1].ending(request) == outcome::committed);
  CHECK(one[1].story() == "a");
}

TEST_CASE("two, three and five nodes elect a leader and agree",
          "[consensus][core]") {
  cluster two{1, 2};
  cluster three{1, 2, 3};
  cluster five{1, 2, 3, 4, 5};

  for (auto* some : {&two, &three, &five}) {
    const auto leader = some->elect();
    REQUIRE(leader != 0);
    const auto request = some->submit(leader, "a");
    some->submit(leader, "b");
    some->run(200ms);
    CHECK((*some)[leader].ending(request) == outcome::committed);
    CHECK((*some)[1].story() == "a b");
    CHECK((*some)[2].story() == "a b");
  }
}

TEST_CASE("a minority decides nothing", "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto old = three.elect();
  three.isolate(old);

  const auto request = three.submit(old, "lost");
  three.run(3s);
  const auto next = three.leader();

  CHECK(next != old);
  CHECK(three[old].ending(request) == outcome::unknown);
  CHECK(three[old].core->status().state != role::leader);
  CHECK(three[old].story().empty());
  three.submit(next, "kept");
  three.heal();
  three.run(2s);
  CHECK(three[old].story() == "kept");
}

TEST_CASE("who does not lead says so", "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id other = leader == 1 ? 2 : 1;
  three.run(100ms);

  const auto request = three.submit(other, "a");

  CHECK(three[other].ending(request) == outcome::not_leader);
  CHECK(three[other].core->status().leader == leader);
}

TEST_CASE("leadership is handed over in a few round trips",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id next = leader == 1 ? 2 : 1;
  three.run(200ms);

  const auto request = three.transfer(leader, next);
  const bool moved
    = three.run_until([&] { return three.leader() == next; }, 20ms);
  three.run(100ms);

  CHECK(moved);
  CHECK(three[leader].ending(request) == outcome::committed);
}

TEST_CASE("leadership is not handed to a node that is behind",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id next = leader == 1 ? 2 : 1;
  three.isolate(next);
  for (int i = 0; i < 100; ++i)
    three.submit(leader, "a");

  const auto request = three.transfer(leader, next);

  CHECK(three[leader].ending(request) == outcome::behind);
}

TEST_CASE("a proven death is followed by an election at once",
          "[consensus][core]") {
  cluster five{1, 2, 3, 4, 5};
  const auto leader = five.elect();
  five.run(500ms);
  five.kill(leader);

  for (node_id id = 1; id <= 5; ++id)
    if (id != leader)
      five.take(id, five[id].core->leader_death_proven(leader, five.now));
  const bool elected
    = five.run_until([&] { return five.leader() != 0; }, 200ms);

  CHECK(elected);
}

TEST_CASE("who does not win in haste stands no oftener than others",
          "[consensus][core]") {
  const auto timeout = core_options{}.election_timeout;
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id left = leader == 1 ? 2 : 1;
  three.run(500ms);
  for (node_id id = 1; id <= 3; ++id)
    if (id != left)
      three.kill(id);
  int asked = 0;
  three.on_message = [&](const message& said) {
    asked += std::holds_alternative<vote_request>(said.content) ? 1 : 0;
    return true;
  };

  three.take(left, three[left].core->leader_death_proven(leader, three.now));
  three.run(timeout);
  CHECK(asked > 4);
  asked = 0;
  three.run(2 * timeout);

  CHECK(asked > 0);
  CHECK(asked <= 4); // twice, two others
}

TEST_CASE("one node with a false proof of death moves nothing",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id fooled = leader == 1 ? 2 : 1;
  three.run(500ms);
  const auto term = three[leader].core->status().term;

  for (int i = 0; i < 20; ++i) {
    three.take(fooled,
               three[fooled].core->leader_death_proven(leader, three.now));
    three.run(50ms);
  }

  CHECK(three.leader() == leader);
  CHECK(three[leader].core->status().term == term);
}

TEST_CASE("a leader that is cut off knows it in two election timeouts",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  three.run(500ms);

  three.isolate(leader);
  three.run(2 * core_options{}.election_timeout);

  CHECK(three[leader].core->status().state != role::leader);
  CHECK(three[leader].core->status().leader == 0);
}

TEST_CASE("nobody names a leader that is silent for two election timeouts",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  three.run(500ms);
  three.add_learner(leader, 4);
  const node_id voter = leader == 1 ? 2 : 1;
  REQUIRE(three[4].core->status().leader == leader);

  for (const node_id id : {1, 2, 3})
    if (id != voter)
      three.kill(id);
  three.run(2 * core_options{}.election_timeout + 5ms);

  CHECK(three[voter].core->status().leader == 0);
  CHECK(three[4].core->status().leader == 0);
}
