// Real processes on loopback: what links them, and what they notice.
#include "runtime/peer_network.hpp"

#include "runtime/caf_setup.hpp"
#include "tests/runtime/peer_process.hpp"
#include "tests/support/catch.hpp"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

using namespace holdfast;
using namespace holdfast::test;

namespace {

using text = std::string;

/// Processes that know each other, with short intervals.
struct trial {
  std::vector<std::uint16_t> ports;
  std::vector<std::unique_ptr<peer_process>> nodes;

  explicit trial(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      ports.push_back(free_port());
    nodes.resize(count);
  }

  peer_process& begin(std::size_t id, const text& cluster = "prod") {
    std::vector<text> words{std::to_string(id), std::to_string(ports[id - 1]),
                            cluster, "100"};
    for (std::size_t other = 1; other <= ports.size(); ++other)
      if (other != id)
        words.push_back(std::to_string(other) + ":"
                        + std::to_string(ports[other - 1]));
    nodes[id - 1] = std::make_unique<peer_process>(std::move(words));
    return *nodes[id - 1];
  }
};

text healthy(int id) {
  return "peer=" + std::to_string(id) + " state=healthy";
}

text down(int id) {
  return "peer=" + std::to_string(id) + " state=down";
}

} // namespace

TEST_CASE("three nodes find each other in whatever order they start",
          "[runtime][peers]") {
  trial three{3};
  for (const std::size_t id : {2, 3, 1})
    three.begin(id);

  for (int id : {1, 2, 3})
    for (int other : {1, 2, 3})
      if (id != other) {
        CAPTURE(id, other);
        // From the start each time: the order of news is anybody's.
        CHECK(eventually([&] {
          return three.nodes[id - 1]->said().find(healthy(other)) != text::npos;
        }));
      }
}

TEST_CASE("a node that is killed is down with proof, on either side",
          "[runtime][peers]") {
  const auto dead = GENERATE(1, 2);
  const auto other = 3 - dead;
  trial two{2};
  two.begin(1);
  two.begin(2);
  auto& watcher = *two.nodes[other - 1];
  REQUIRE(watcher.says(healthy(dead)));

  two.nodes[dead - 1]->end(SIGKILL);

  CHECK(watcher.says(down(dead)
                     + " reason=its connection closed and its port refuses"));
}

TEST_CASE("a node that is started again is linked again, on either side",
          "[runtime][peers]") {
  const auto dead = GENERATE(1, 2);
  const auto other = 3 - dead;
  trial two{2};
  two.begin(1);
  two.begin(2);
  auto& watcher = *two.nodes[other - 1];
  REQUIRE(watcher.says(healthy(dead)));
  two.nodes[dead - 1]->end(SIGKILL);
  REQUIRE(watcher.says(down(dead)));

  auto& again = two.begin(dead);

  CHECK(watcher.says(healthy(dead)));
  CHECK(again.says(healthy(other)));
}

TEST_CASE("a frozen node is down, and healthy once it thaws",
          "[runtime][peers]") {
  trial two{2};
  auto& watcher = two.begin(1);
  auto& frozen = two.begin(2);
  REQUIRE(watcher.says(healthy(2)));

  frozen.signal(SIGSTOP);

  CHECK(watcher.says("peer=2 state=suspected reason=it does not answer"));
  CHECK(watcher.says(down(2) + " reason=it does not answer"));
  frozen.signal(SIGCONT);
  CHECK(watcher.says(healthy(2)));
}

TEST_CASE("a node of another cluster is refused with a reason",
          "[runtime][peers]") {
  trial two{2};
  auto& one = two.begin(1);
  auto& stranger = two.begin(2, "test");

  CHECK(one.says("refused there: wrong cluster: cluster 'test' here, 'prod' "
                 "there"));
  CHECK(stranger.says("wrong cluster: cluster 'test' here, 'prod' there"));
  CHECK(one.said().find("healthy") == text::npos);
}

TEST_CASE("a node with an id that nobody expects is refused",
          "[runtime][peers]") {
  const auto port = free_port();
  peer_process two{{"2", std::to_string(port), "prod", "100",
                    "1:" + std::to_string(port + 1)}};
  REQUIRE(two.says("up"));

  peer_process stranger{{"7", std::to_string(free_port()), "prod", "100",
                         "9:" + std::to_string(port)}};

  CHECK(stranger.says("not a member: node 7 is no peer of node 2"));
}

TEST_CASE("a node that stops says so and ends at once, thirty times",
          "[runtime][peers]") {
  trial two{2};
  auto& watcher = two.begin(2);

  // The side that dials: the other one would be found ever more slowly.
  for (int i = 0; i < 30; ++i) {
    auto& restless = two.begin(1);
    REQUIRE(restless.says(healthy(2)));
    REQUIRE(watcher.says(healthy(1)));
    REQUIRE(restless.end(SIGTERM) == 0);
    REQUIRE(watcher.says(down(1)));
  }

  CHECK(watcher.end(SIGTERM) == 0);
}

TEST_CASE("a node ends at once while another is mute", "[runtime][peers]") {
  const int mute = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  const auto port = free_port();
  place.sin_port = htons(port);
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(mute, reinterpret_cast<sockaddr*>(&place), sizeof(place))
          == 0);
  REQUIRE(::listen(mute, 8) == 0);
  peer_process one{{"1", std::to_string(free_port()), "prod", "100",
                    "2:" + std::to_string(port)}};
  REQUIRE(
    one.says("a peer was not reached peer=2 detail=Connection timed out"));

  CHECK(one.end(SIGTERM) == 0);

  ::close(mute);
}

TEST_CASE("a port that is taken is an error, not a crash", "[runtime][peers]") {
  trial two{2};
  auto& one = two.begin(1);
  REQUIRE(one.says("up"));
  two.ports[1] = two.ports[0];

  auto& second = two.begin(2);

  CHECK(second.says("cannot listen on 127.0.0.1:"));
}

TEST_CASE("a node alone has no network at all", "[runtime][peers]") {
  runtime::caf_setup setup;

  const caf::actor_system system{setup};

  CHECK_FALSE(system.has_middleman());
}
