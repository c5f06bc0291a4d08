// Who is let into a cluster, and what both sides say when somebody is not.
#include "tests/process/cluster_regions.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// It has had it agreed on that it is there.
bool is_entered(node_cluster& cluster, std::uint64_t id) {
  return cluster.at(id).log().find("takes part in its cluster")
         != std::string::npos;
}

/// Bytes, by node 1.
std::uint64_t heard_from(const node_cluster& cluster, std::uint64_t id) {
  return wire::number_or(
    cluster.row_seen_by(1, "cluster_instances", "node", id), "bytes_in", 0);
}

bool has_word(const std::string& file, const std::string& wanted) {
  std::ifstream in{file};
  for (std::string word; in >> word;)
    if (word == wanted)
      return true;
  return false;
}

/// An operator at node 1 has something done with node 2, in several tries.
bool orders(const node_cluster& cluster, const std::string& command) {
  wire::fields about{{"node", std::uint64_t{2}}};
  if (command == "members_add")
    about.push_back(
      {"address", "127.0.0.1:" + std::to_string(cluster.port(2))});
  return eventually([&] { return cluster.call(1, command, about).has_value(); },
                    30s);
}

} // namespace

TEST_CASE("three nodes with certificates of one authority form a cluster",
          "[process][cluster][tls]") {
  const issued_files issued;
  node_cluster cluster{3};
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.describe(id, cluster.list_for(id, over_tls(issued, id)));

  cluster.start_all();

  INFO(cluster.logs());
  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
  const auto told = cluster.call(1, "cluster_status");
  REQUIRE(told);
  const auto* key = wire::find_text(told.assume_value(), "key");
  REQUIRE(key != nullptr);
  CHECK(key->size() == 64);
}

TEST_CASE("a node with a certificate of another authority stays outside, and "
          "both sides say so",
          "[process][cluster][tls]") {
  const issued_files issued;
  const issued_files foreign;
  const auto stranger = GENERATE(std::uint64_t{1}, std::uint64_t{3});
  node_cluster cluster{3};
  for (std::uint64_t id = 1; id <= 3; ++id)
    cluster.describe(
      id,
      cluster.list_for(id, over_tls(id == stranger ? foreign : issued, id)));

  cluster.start_all();

  INFO(cluster.logs());
  const auto other = stranger == 1 ? std::uint64_t{3} : std::uint64_t{1};
  const auto dialler = std::min(stranger, other);
  const auto dialled = std::max(stranger, other);
  CHECK(cluster.await_leader({2, other}) != 0);
  CHECK(cluster.says(
    dialler, {"was not reached", std::to_string(dialled), "certificate"}));
  CHECK(
    cluster.says(dialled, {"has not been heard of", std::to_string(dialler)}));
  CHECK(cluster.await_no_leader(stranger));
}

TEST_CASE("a node of another cluster is refused, and both sides say why",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.describe(3, cluster.list_for(3, {.name = "other"}));

  cluster.start_all();

  INFO(cluster.logs());
  CHECK(cluster.await_leader({1, 2}) != 0);
  CHECK(cluster.says(1, {"hello failed", "'test'", "'other'"}));
  CHECK(cluster.says(3, {"hello failed", "'test'", "'other'"}));
  CHECK(cluster.await_no_leader(3));
}

TEST_CASE("a second node with one id is refused while the first one lives",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  node_cluster twins{3};
  // The same list, and a door of its own.
  auto text = cluster.list_for(1, {});
  const auto own = "127.0.0.1:" + std::to_string(cluster.port(1));
  text.replace(text.find(own), own.size(),
               "127.0.0.1:" + std::to_string(twins.port(1)));
  twins.describe(1, text);

  twins.start(1);

  INFO(cluster.logs() << twins.logs());
  CHECK(twins.says(1, {"hello failed", "refused there"}));
  CHECK(cluster.says(2, {"hello failed"}));
  CHECK(cluster.status(2).leader == 1);
  CHECK(cluster.status(2).healthy == 3);
}

TEST_CASE("a node that comes back with another key is refused until it was "
          "removed",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  // Its key is in the tables once it has joined.
  REQUIRE(eventually([&] { return is_entered(cluster, 2); }, 30s));
  cluster.kill(2);
  cluster.forget(2);

  cluster.start(2);

  INFO(cluster.logs());
  CHECK(cluster.says(
    1, {"a peer's hello failed", "different key: node 2", "members remove 2"}));
  CHECK(cluster.says(
    2, {"a peer's hello failed", "different key: node 2", "members remove 2"}));
  CHECK(cluster.status(2).leader == 0);
}

TEST_CASE("a node that was removed comes back with another key",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(eventually([&] { return is_entered(cluster, 2); }, 30s));
  cluster.kill(2);
  cluster.forget(2);
  REQUIRE(orders(cluster, "members_remove"));
  REQUIRE(
    eventually([&] { return cluster.member_seen_by(1, 2).empty(); }, 30s));

  cluster.start(2);
  REQUIRE(orders(cluster, "members_add"));
  const auto voted = orders(cluster, "members_promote");

  INFO(cluster.logs());
  CHECK(voted);
  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
  // It hears of its vote with the next word of the leader.
  const auto votes = [&] {
    const auto row = cluster.member_seen_by(2, 2);
    const auto* role = wire::find_text(row, "role");
    return role != nullptr && *role == "voter";
  };
  CHECK(eventually(votes, 30s));
}

TEST_CASE("a node that comes back with an old copy of its log is refused, and "
          "joins anew without it",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(eventually([&] { return is_entered(cluster, 2); }, 30s));
  const std::filesystem::path state = cluster.at(2).directory() + "/state";
  REQUIRE(cluster.at(2).stop() == 0);
  const temporary_directory backup;
  const auto kept = backup.path() + "/consensus";
  std::filesystem::copy(state / "consensus", kept,
                        std::filesystem::copy_options::recursive);
  cluster.start(2);
  REQUIRE(creates(cluster, 1, "since_the_backup"));
  REQUIRE(all_know(cluster, {2}, {"since_the_backup"}));
  // The others hear with some of the next pings that it has carried it out.
  const auto heard = heard_from(cluster, 2);
  REQUIRE(eventually([&] { return heard_from(cluster, 2) > heard + 3000; }));
  cluster.kill(2);
  std::filesystem::remove_all(state / "consensus");
  std::filesystem::copy(kept, state / "consensus");

  cluster.start(2);

  CHECK(cluster.says(1, {"a peer's hello failed", "older history"}));
  CHECK(cluster.says(2, {"a peer's hello failed", "older history"}));
  CHECK(cluster.status(2).leader == 0);
  cluster.kill(2);
  std::filesystem::remove_all(state / "consensus");
  cluster.start(2);
  const bool knows = all_know(cluster, {2}, {"since_the_backup"});
  INFO(cluster.logs());
  CHECK(knows);
}

TEST_CASE("a node of the cluster that was there before brings its log into no "
          "other of the same name",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(eventually([&] { return is_entered(cluster, 3); }, 30s));
  const auto founding = cluster.at(3).directory() + "/state/founding";
  REQUIRE(eventually([&] { return has_word(founding, "cluster"); }));
  for (const auto id : cluster.all())
    cluster.kill(id);
  cluster.forget(1);
  cluster.forget(2);
  cluster.start(1);
  cluster.start(2);
  REQUIRE(creates(cluster, 1, "of_the_second"));

  cluster.start(3);

  CHECK(cluster.says(1, {"a peer's hello failed", "wrong cluster"}));
  CHECK(cluster.says(3, {"a peer's hello failed", "another cluster of the"}));
  CHECK(cluster.status(3).leader == 0);
  CHECK(all_know(cluster, {1, 2}, {"of_the_second"}));
}
