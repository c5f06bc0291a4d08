#include "tests/process/cluster_regions.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdlib>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using ids = std::set<std::uint64_t>;

std::size_t members_seen_by(const node_cluster& cluster, std::uint64_t id) {
  const auto heard = cluster.call(id, "members");
  const auto* all = rows_of(heard);
  return all != nullptr ? all->size() : 0;
}

/// How often a link between the two has come to stand.
std::uint64_t links_seen(const node_cluster& cluster, std::uint64_t at,
                         std::uint64_t id) {
  return wire::number_or(
    cluster.row_seen_by(at, "cluster_instances", "node", id), "links", 0);
}

bool see_healthy(const node_cluster& cluster, const ids& watching,
                 std::uint64_t count) {
  return eventually(
    [&] {
      return std::all_of(
        watching.begin(), watching.end(),
        [&](std::uint64_t id) { return cluster.status(id).healthy == count; });
    },
    30s);
}

} // namespace

TEST_CASE("a node alone leads itself", "[process][cluster]") {
  const real_node node{node_text(own_tenant("[]"))};
  client::connect_options options;
  options.socket = node.socket();
  const auto connected = client::connection::connect(options);
  REQUIRE(connected);

  wire::fields heard;
  const auto leads = [&] {
    const auto told = connected.assume_value().call("cluster_status");
    if (told)
      heard = told.assume_value();
    return wire::number_or(heard, "leader", 0) == 1;
  };

  CHECK(eventually(leads));
  CHECK(wire::number_or(heard, "total", 0) == 1);
  CHECK(wire::number_or(heard, "healthy", 0) == 1);
  REQUIRE(wire::find_text(heard, "role") != nullptr);
  CHECK(*wire::find_text(heard, "role") == "leader");
}

TEST_CASE("three nodes of a list see each other and the lowest id leads",
          "[process][cluster]") {
  node_cluster cluster{3};

  cluster.start_all();

  INFO(cluster.logs());
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  const auto all_healthy = [&] {
    for (const auto id : ids{1, 2, 3})
      if (cluster.status(id).healthy != 3)
        return false;
    return true;
  };
  CHECK(eventually(all_healthy));
  const auto told = cluster.status(2);
  CHECK(told.total == 3);
  CHECK(told.quorum);
  CHECK(told.role == "follower");
  CHECK(members_seen_by(cluster, 3) == 3);
}

TEST_CASE("a region that is made at any node is in the tables of every node",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader({1, 2, 3}) != 0);

  INFO(cluster.logs());
  for (const auto id : ids{1, 2, 3}) {
    const auto region = "of-" + std::to_string(id);
    REQUIRE(creates(cluster, id, region));
    CHECK(all_know(cluster, {1, 2, 3}, {region}));
  }

  // The same name again is refused wherever it is asked for.
  const auto again = create(cluster, 3, "of-1");
  REQUIRE_FALSE(again);
  CHECK(again.assume_error().code == shm::errc::exists);
}

TEST_CASE("nodes that have applied as much have the same tables",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  REQUIRE(creates(cluster, 2, "orders"));
  const auto tables = [&](std::uint64_t id) {
    const auto heard = cluster.call(id, "cluster_status");
    const auto* digest
      = heard ? wire::find_text(heard.assume_value(), "tables") : nullptr;
    return digest == nullptr
             ? std::pair<std::uint64_t, std::string>{}
             : std::pair{wire::number_or(heard.assume_value(), "applied", 0),
                         *digest};
  };

  INFO(cluster.logs());
  CHECK(eventually([&] {
    const auto first = tables(1);
    return first.first != 0 && !first.second.empty() && tables(2) == first
           && tables(3) == first;
  }));
}

TEST_CASE("what the home cannot make is taken back, whichever node was asked",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  REQUIRE(eventually(
    [&] {
      return cluster
        .call(1, "create_region",
              {{"region", std::string{"small"}},
               {"bytes", std::uint64_t{1 << 20}},
               {"copies", std::uint64_t{1}}})
        .has_value();
    },
    30s));
  const auto add
    = [&](std::uint64_t at, const std::string& name, std::uint64_t capacity) {
        return cluster.call(at, "add_variable",
                            {{"region", std::string{"small"}},
                             {"name", name},
                             {"kind", std::string{"bytes"}},
                             {"type", std::string{"blob"}},
                             {"capacity", capacity}});
      };

  const auto fits = add(2, "fits", 64);
  const auto huge = add(2, "huge", 4 << 20);

  INFO(cluster.logs());
  CHECK(fits.has_value());
  REQUIRE(huge.has_error());
  CHECK(huge.assume_error().code == shm::errc::full);
  const auto row = cluster.region_seen_by(2, "small");
  CHECK(wire::number_or(row, "variables", 0) == 1);
}

TEST_CASE("a node whose configuration is another one says so, with both values",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.describe_quota(3, R"({"regions": 77})");
  cluster.start(1);
  cluster.start(2);
  REQUIRE(cluster.await_leader_at({1, 2}, 1));
  for (const std::uint64_t node : {1, 2})
    REQUIRE(cluster.says(node, {"takes part in its cluster"}));

  cluster.start(3);

  const bool said
    = cluster.says(3, {"this node's configuration replaces", "tenant 'prod'",
                       "quota.regions", "4096", "77"});
  const bool began = cluster.says(3, {"takes part in its cluster"});
  INFO(cluster.logs());
  CHECK(said);
  REQUIRE(began);
  CHECK(cluster.at(3).log().find("another node's configuration")
        == std::string::npos);
}

TEST_CASE("when the leader is killed another leads and decides, and leadership "
          "returns with it",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  cluster.kill(1);
  const auto second = cluster.await_leader({2, 3});
  INFO(cluster.logs());
  REQUIRE(second != 0);
  CHECK(creates(cluster, 3, "meanwhile"));
  cluster.start(1);

  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
  CHECK(all_know(cluster, {1, 2, 3}, {"meanwhile"}));
}

TEST_CASE("a frozen leader is replaced and follows when it wakes",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  cluster.at(1).freeze();
  const auto second = cluster.await_leader({2, 3});
  const auto term = cluster.status(2).term;
  cluster.at(1).thaw();

  INFO(cluster.logs());
  REQUIRE(second != 0);
  // Whatever it believed before, it acknowledges nobody in an older term.
  CHECK(eventually([&] { return cluster.status(1).term >= term; }));
  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
}

TEST_CASE("a minority decides nothing and says that nobody leads",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));

  cluster.kill(2);
  cluster.kill(3);

  const bool steps_down = cluster.await_no_leader(1);
  INFO(cluster.logs());
  REQUIRE(steps_down);
  CHECK_FALSE(cluster.status(1).quorum);
  const auto told = cluster.call(1, "status");
  CHECK(*wire::find_text(told.value(), "state") == "leaderless");
  const auto made = create(cluster, 1, "alone");
  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == shm::errc::no_leader);
  CHECK(home_seen_by(cluster, 1, "alone") == 0);
}

TEST_CASE("a node that is told to stop hands leadership over and ends well",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  const auto code = cluster.at(1).stop();

  const auto second = cluster.await_leader({2, 3});
  INFO(cluster.logs());
  CHECK(code == 0);
  CHECK(second != 0);
  CHECK(cluster.at(1).log().find("leadership is handed over")
        != std::string::npos);
}

TEST_CASE("an operator hands leadership over from any node",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  const auto asked = [&] {
    return cluster.call(2, "leader_transfer", {{"to", std::uint64_t{3}}})
      .has_value();
  };

  INFO(cluster.logs());
  CHECK(eventually(asked));
  CHECK(cluster.await_leader_at({1, 2, 3}, 3));
}

TEST_CASE("a node that is being emptied does not lead until it is told to "
          "take part again",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  const auto marked = [&](bool wanted) {
    const auto heard = cluster.call(3, "cluster_instances");
    const auto* all = rows_of(heard);
    if (all == nullptr || all->empty())
      return false;
    const auto* flag = wire::find(all->front(), "draining");
    return flag != nullptr && std::get<bool>(*flag) == wanted;
  };

  REQUIRE(cluster.call(1, "drain"));
  const auto second = cluster.await_leader_at({1, 2, 3}, 2);
  const auto is_marked = eventually([&] { return marked(true); });
  REQUIRE(cluster.call(1, "resume"));

  const auto again = cluster.await_leader_at({1, 2, 3}, 1);
  INFO(cluster.logs());
  CHECK(second);
  CHECK(is_marked);
  CHECK(again);
  CHECK(eventually([&] { return marked(false); }));
}

TEST_CASE("a leader leaves the cluster after it has handed over",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));

  REQUIRE(cluster.call(1, "members_leave"));

  const auto left
    = eventually([&] { return members_seen_by(cluster, 3) == 2; }, 30s);
  const auto second = cluster.await_leader_at({2, 3}, 2);
  INFO(cluster.logs());
  CHECK(left);
  CHECK(second);
  CHECK(creates(cluster, 3, "after"));
  CHECK(cluster.at(1).stop() == 0);
}

TEST_CASE("what was decided can be asked for at every node",
          "[process][cluster]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader({1, 2, 3}) != 0);
  REQUIRE(creates(cluster, 2, "noted"));

  const auto noted_at = [&](std::uint64_t id) {
    const auto heard
      = cluster.call(id, "audit", {{"command", std::string{"create_region"}}});
    const auto* all = rows_of(heard);
    if (all == nullptr || all->size() != 1)
      return false;
    const auto& row = all->front();
    return *wire::find_text(row, "target") == "prod/noted"
           && *wire::find_text(row, "outcome") == "ok"
           && *wire::find_text(row, "principal") == "me"
           && wire::number_or(row, "node", 0) == 2;
  };

  INFO(cluster.logs());
  for (const auto id : ids{1, 2, 3})
    CHECK(eventually([&] { return noted_at(id); }));
}

// HOLDFAST_START_CYCLES is how many times: 5.
TEST_CASE("three nodes start and stop again and again without a hang",
          "[process][cluster]") {
  const char* wanted = std::getenv("HOLDFAST_START_CYCLES");
  const int cycles = wanted != nullptr ? std::atoi(wanted) : 5;
  node_cluster cluster{3};

  for (int i = 0; i < cycles; ++i) {
    cluster.start_all();
    REQUIRE(cluster.await_leader({1, 2, 3}) != 0);

    for (const auto id : ids{1, 2, 3}) {
      INFO("cycle " << i << ", node " << id << "\n" << cluster.logs());
      REQUIRE(cluster.at(id).stop() == 0);
    }
  }
}

TEST_CASE("a node that dies takes no link between the others along",
          "[process][cluster][tls]") {
  const issued_files issued;
  node_cluster cluster{3};
  for (const auto id : cluster.all())
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
