// Where regions live in a cluster: what the leader places, and what it leaves.
#include "tests/process/node_cluster.hpp"
#include "tests/process/one_region.hpp"

#include <iterator>
#include <sstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using ids = std::set<std::uint64_t>;

constexpr std::uint64_t mebibyte = 1 << 20;

/// Elections and retries take their time.
bool makes(const node_cluster& cluster, std::uint64_t at,
           const std::string& region, std::uint64_t copies = 3) {
  return eventually(
    [&] {
      const auto made = cluster.call(
        at, "create_region",
        {{"region", region}, {"bytes", mebibyte}, {"copies", copies}});
      return made.has_value() || made.assume_error().code == shm::errc::exists;
    },
    30s);
}

std::uint64_t number(const wire::fields& row, std::string_view name) {
  return wire::number_or(row, name, 0);
}

bool is_settled(const wire::fields& row) {
  const auto* flag = wire::find(row, "settled");
  return flag != nullptr && std::get<bool>(*flag);
}

/// That node says that the region has settled on one of those.
bool settles_on(const node_cluster& cluster, std::uint64_t at,
                const std::string& region, const ids& homes) {
  return eventually(
    [&] {
      const auto row = cluster.region_seen_by(at, region);
      return homes.contains(number(row, "home")) && is_settled(row);
    },
    30s);
}

std::size_t words_in(const std::string& text) {
  std::istringstream words{text};
  return static_cast<std::size_t>(
    std::distance(std::istream_iterator<std::string>{words}, {}));
}

/// Held by so many nodes, with its home on that one.
bool creates_on(const node_cluster& cluster, std::uint64_t home,
                const std::string& region, std::uint64_t copies) {
  const wire::fields wish{{"region", region}, {"node", home}};
  if (!makes(cluster, home, region, copies)
      || !cluster.call(home, "move_region", wish))
    return false;
  // Others that held it before the wish was known let go, one after another.
  return eventually(
    [&] {
      const auto row = cluster.region_seen_by(1, region);
      const auto* replicas = wire::find(row, "replicas");
      return number(row, "home") == home && is_settled(row)
             && replicas != nullptr
             && words_in(std::get<std::string>(*replicas)) + 1 == copies;
    },
    30s);
}

/// What is made at that node lives elsewhere: its own tables say by now that it
/// is being emptied.
bool is_drained(const node_cluster& cluster, std::uint64_t node) {
  int tries = 0;
  return eventually(
    [&] {
      const auto name = "probe-" + std::to_string(++tries);
      return makes(cluster, node, name)
             && number(cluster.region_seen_by(node, name), "home") != node;
    },
    30s);
}

} // namespace

TEST_CASE(
  "what is made at a node that is being emptied is placed on the others",
  "[process][cluster][placement]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(creates_on(cluster, 3, "before", 3));

  REQUIRE(cluster.call(3, "drain"));
  REQUIRE(is_drained(cluster, 3));
  // More than the leader has under way at a time.
  for (int i = 0; i < 24; ++i)
    REQUIRE(makes(cluster, 3, "later-" + std::to_string(i)));

  INFO(cluster.logs());
  ids homes;
  for (int i = 0; i < 24; ++i) {
    const auto name = "later-" + std::to_string(i);
    CHECK(settles_on(cluster, 3, name, {1, 2}));
    homes.insert(number(cluster.region_seen_by(3, name), "home"));
  }
  CHECK(homes == ids{1, 2});
  CHECK(settles_on(cluster, 3, "before", {1, 2}));
  const auto home = number(cluster.region_seen_by(1, "before"), "home");
  CHECK(connect(cluster.at(home)).attach("before", shm::access::write));
}

TEST_CASE(
  "a region that only a dead node held waits for it, and begins empty on "
  "another once the node is removed",
  "[process][cluster][placement]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(creates_on(cluster, 3, "waits", 1));
  const auto before = cluster.region_seen_by(1, "waits");

  cluster.kill(3);
  REQUIRE(eventually([&] { return cluster.status(1).down == 1; }, 30s));
  // Decided after that: the leader has looked at the regions since.
  REQUIRE(makes(cluster, 1, "meanwhile"));
  REQUIRE(settles_on(cluster, 1, "meanwhile", {1, 2}));
  const auto waiting = cluster.region_seen_by(1, "waits");
  REQUIRE(cluster.call(1, "members_remove", {{"node", std::uint64_t{3}}}));

  INFO(cluster.logs());
  CHECK(number(waiting, "home") == 3);
  CHECK(number(waiting, "epoch") == number(before, "epoch"));
  REQUIRE(settles_on(cluster, 1, "waits", {1, 2}));
  const auto lost = cluster.region_seen_by(1, "waits");
  CHECK(number(lost, "epoch") > number(before, "epoch"));
  CHECK(number(lost, "began_empty") == number(lost, "epoch"));
  CHECK(connect(cluster.at(number(lost, "home")))
          .attach("waits", shm::access::write));
}

TEST_CASE(
  "a home without replicas that is killed and starts again at once goes "
  "on in a new and empty epoch",
  "[process][cluster][placement]") {
  node_cluster cluster{3};
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(creates_on(cluster, 3, "quotes", 1));
  const auto before = number(cluster.region_seen_by(1, "quotes"), "epoch");

  cluster.kill(3);
  cluster.start(3);

  INFO(cluster.logs());
  const auto goes_on = [&](std::uint64_t at) {
    return eventually(
      [&] {
        const auto row = cluster.region_seen_by(at, "quotes");
        return number(row, "home") == 3 && number(row, "epoch") > before
               && number(row, "began_empty") == number(row, "epoch")
               && is_settled(row);
      },
      30s);
  };
  CHECK(goes_on(1));
  CHECK(goes_on(3));
  CHECK(connect(cluster.at(3)).attach("quotes", shm::access::write));
}
