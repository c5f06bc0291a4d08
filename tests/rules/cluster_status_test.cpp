#include "actors/rules/cluster_status.hpp"

#include "tests/support/catch.hpp"

using namespace holdfast::rules;

namespace {

constexpr auto healthy = peer_state::healthy;
constexpr auto suspected = peer_state::suspected;
constexpr auto down = peer_state::down;

} // namespace

TEST_CASE("a node alone is a whole cluster", "[rules][cluster_status]") {
  const auto seen = look_at_cluster({}, {1, 4, node_role::leader});

  CHECK(seen
        == cluster_status{1, 1, 0, 0, false, true, 1, 4, node_role::leader});
}

TEST_CASE("peers are counted by their state", "[rules][cluster_status]") {
  const auto seen = look_at_cluster(
    {{2, healthy}, {3, suspected}, {4, down}, {5, healthy}}, {2, 9});

  CHECK(seen.total == 5);
  CHECK(seen.healthy == 3);
  CHECK(seen.suspected == 1);
  CHECK(seen.down == 1);
  CHECK(seen.degraded);
  CHECK(seen.leader == 2);
  CHECK(seen.term == 9);
}

TEST_CASE("half of the voters is no quorum", "[rules][cluster_status]") {
  const election_view view{};

  CHECK_FALSE(look_at_cluster({{2, down}}, view).quorum_available);
  CHECK_FALSE(look_at_cluster({{2, healthy}, {3, down}, {4, down}}, view)
                .quorum_available);
  CHECK(look_at_cluster({{2, healthy}, {3, suspected}}, view).quorum_available);
}

TEST_CASE("those who do not vote make no quorum", "[rules][cluster_status]") {
  const std::vector<seen_peer> peers{
    {2, down, true}, {3, healthy, false}, {4, healthy, false}};

  CHECK_FALSE(look_at_cluster(peers, {}).quorum_available);
}

TEST_CASE("those who do not vote prevent no quorum",
          "[rules][cluster_status]") {
  const std::vector<seen_peer> peers{
    {2, healthy, true}, {3, down, false}, {4, down, false}};

  CHECK(look_at_cluster(peers, {}).quorum_available);
}
