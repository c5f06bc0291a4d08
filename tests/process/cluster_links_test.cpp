// What becomes of the links between nodes when another one dies.
#include "tests/process/node_cluster.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// How often a link between the two has come to stand.
std::uint64_t links_seen(const node_cluster& cluster, std::uint64_t at,
                         std::uint64_t id) {
  return wire::number_or(
    cluster.row_seen_by(at, "cluster_instances", "node", id), "links", 0);
}

bool see_healthy(const node_cluster& cluster,
                 const std::set<std::uint64_t>& watching, std::uint64_t count) {
  return eventually(
    [&] {
      return std::all_of(
        watching.begin(), watching.end(),
        [&](std::uint64_t id) { return cluster.status(id).healthy == count; });
    },
    30s);
}

} // namespace

TEST_CASE("a node that dies takes no link between the others along",
          "[process][cluster][tls]") {
  const issued_files issued;
  node_cluster cluster{3};
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.describe(id, cluster.list_for(id, over_tls(issued, id)));
  cluster.start_all();
  REQUIRE(see_healthy(cluster, {1, 2, 3}, 3));
  const auto before = links_seen(cluster, 1, 2);

  for (int round = 0; round < 3; ++round) {
    cluster.kill(3);
    REQUIRE(see_healthy(cluster, {1, 2}, 2));
    cluster.start(3);
    REQUIRE(see_healthy(cluster, {1, 2, 3}, 3));
  }

  INFO(cluster.logs());
  CHECK(links_seen(cluster, 1, 2) == before);
}
