// Clusters that lose as many nodes as they may, or all of them.
#include "tests/process/cluster_regions.hpp"
#include "tests/process/leader_watch.hpp"
#include "tests/support/catch.hpp"

#include <signal.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("five nodes go on without two, and find them again",
          "[process][cluster]") {
  node_cluster cluster{5};
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  const leader_watch watch{cluster};

  // The leader, and the one who would be next.
  cluster.kill(1);
  cluster.kill(2);
  const auto second = cluster.await_leader({3, 4, 5});
  INFO(cluster.logs());
  REQUIRE(second != 0);
  REQUIRE(creates(cluster, 4, "meanwhile"));
  cluster.start(1);
  cluster.start(2);

  const bool returns = cluster.await_leader_at(cluster.all(), 1);
  INFO(cluster.logs());
  CHECK(returns);
  CHECK(all_know(cluster, cluster.all(), {"meanwhile"}));
  CHECK(watch.contradictions() == "");
}

TEST_CASE("a cluster that is killed as a whole keeps every decision",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  std::set<std::string> decided;

  for (const std::string round : {"a", "b", "c"}) {
    const bool agree = cluster.await_leader(cluster.all()) != 0;
    INFO(cluster.logs());
    REQUIRE(agree);
    for (const auto id : cluster.all()) {
      const auto region = round + std::to_string(id);
      REQUIRE(creates(cluster, id, region));
      decided.insert(region);
    }
    // At once, right after the last answer.
    for (const auto id : cluster.all())
      cluster.at(id).signal(SIGKILL);
    for (const auto id : cluster.all())
      cluster.kill(id);
    cluster.start_all();
  }

  const bool all_there = all_know(cluster, cluster.all(), decided);
  INFO(cluster.logs());
  CHECK(all_there);
}
