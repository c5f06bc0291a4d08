#include "tests/consensus/cluster.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::consensus;
using namespace holdfast::tests;

namespace {

using step = change::step;

/// A lone voter with a learner that has caught up.
void add_learner(cluster& one) {
  one.run(5ms);
  one.join(2);
  one.change(1, step::add, 2);
  one.run_until([&] {
    return one[2].core->status().applied == one[1].core->status().last;
  });
}

} // namespace

TEST_CASE("a node is added, promoted and removed", "[consensus][core]") {
  cluster some{1};
  add_learner(some);
  some.submit(1, "a");
  some.run(500ms);
  CHECK(some[2].story() == "a");
  CHECK(voter_count(some[1].core->status().members) == 1);

  const auto promoted = some.change(1, step::promote, 2);
  some.run(500ms);
  CHECK(some[1].ending(promoted) == outcome::committed);
  CHECK(voter_count(some[2].core->status().members) == 2);

  const auto removed = some.change(1, step::remove, 2);
  some.run(500ms);
  CHECK(some[1].ending(removed) == outcome::committed);
  CHECK(some[1].core->status().members == voters({1}));
}

TEST_CASE("one change of the membership at a time", "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  three.run(500ms);

  const auto first = three.change(leader, step::add, 4);
  const auto second = three.change(leader, step::add, 5);
  three.run(200ms);

  CHECK(three[leader].ending(first) == outcome::committed);
  CHECK(three[leader].ending(second) == outcome::busy);
}

TEST_CASE("a leader does not remove itself", "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  three.run(500ms);

  const auto removed = three.change(leader, step::remove, leader);

  CHECK(three[leader].ending(removed) == outcome::leader_itself);
}

TEST_CASE("a lone voter that lost entries enters others in another term",
          "[consensus][core]") {
  cluster one{1};
  add_learner(one);
  one[1].disk_stopped = true;
  one.submit(1, "lost");
  one.run(100ms);
  one.kill(1);
  one[1].disk_stopped = false;

  one.start(1);
  one.run(5ms);
  one.submit(1, "kept");
  one.run(500ms);

  CHECK(one[1].story() == "kept");
  CHECK(one[2].story() == "kept");
}

TEST_CASE("a change in the middle of a message is entered where it stands",
          "[consensus][core]") {
  cluster three{1, 2, 3};
  const auto leader = three.elect();
  const node_id other = leader == 1 ? 2 : 1;
  three.run(500ms);
  three.cut(leader, other);
  three.submit(leader, "a");
  three.change(leader, step::add, 4);
  three.submit(leader, "b");
  three.run(30ms);

  bool together = false;
  three.on_message = [&](message& said) {
    if (const auto* append = std::get_if<append_request>(&said.content);
        append != nullptr && said.to == other && append->entries.size() > 2)
      together = append->entries[1].kind == entry_kind::change;
    return true;
  };
  three.heal();
  three.run(500ms);

  CHECK(together);
  const auto status = three[other].core->status();
  CHECK(status.members.members.size() == 4);
  // It knows the change to be committed, so that it could make the next one.
  const auto moved = three.transfer(leader, other);
  three.run(500ms);
  CHECK(three[leader].ending(moved) == outcome::committed);
  const auto next = three.change(other, step::remove, 4);
  three.run(500ms);
  CHECK(three[other].ending(next) == outcome::committed);
}

TEST_CASE("a vote that is only proposed is told from one that is agreed on",
          "[consensus][core]") {
  cluster some{1, 2, 3};
  const auto leader = some.elect();
  some.run(500ms);
  some.add_learner(leader, 4);
  const auto before = some[leader].core->status().agreed;
  some.isolate(leader);

  some.change(leader, step::promote, 4);
  some.run(100ms);

  const auto open = some[leader].core->status();
  CHECK(voter_count(open.members) == 4);
  CHECK(voter_count(open.agreed) == 3);
  CHECK(open.agreed == before);

  // The others have elected meanwhile, and know nothing of it.
  some.run(2s);
  some.heal();
  some.run(2s);
  for (const node_id id : {1, 2, 3}) {
    const auto status = some[id].core->status();
    CHECK(voter_count(status.members) == 3);
    CHECK(status.agreed == status.members);
  }
}

TEST_CASE("a node that starts again knows what its cluster began with",
          "[consensus][core]") {
  cluster some{1, 2, 3};
  const auto leader = some.elect();
  some.run(500ms);
  some.change(leader, step::add, 4);
  some.run(500ms);
  for (const node_id id : {1, 2, 3})
    some.kill(id);

  some.start(2);

  const auto status = some[2].core->status();
  CHECK(status.agreed == voters({1, 2, 3}));
  CHECK(status.members.members.size() == 4);
}
