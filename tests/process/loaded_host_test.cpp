// A cluster on a host that has other things to do.
//
// HOLDFAST_LOAD_SECONDS is how long every core is kept busy: 10.
#include "tests/process/node_cluster.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <cstdlib>
#include <sstream>
#include <thread>

using namespace holdfast;
using namespace holdfast::test;

namespace {

std::chrono::seconds load_wanted() {
  const char* wanted = std::getenv("HOLDFAST_LOAD_SECONDS");
  return std::chrono::seconds{wanted != nullptr ? std::atoi(wanted) : 10};
}

/// Keeps every core busy as long as it lives.
class busy_cores {
public:
  busy_cores() {
    for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
      threads_.emplace_back([this](const std::stop_token& stop) {
        while (!stop.stop_requested())
          turns_.fetch_add(1, std::memory_order_relaxed);
      });
  }

  std::uint64_t turns() const {
    return turns_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> turns_{0};
  std::vector<std::jthread> threads_;
};

/// Lines that tell of a peer that is down.
std::vector<std::string> downs_in(const std::string& log) {
  std::vector<std::string> made;
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);)
    if (line.find("a peer changed its state") != std::string::npos
        && line.find("down") != std::string::npos)
      made.push_back(line);
  return made;
}

bool all_healthy(const node_cluster& cluster) {
  for (const auto id : cluster.all())
    if (cluster.status(id).healthy != cluster.all().size())
      return false;
  return true;
}

} // namespace

TEST_CASE("no peer is taken for dead while every core is busy",
          "[process][cluster]") {
  node_cluster cluster{3};
  for (const auto id : cluster.all())
    cluster.describe(id, cluster.list_for(id, {.health = "default"}));
  cluster.start_all();
  REQUIRE(cluster.await_leader_at({1, 2, 3}, 1));
  REQUIRE(
    eventually([&] { return all_healthy(cluster); }, std::chrono::seconds{30}));
  // A peer that had not started yet may have been down.
  std::map<std::uint64_t, std::string> before;
  for (const auto id : cluster.all())
    before[id] = cluster.at(id).log();

  std::size_t heard = 0, down = 0;
  {
    const busy_cores load;
    const auto until = std::chrono::steady_clock::now() + load_wanted();
    while (std::chrono::steady_clock::now() < until)
      for (const auto id : cluster.all()) {
        const auto told = cluster.status(id);
        heard += told.heard ? 1 : 0;
        down += told.down;
      }
    CHECK(load.turns() > 0);
  }

  INFO(cluster.logs());
  CHECK(heard > 0);
  CHECK(down == 0);
  for (const auto id : cluster.all()) {
    const auto since = cluster.at(id).log().substr(before[id].size());
    CHECK(downs_in(since) == std::vector<std::string>{});
  }
  CHECK(cluster.await_leader(cluster.all()) != 0);
}
