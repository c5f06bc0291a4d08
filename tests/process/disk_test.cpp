// Regions on disk: nodes that are killed, all at once, and what is there when
// they come again.
#include "tests/process/cluster_regions.hpp"
#include "tests/process/one_region.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;
using client::durability;
using shm::errc;

namespace {

constexpr auto on_disk = R"([{"name": "quotes", "bytes": "1MiB",
  "durability": "disk", "variables": [
  {"name": "bid", "type": "f64"},
  {"name": "title", "kind": "string", "capacity": "1KiB"}]}])";

template <class Result>
errc end_of(const Result& outcome) {
  return outcome ? errc::ok : outcome.assume_error().code;
}

std::string field_of_quotes(const client::connection& client,
                            const char* field) {
  const auto heard = client.call("region", {{"region", std::string{"quotes"}}});
  if (!heard)
    return heard.assume_error().message();
  const auto* found = wire::find(heard.assume_value(), field);
  const auto* text = found ? std::get_if<std::string>(found) : nullptr;
  return text ? *text : "?";
}

/// As long as a home is being found, an attach waits, and may end.
std::optional<shm::region_view> attach_in_time(const client::connection& to,
                                               shm::access access) {
  std::optional<shm::region_view> made;
  eventually([&] {
    auto attached = to.attach("quotes", access);
    if (attached)
      made.emplace(std::move(attached).assume_value());
    return made.has_value();
  });
  return made;
}

/// What became of regions, as an operator is told.
std::string story_told(const wire::rows* rows) {
  std::string all;
  if (rows != nullptr)
    for (const auto& row : *rows)
      all += *wire::find_text(row, "text") + "\n";
  return all;
}

/// The only database in the node's directory of regions.
std::string region_file(const real_node& node) {
  for (const auto& each :
       std::filesystem::directory_iterator{node.directory() + "/state/regions"})
    if (each.path().extension() == ".db")
      return each.path().string();
  return {};
}

} // namespace

TEST_CASE("a node alone has after a kill what was flushed to its disk",
          "[process][disk]") {
  real_node node{node_text(own_tenant(on_disk))};
  std::uint64_t epoch = 0;
  std::uint64_t version = 0;
  {
    const auto client = connect(node);
    const auto quotes = attach_in_time(client, shm::access::write).value();
    const auto bid = quotes.find<double>("bid").value();
    REQUIRE(bid.store(1));
    version = bid.store(2).value();
    REQUIRE(quotes.find_string("title").value().store("kept"));
    REQUIRE(client.flush(quotes, durability::disk));
    epoch = quotes.epoch();
    CHECK(field_of_quotes(client, "durability") == "disk");
    CHECK(field_of_quotes(client, "disk") == "written");
  }

  const bool killed = GENERATE(true, false);
  if (killed)
    node.kill();
  else
    CHECK(node.stop() == 0);
  node.restart();

  const auto client = connect(node);
  const auto quotes = attach_in_time(client, shm::access::write).value();
  CHECK(quotes.epoch() > epoch);
  const auto bid = quotes.find<double>("bid").value();
  CHECK(bid.read().value().value == 2);
  CHECK(bid.version() >= version);
  CHECK(quotes.find_string("title").value().read().value().value == "kept");
  REQUIRE(bid.store(3));
  CHECK(client.flush(quotes, durability::disk));
}

TEST_CASE("an orderly end keeps what nobody flushed", "[process][disk]") {
  real_node node{node_text(own_tenant(on_disk))};
  {
    const auto client = connect(node);
    const auto quotes = attach_in_time(client, shm::access::write).value();
    REQUIRE(quotes.find<double>("bid").value().store(4));
  }

  CHECK(node.stop() == 0);
  node.restart();

  const auto client = connect(node);
  const auto quotes = attach_in_time(client, shm::access::read).value();
  CHECK(quotes.find<double>("bid").value().read().value().value == 4);
  std::string story;
  CHECK(eventually([&] {
    const auto told
      = client.call("audit", {{"command", std::string{"report_region"}}});
    story = story_told(rows_of(told));
    return story.find("took over") != std::string::npos;
  }));
  INFO(story);
  CHECK(story.find("missed") == std::string::npos);
}

TEST_CASE("a damaged file is moved aside, and the operator is told",
          "[process][disk]") {
  real_node node{node_text(own_tenant(on_disk))};
  {
    const auto client = connect(node);
    const auto quotes = attach_in_time(client, shm::access::write).value();
    REQUIRE(quotes.find<double>("bid").value().store(4));
    REQUIRE(client.flush(quotes, durability::disk));
  }
  REQUIRE(node.stop() == 0);
  const auto file = region_file(node);
  REQUIRE_FALSE(file.empty());
  {
    std::fstream damaged{file, std::ios::in | std::ios::out | std::ios::binary};
    damaged.seekp(4096);
    damaged << std::string(4096, 'x');
  }

  node.restart();

  const auto client = connect(node);
  const auto quotes = attach_in_time(client, shm::access::write).value();
  const auto bid = quotes.find<double>("bid").value();
  CHECK(bid.read().error() == errc::no_value);
  CHECK(field_of_quotes(client, "disk_trouble").find(".db.corrupt-1")
        != std::string::npos);
  CHECK(node.log().find("a region begins without what it had on disk")
        != std::string::npos);
  CHECK(std::filesystem::exists(file + ".corrupt-1"));
  REQUIRE(bid.store(5));
  CHECK(client.flush(quotes, durability::disk));
}

TEST_CASE("a disk without room promises nothing, and memory goes on",
          "[process][disk]") {
  real_node node{node_text(own_tenant(on_disk))};
  const auto client = connect(node);
  const auto quotes = attach_in_time(client, shm::access::write).value();
  const auto title = quotes.find_string("title").value();
  REQUIRE(title.store("first"));
  REQUIRE(client.flush(quotes, durability::disk));
  // Less than any database; nothing is written to the log of consensus.
  const rlimit small{16 << 10, RLIM_INFINITY};
  REQUIRE(::prlimit(node.pid(), RLIMIT_FSIZE, &small, nullptr) == 0);
  REQUIRE(eventually([&] {
    REQUIRE(title.store(std::string(1000, 'x')));
    REQUIRE(client.flush(quotes));
    return field_of_quotes(client, "disk") == "failing";
  }));

  REQUIRE(title.store("in memory"));
  CHECK(client.flush(quotes));
  CHECK(end_of(client.flush(quotes, durability::disk)) == errc::unknown);
  CHECK_FALSE(field_of_quotes(client, "disk_trouble").empty());
  const rlimit enough{RLIM_INFINITY, RLIM_INFINITY};
  REQUIRE(::prlimit(node.pid(), RLIMIT_FSIZE, &enough, nullptr) == 0);

  REQUIRE(eventually(
    [&] { return client.flush(quotes, durability::disk).has_value(); }));
  CHECK(field_of_quotes(client, "disk") == "written");
  node.kill();
  node.restart();
  const auto again = connect(node);
  const auto after = attach_in_time(again, shm::access::read).value();
  CHECK(after.find_string("title").value().read().value().value == "in memory");
}

TEST_CASE("a region that is removed leaves nothing on disk",
          "[process][disk]") {
  real_node node{node_text(own_tenant(on_disk))};
  const auto client = connect(node);
  {
    const auto quotes = attach_in_time(client, shm::access::write).value();
    REQUIRE(quotes.find<double>("bid").value().store(4));
    REQUIRE(client.flush(quotes, durability::disk));
  }
  REQUIRE_FALSE(region_file(node).empty());

  REQUIRE(client.call("remove_region", {{"region", std::string{"quotes"}}}));

  CHECK(eventually([&] { return region_file(node).empty(); }));
}

namespace {

/// A region that three nodes hold, on their disks, and who stores in it.
struct three_disks {
  node_cluster cluster{3};
  std::optional<client::connection> node;
  std::optional<shm::region_view> quotes;

  three_disks() {
    cluster.start_all();
    REQUIRE(is_settled(cluster, 1));
    REQUIRE(cluster.call(1, "create_region",
                         {{"region", std::string{"quotes"}},
                          {"bytes", std::uint64_t{1 << 20}},
                          {"durability", std::string{"disk"}}}));
    REQUIRE(cluster.call(1, "add_variable",
                         {{"region", std::string{"quotes"}},
                          {"name", std::string{"bid"}},
                          {"kind", std::string{"value"}},
                          {"type", std::string{"f64"}},
                          {"capacity", std::uint64_t{8}}}));
  }

  void let_go() {
    quotes.reset();
    node.reset();
  }

  /// At the home, wherever it is.
  bool attach() {
    return eventually(
      [&] {
        for (const auto id : cluster.all()) {
          let_go();
          auto made = client::connection::connect(cluster.door(id));
          if (!made)
            continue;
          node.emplace(std::move(made).assume_value());
          auto attached = node->attach("quotes", shm::access::write);
          if (attached)
            quotes.emplace(std::move(attached).assume_value());
          if (quotes && quotes->find<double>("bid"))
            return true;
        }
        return false;
      },
      60s);
  }

  /// Until it has done `use` with the variable, as a program that attaches
  /// again when the region moves: nodes that have just started move it.
  template <class Use>
  bool with_bid(Use use) {
    return eventually(
      [&] {
        if (!attach())
          return false;
        auto bid = quotes->find<double>("bid");
        return bid && use(bid.assume_value());
      },
      60s);
  }

  double stored() {
    double value = -1;
    REQUIRE(with_bid([&](auto& bid) {
      const auto found = bid.read();
      if (found)
        value = found.assume_value().value;
      return found.has_value();
    }));
    return value;
  }
};

} // namespace

TEST_CASE_METHOD(three_disks,
                 "a cluster that is killed whole comes back with all that was "
                 "flushed to disk",
                 "[process][disk]") {
  double last = 0;
  std::uint64_t epoch = 0;

  for (int round = 1; round <= 3; ++round) {
    INFO("round " << round << "\n" << cluster.logs());
    if (last != 0)
      CHECK(stored() == last);
    REQUIRE(with_bid([&](auto& bid) {
      for (int i = 1; i <= 20; ++i)
        if (!bid.store(last + i))
          return false;
      return node->flush(*quotes, durability::disk).has_value();
    }));
    last += 20;
    CHECK(quotes->epoch() > epoch);
    epoch = quotes->epoch();

    for (const auto id : cluster.all())
      cluster.kill(id);
    let_go();
    cluster.start_all();
  }

  INFO(cluster.logs());
  CHECK(stored() == last);
}
