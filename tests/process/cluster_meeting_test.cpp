// How nodes that have no list find each other and become one cluster.
#include "tests/process/cluster_regions.hpp"
#include "tests/process/node_cluster.hpp"
#include "tests/support/catch.hpp"

#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::string directory_member(const temporary_directory& at) {
  return R"("discovery_directory": ")" + at.path() + R"(/met")";
}

std::string seed_member(std::uint16_t port) {
  return R"("seeds": ["127.0.0.1:)" + std::to_string(port) + R"("])";
}

bool is_voter(const node_cluster& cluster, std::uint64_t at, std::uint64_t id) {
  const auto row = cluster.member_seen_by(at, id);
  const auto* role = wire::find_text(row, "role");
  return role != nullptr && *role == "voter";
}

} // namespace

TEST_CASE("nodes with nothing but a common directory form one cluster",
          "[process][cluster][meeting]") {
  const auto order = GENERATE(std::vector<std::uint64_t>{1, 2, 3},
                              std::vector<std::uint64_t>{3, 1, 2});
  const temporary_directory place;
  node_cluster cluster{3};
  for (const auto id : order)
    cluster.describe(id, cluster.found_by(id, directory_member(place)));

  for (const auto id : order)
    cluster.start(id);

  INFO(cluster.logs());
  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
  for (const auto id : order)
    CHECK(is_voter(cluster, 1, id));
}

TEST_CASE("a node that finds a cluster in its directory joins it and gets a "
          "vote",
          "[process][cluster][meeting]") {
  const temporary_directory place;
  node_cluster cluster{4};
  for (std::uint64_t id = 1; id <= 4; ++id)
    cluster.describe(id, cluster.found_by(id, directory_member(place)));
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.start(id);
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  cluster.start(4);

  INFO(cluster.logs());
  CHECK(eventually([&] { return is_voter(cluster, 1, 4); }, 30s));
  CHECK(cluster.await_leader_at({1, 2, 3, 4}, 1));
}

TEST_CASE(
  "a node that is told one address joins through it, restarts, and is a "
  "member still",
  "[process][cluster][meeting]") {
  node_cluster cluster{4};
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.describe(id, cluster.list_for(id, {.up_to = 3}));
  // One that does not lead: it passes the question on.
  cluster.describe(4, cluster.found_by(4, seed_member(cluster.port(2))));
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.start(id);
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  cluster.start(4);

  INFO(cluster.logs());
  REQUIRE(eventually([&] { return is_voter(cluster, 1, 4); }, 30s));
  cluster.kill(4);
  cluster.kill(2); // the seed is not needed any more
  cluster.start(4);
  const bool agreed = cluster.await_leader_at({1, 3, 4}, 1);
  INFO(cluster.logs());
  CHECK(agreed);
}

TEST_CASE(
  "a cluster of one grows to three and bears the loss of its first, and "
  "so do its regions",
  "[process][cluster][meeting]") {
  node_cluster cluster{3};
  cluster.describe(1, cluster.found_by(1, R"("peers": [])"));
  for (const auto id : {2, 3})
    cluster.describe(id, cluster.found_by(id, seed_member(cluster.port(1))));
  cluster.start(1);
  REQUIRE(cluster.await_leader_at({1}, 1));
  // It leads at once, and has its tenants a moment later.
  REQUIRE(eventually([&] {
    return cluster
      .call(
        1, "create_region",
        {{"region", std::string{"first"}}, {"bytes", std::uint64_t{1 << 20}}})
      .has_value();
  }));

  for (const std::uint64_t id : {2, 3}) {
    cluster.start(id);
    // Its own list: then it and the leader know of the vote, who are a
    // majority. The leader lists it from when it is proposed.
    const bool votes
      = eventually([&] { return is_voter(cluster, id, id); }, 30s);
    INFO(cluster.logs());
    REQUIRE(votes);
  }
  REQUIRE(eventually([&] {
    const auto row = cluster.region_seen_by(1, "first");
    const auto* replicas = wire::find(row, "replicas");
    return replicas != nullptr && std::get<std::string>(*replicas).size() > 2
           && std::get<bool>(*wire::find(row, "settled"));
  }));
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  cluster.kill(1);

  const auto second = cluster.await_leader({2, 3});
  INFO(cluster.logs());
  CHECK(second != 0);
  CHECK(eventually([&] {
    const auto home = home_seen_by(cluster, 3, "first");
    return home == 2 || home == 3;
  }));
}

TEST_CASE("a second node with an id of the directory ends with a code of its "
          "own and names the first",
          "[process][cluster][meeting]") {
  const temporary_directory place;
  node_cluster cluster{2};
  cluster.describe(1, cluster.found_by(1, directory_member(place)));
  cluster.start(1);
  REQUIRE(cluster.await_leader_at({1}, 1));
  // The same id and directory; what else it owns is its own.
  const temporary_directory own;
  const auto file = own.path() + "/node.json";
  std::ofstream{file} << R"({"node": {"id": 1, "data_directory": ")"
                      << own.path() << R"(/state", "socket": ")" << own.path()
                      << R"(/run/attach.sock"}, "cluster": {)"
                      << cluster.found_by(2, directory_member(place)) << "}}";

  const auto ended = run_node({"--config", file});

  INFO(cluster.logs() << ended.output);
  CHECK(ended.exit_code == 11);
  CHECK(ended.output.find("process " + std::to_string(cluster.at(1).pid()))
        != std::string::npos);
  CHECK(cluster.status(1).leader == 1);
}
