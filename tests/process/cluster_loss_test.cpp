// Clusters that lose as many nodes as they may, or all of them.
#include "tests/process/held_by_three.hpp"
#include "tests/process/leader_watch.hpp"
#include "tests/support/catch.hpp"

#include <signal.h>

#include <filesystem>
#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// A byte of each page but the first.
void damage(const std::string& file) {
  std::fstream open{file, std::ios::in | std::ios::out | std::ios::binary};
  const auto bytes = std::filesystem::file_size(file);
  for (std::uintmax_t at = 4096 + 100; at < bytes; at += 4096) {
    open.seekg(static_cast<std::streamoff>(at));
    const auto before = open.get();
    open.seekp(static_cast<std::streamoff>(at));
    open.put(static_cast<char>(before ^ 0x55));
  }
}

std::string role_of(const node_cluster& cluster, std::uint64_t node) {
  const auto row = cluster.member_seen_by(node, node);
  const auto* role = wire::find_text(row, "role");
  return role != nullptr ? *role : std::string{};
}

} // namespace

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

TEST_CASE("a node that lost its log is let in anew, and nothing else is lost",
          "[process][cluster]") {
  // The one that leads, or one that follows.
  const std::uint64_t node = GENERATE(1, 3);
  held_by_three in;
  auto& cluster = in.cluster;
  const leader_watch watch{cluster};
  {
    const attached_program writer{in, 1, shm::access::write};
    REQUIRE(writer.count.store(7));
    REQUIRE(writer.line.flush(writer.region));
  }
  cluster.kill(node);
  const auto consensus = cluster.at(node).directory() + "/state/consensus";
  SECTION("it is damaged") {
    damage(consensus + "/consensus.db");
  }
  SECTION("it is gone") {
    std::filesystem::remove_all(consensus);
  }

  cluster.start(node);

  const std::uint64_t other = node % 3 + 1;
  const bool is_back
    = eventually([&] { return role_of(cluster, node) == "voter"; }, 30s);
  INFO(cluster.logs());
  REQUIRE(is_back);
  CHECK(cluster.await_leader_at(cluster.all(), 1));
  CHECK(creates(cluster, node, "afterwards"));
  CHECK(all_know(cluster, cluster.all(), {"orders", "afterwards"}));
  // One more may go: its vote counts again.
  cluster.kill(other);
  CHECK(cluster.await_leader({node, other % 3 + 1}) != 0);
  CHECK(creates(cluster, node, "without_another"));
  cluster.start(other);
  REQUIRE(in.moves_to(node));
  const attached_program reader{in, node, shm::access::read};
  CHECK(reader.count.read().value().value == 7);
  CHECK(watch.contradictions() == "");
}

TEST_CASE("a node that lost its log and alone has values waits for an operator",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  const wire::fields wanted{{"region", std::string{"precious"}},
                            {"bytes", std::uint64_t{1} << 20},
                            {"copies", std::uint64_t{1}},
                            {"durability", std::string{"disk"}}};
  REQUIRE(cluster.call(3, "create_region", wanted));
  REQUIRE(eventually([&] {
    const auto row = cluster.region_seen_by(3, "precious");
    const auto* settled = wire::find(row, "settled");
    return settled != nullptr && std::get<bool>(*settled);
  }));
  cluster.kill(3);
  std::filesystem::remove_all(cluster.at(3).directory() + "/state/consensus");

  cluster.start(3);

  CHECK(cluster.says(3, {"has not joined", "prod/precious", "members remove"}));
  CHECK(role_of(cluster, 3).empty());
  REQUIRE(cluster.call(1, "members_remove", {{"node", std::uint64_t{3}}}));
  CHECK(eventually([&] { return role_of(cluster, 3) == "voter"; }, 30s));
}
