// Clients that break the protocol, one way after the other, on one node.
#include "tests/hostile/raw_client.hpp"
#include "tests/hostile/stage.hpp"
#include "tests/support/catch.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

wire::bytes packet_of(const wire::frame& frame) {
  return wire::encode(frame).assume_value();
}

wire::bytes hello_packet(std::uint64_t protocol = 1) {
  return packet_of(request(1, "hello", hello_fields("alpha", protocol)));
}

wire::bytes changed(wire::bytes packet, std::size_t at, unsigned value) {
  packet[at] = static_cast<std::byte>(value);
  return packet;
}

wire::bytes cut(wire::bytes packet, std::size_t bytes) {
  packet.resize(bytes);
  return packet;
}

struct bad_packet {
  const char* name;
  wire::bytes packet;
};

// Each is wrong as a first packet. Offsets as in docs/protocol.md.
std::vector<bad_packet> bad_first_packets() {
  auto reply = request(1, "", hello_fields("alpha"));
  reply.kind = wire::frame_kind::reply;
  return {
    {"a doorbell", wire::bytes(1)},
    {"half a header", cut(hello_packet(), 11)},
    {"half a hello", cut(hello_packet(), 40)},
    {"a byte too many", cut(hello_packet(), hello_packet().size() + 1)},
    {"noise", wire::bytes(512, std::byte{0xa5})},
    {"64 KiB of noise", wire::bytes(64U << 10, std::byte{0xff})},
    {"more than a frame may have", wire::bytes(100'000, std::byte{0x48})},
    {"another magic", changed(hello_packet(), 0, 'X')},
    {"another version", changed(hello_packet(), 4, 2)},
    {"an unknown kind", changed(hello_packet(), 6, 9)},
    {"a wrong length", changed(hello_packet(), 16, 0xff)},
    {"descriptors announced", changed(hello_packet(), 20, 2)},
    {"a reply", packet_of(reply)},
    {"another protocol", hello_packet(2)},
    {"protocol 0", hello_packet(0)},
    {"a request before hello", packet_of(request(1, "regions"))},
    {"attach before hello",
     packet_of(request(
       1, "attach",
       {{"region", std::string{"open"}}, {"access", std::string{"write"}}}))},
    {"a forged tenant", packet_of(request(1, "hello", hello_fields("beta")))},
    {"hello without fields", packet_of(request(1, "hello"))},
  };
}

struct socket_stage {
  // Takes the attack's exit code for a verdict: 0 is right.
  void expect(const char* name,
              const std::function<int(const std::string&)>& attack,
              uid_t user = attacker_user) {
    const toll node{at};
    const auto socket = at.socket();
    INFO(name);
    CHECK(at.attack(user, [&] { return attack(socket); }) == 0);
    node.expect_bounded(name);
    canary_.expect_unharmed();
  }

  stage at{{R"("attach": {"sessions_per_uid_max": 32, "pending_max": 16,
              "hello_deadline": "300ms"},)",
            0}};
  canary canary_{at};
};

// Runs something over and over for a while.
template <class Step>
void keep_on(std::chrono::milliseconds time, Step step) {
  const auto until = clock_type::now() + time;
  while (clock_type::now() < until)
    step();
}

} // namespace

TEST_CASE_METHOD(socket_stage, "a client that says nothing is let go",
                 "[hostile][socket]") {
  expect("silence", [](const std::string& socket) {
    const raw_client client{socket};
    return client.hung_up_within(3s) ? 0 : 1;
  });
}

TEST_CASE_METHOD(socket_stage, "a wrong first packet ends the line",
                 "[hostile][socket]") {
  for (const auto& bad : bad_first_packets()) {
    INFO(bad.name);
    CHECK(at.attack(attacker_user, [&] {
      const raw_client client{at.socket()};
      client.send(bad.packet);
      return client.hung_up_within(3s) ? 0 : 1;
    }) == 0);
  }
  expect("wrong first packets", [](const std::string& socket) {
    for (int i = 0; i < 20; ++i)
      for (const auto& bad : bad_first_packets()) {
        const raw_client client{socket};
        client.send(bad.packet);
      }
    return 0;
  });
}

TEST_CASE_METHOD(socket_stage, "wrong packets after a hello harm nobody",
                 "[hostile][socket]") {
  expect("wrong packets after hello", [](const std::string& socket) {
    for (const auto& bad : bad_first_packets()) {
      raw_client client{socket};
      if (!client.hello("alpha"))
        return 1;
      client.send(bad.packet);
      client.send(bad.packet);
    }
    return 0;
  });
}

TEST_CASE_METHOD(socket_stage,
                 "descriptors that nobody asked for get in nowhere",
                 "[hostile][socket]") {
  const auto before = at.usage().descriptors;
  std::int64_t most = 0;
  std::atomic<bool> done{false};
  std::jthread watcher{[&] {
    while (!done)
      most = std::max(most, at.usage().descriptors);
  }};
  expect("5,000 uninvited descriptors", [](const std::string& socket) {
    for (int i = 0; i < 20; ++i) {
      raw_client client{socket};
      if (i % 2 == 0)
        client.hello("alpha");
      client.send_descriptors(250);
      client.hung_up_within(50ms);
    }
    return 0;
  });
  done = true;
  watcher.join();
  std::printf("  node's descriptors: %lld before, at most %lld\n",
              static_cast<long long>(before), static_cast<long long>(most));
  CHECK(most <= before + 8); // the attacker's line and the canary's
}

TEST_CASE_METHOD(socket_stage, "who never reads fills no memory but its own",
                 "[hostile][socket]") {
  expect("requests whose answers are never read",
         [](const std::string& socket) {
           std::vector<raw_client> clients;
           for (int i = 0; i < 16; ++i)
             if (clients.emplace_back(socket); !clients.back().hello("alpha"))
               return 1;
           const auto help = packet_of(request(7, "help"));
           keep_on(2s, [&] {
             for (const auto& client : clients)
               client.send(help);
           });
           return 0;
         });
}

TEST_CASE_METHOD(socket_stage, "a flood of rings costs the node little",
                 "[hostile][socket]") {
  const auto before = at.usage().cpu_seconds;
  expect("doorbells", [](const std::string& socket) {
    raw_client client{socket};
    if (!client.hello("alpha") || client.attach("open", "write").size() != 2)
      return 1;
    const wire::bytes ring(1);
    keep_on(2s, [&] { client.send(ring); });
    return 0;
  });
  const auto spent = at.usage().cpu_seconds - before;
  std::printf("  node's processor time in 3 s: %.2f s\n", spent);
  CHECK(spent < 1.5);
}

TEST_CASE_METHOD(socket_stage, "one user takes no more sessions than its share",
                 "[hostile][socket]") {
  if (!have_root())
    return skip_aloud("a flood of connections beside another user");
  expect("2,000 connections that say hello", [](const std::string& socket) {
    std::vector<raw_client> kept;
    int admitted = 0;
    for (int i = 0; i < 2000; ++i) {
      raw_client client{socket};
      if (!client.connected() || !client.hello("alpha"))
        continue;
      ++admitted;
      kept.push_back(std::move(client));
    }
    return admitted == 32 ? 0 : std::min(admitted + 1, 90);
  });
}

TEST_CASE_METHOD(socket_stage, "silent connections keep nobody out",
                 "[hostile][socket]") {
  if (!have_root())
    return skip_aloud("silent connections beside another user");
  expect("500 silent connections, again and again",
         [](const std::string& socket) {
           keep_on(3s, [&] {
             std::vector<raw_client> silent;
             for (int i = 0; i < 500; ++i)
               silent.emplace_back(socket);
             std::this_thread::sleep_for(100ms);
           });
           return 0;
         });
}

TEST_CASE_METHOD(socket_stage,
                 "closing in the middle of anything leaves nothing",
                 "[hostile][socket]") {
  expect("closing in the middle", [](const std::string& socket) {
    const auto attach = packet_of(request(
      2, "attach",
      {{"region", std::string{"open"}}, {"access", std::string{"write"}}}));
    for (int i = 0; i < 1000; ++i) {
      const raw_client client{socket};
      if (i % 5 > 0)
        client.send(hello_packet());
      if (i % 5 > 1)
        client.send(attach);
      if (i % 5 > 2)
        client.send(wire::bytes(1));
      if (i % 5 > 3)
        ::shutdown(client.socket(), i % 2 == 0 ? SHUT_RD : SHUT_WR);
    }
    return 0;
  });
}

TEST_CASE("a node without a descriptor left goes on, and recovers",
          "[hostile][socket]") {
  // Its own, three regions' and some forty more.
  const stage at{{R"("attach": {"sessions_max": 1024,
                   "sessions_per_uid_max": 1024, "pending_max": 1024},)",
                  80}};
  canary canary{at};
  const toll node{at};
  shared<std::atomic<int>> admitted;

  const auto socket = at.socket();
  {
    const child crowd{[&] {
      become(attacker_user);
      std::vector<raw_client> kept;
      for (int i = 0; i < 300; ++i) {
        raw_client client{socket};
        if (!client.connected() || !client.hello("alpha"))
          continue;
        ++*admitted;
        kept.push_back(std::move(client));
      }
      *admitted += 1000; // all were tried
      ::pause();
    }};
    CHECK(eventually([&] { return *admitted >= 1000; }, 30s));
    CHECK(*admitted < 1080);
    canary.expect_values_unharmed();
  }

  std::printf("without descriptors: %d clients were in\n", *admitted - 1000);
  node.expect_bounded("descriptors used up");
  CHECK(at.attack(attacker_user, [&] {
    raw_client client{socket};
    return client.hello("alpha") && client.attach("open", "read").size() == 2
             ? 0
             : 1;
  }) == 0);
}
