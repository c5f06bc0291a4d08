// What the cluster actor tells of votes: agreed on, or only proposed.
#include "actors/cluster.hpp"
#include "tests/actors/elector_cluster.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using consensus::change;
using consensus::member_role;

namespace {

/// A leader that nobody hears any more, and its cluster actor.
struct leader_alone : elector_cluster {
  leader_alone() : elector_cluster{3}, leader{await_leader()} {
    advance(200ms);
    actors::cluster_options options;
    options.node = leader;
    options.elector = at(leader).elector;
    options.interval = 500ms;
    options.now = now();
    options.log = log();
    cluster = start(actors::cluster, std::move(options));
    for (consensus::node_id id = 1; id <= 3; ++id)
      if (id != leader)
        cut(leader, id);
  }

  void propose_change(change::step what, consensus::node_id id) {
    tell(
      at(leader).elector,
      change_member_request{{what, {id, "host:4711", member_role::learner}}});
  }

  listed_member listed(consensus::node_id id) {
    const auto all = ask<member_list>(cluster, members_query{});
    for (const auto& each : all->members)
      if (each.node == id)
        return each;
    return {};
  }

  consensus::node_id leader;
  actors::cluster_actor cluster;
};

} // namespace

TEST_CASE_METHOD(leader_alone,
                 "a vote that is proposed to be lost is there yet",
                 "[actors][cluster]") {
  const auto other = leader % 3 + 1;

  propose_change(change::step::demote, other);

  CHECK(listed(other).agreed == member_role::voter);
  CHECK(listed(other).newest == member_role::learner);
  CHECK(listed(leader).agreed == member_role::voter);
  CHECK(listed(leader).newest == member_role::voter);
}

TEST_CASE_METHOD(leader_alone, "who is only proposed is no member yet",
                 "[actors][cluster]") {
  propose_change(change::step::add, 4);

  CHECK(listed(4).address == "host:4711");
  CHECK_FALSE(listed(4).agreed);
  CHECK(listed(4).newest == member_role::learner);
}

TEST_CASE_METHOD(leader_alone, "who is only proposed to go is a member yet",
                 "[actors][cluster]") {
  const auto other = leader % 3 + 1;

  propose_change(change::step::remove, other);

  CHECK(listed(other).agreed == member_role::voter);
  CHECK_FALSE(listed(other).newest);
}
