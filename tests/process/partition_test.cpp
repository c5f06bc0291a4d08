// Clusters whose network is cut: both ways and one way, around a leader and
// around others.
#include "tests/process/cluster_regions.hpp"
#include "tests/process/leader_watch.hpp"
#include "tests/process/split_cluster.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/skipped.hpp"

#include <future>

using namespace holdfast;
using namespace holdfast::test;

namespace {

using ids = std::set<std::uint64_t>;

enum class way { neither, hears_none, heard_by_none };

constexpr way every_way[] = {way::neither, way::hears_none, way::heard_by_none};

void cut(const split_network& network, std::uint64_t id, way how) {
  if (how != way::heard_by_none)
    network.cut(network.all(), {id});
  if (how != way::hears_none)
    network.cut({id}, network.all());
}

ids others_than(const node_cluster& cluster, std::uint64_t id) {
  auto made = cluster.all();
  made.erase(id);
  return made;
}

/// An order to a node on the wrong side of a cut: the node works on it for
/// seconds before it gives up.
class lonely_order {
public:
  lonely_order(const node_cluster& cluster, std::uint64_t at,
               std::string region)
    : cluster_{cluster}, region_{std::move(region)} {
    answer_ = std::async(std::launch::async,
                         [this, at] { return create(cluster_, at, region_); });
  }

  /// To be asked while the cut lasts, however long it takes.
  bool is_refused() {
    return !answer_.get().has_value();
  }

  bool is_as_answered() {
    return test::is_as_answered(cluster_, cluster_.all(), region_,
                                answer_.get());
  }

private:
  const node_cluster& cluster_;
  std::string region_;
  std::shared_future<shm::result<wire::fields>> answer_;
};

} // namespace

TEST_CASE("a leader that is cut off, both ways or one, steps down, and the "
          "others go on",
          "[process][cluster][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  split_cluster scene{3};
  auto& cluster = scene.nodes;
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  const leader_watch watch{cluster};
  std::set<std::string> meanwhile;

  for (const auto how : every_way) {
    const auto number = std::to_string(static_cast<int>(how));
    const auto first = cluster.await_leader({1, 2, 3});
    const auto term = cluster.status(first).term;
    const auto others = others_than(cluster, first);

    cut(scene.network, first, how);
    // It still believes that it leads.
    lonely_order order{cluster, first, "alone-" + number};
    const bool steps_down = cluster.await_no_leader(first);
    const auto second = cluster.await_leader(others);
    INFO("way " << number << ", first " << first << "\n" << cluster.logs());
    REQUIRE(steps_down);
    REQUIRE(second != 0);
    CHECK(cluster.status(second).term > term);
    CHECK_FALSE(cluster.status(first).quorum);
    REQUIRE(creates(cluster, *others.rbegin(), "meanwhile-" + number));
    meanwhile.insert("meanwhile-" + number);
    if (how == way::neither)
      CHECK(order.is_refused());
    CHECK(cluster.await_no_leader(first));
    scene.network.heal();
    REQUIRE(cluster.await_leader({1, 2, 3}) != 0);
    CHECK(order.is_as_answered());
  }

  const bool returns = cluster.await_leader_at({1, 2, 3}, 1);
  INFO(cluster.logs());
  CHECK(returns);
  CHECK(all_know(cluster, {1, 2, 3}, meanwhile));
  CHECK(watch.contradictions() == "");
  CHECK(watch.terms() > 1);
}

TEST_CASE("a follower that is cut off, both ways or one, holds up nobody",
          "[process][cluster][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  split_cluster scene{3};
  auto& cluster = scene.nodes;
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  const leader_watch watch{cluster};
  std::set<std::string> meanwhile;

  for (const auto how : every_way) {
    const auto number = std::to_string(static_cast<int>(how));
    cut(scene.network, 3, how);
    const bool knows_nobody = cluster.await_no_leader(3);
    const bool goes_on = creates(cluster, 2, "meanwhile-" + number);
    INFO("way " << number << "\n" << cluster.logs());
    REQUIRE(knows_nobody);
    REQUIRE(goes_on);
    meanwhile.insert("meanwhile-" + number);
    CHECK(home_seen_by(cluster, 3, "meanwhile-" + number) == 0);
    scene.network.heal();
    REQUIRE(cluster.await_leader({1, 2, 3}) != 0);
  }

  CHECK(all_know(cluster, {1, 2, 3}, meanwhile));
  CHECK(watch.contradictions() == "");
}

TEST_CASE("two nodes that do not reach each other decide through the third",
          "[process][cluster][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  split_cluster scene{3};
  auto& cluster = scene.nodes;
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  const leader_watch watch{cluster};

  scene.network.cut({1}, {2});
  scene.network.cut({2}, {1});
  const auto is_down_at = [&](std::uint64_t id) {
    return eventually([&] { return cluster.status(id).down == 1; },
                      std::chrono::seconds{30});
  };
  const bool is_noticed = is_down_at(1) && is_down_at(2);
  const bool decided = creates(cluster, 3, "meanwhile");

  INFO(cluster.logs());
  REQUIRE(is_noticed);
  REQUIRE(decided);
  scene.network.heal();
  CHECK(cluster.await_leader_at({1, 2, 3}, 1));
  CHECK(all_know(cluster, {1, 2, 3}, {"meanwhile"}));
  CHECK(watch.contradictions() == "");
}

TEST_CASE("of five nodes the two with the leader decide nothing, the three "
          "go on",
          "[process][cluster][network]") {
  if (const auto why = split_network::missing(); !why.empty())
    return skip_test(why);
  split_cluster scene{5};
  auto& cluster = scene.nodes;
  cluster.start_all();
  REQUIRE(is_settled(cluster, 1));
  const leader_watch watch{cluster};

  scene.network.cut_off({1, 2});
  lonely_order order{cluster, 2, "of-two"};
  const bool nobody_at_1 = cluster.await_no_leader(1);
  const bool nobody_at_2 = cluster.await_no_leader(2);
  const auto second = cluster.await_leader({3, 4, 5});
  INFO(cluster.logs());
  REQUIRE(nobody_at_1);
  REQUIRE(nobody_at_2);
  REQUIRE(second != 0);
  REQUIRE(creates(cluster, 5, "of-three"));
  CHECK(order.is_refused());
  CHECK(home_seen_by(cluster, 2, "of-three") == 0);
  scene.network.heal();

  const bool agree = cluster.await_leader(cluster.all()) != 0;
  INFO(cluster.logs());
  CHECK(agree);
  CHECK(all_know(cluster, cluster.all(), {"of-three"}));
  CHECK(order.is_as_answered());
  CHECK(watch.contradictions() == "");
}
