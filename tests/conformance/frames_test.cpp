// The bytes on the socket, right and wrong.
#include "tests/conformance/conformance_node.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstring>

using namespace holdfast;
using shm::errc;
using test::bytes_of_hex;
using test::conformance_node;
using test::raw_client;
using test::request_packet;

TEST_CASE("version is answered byte by byte", "[conformance][frames]") {
  const conformance_node node;
  const auto client = node.client();

  // "HFP1", version 1, kind 1, id 0x1122334455667788, 11 bytes.
  client.send(bytes_of_hex("48 46 50 31  01 00  01 00  88 77 66 55 44 33 22 11"
                           "0b 00 00 00  00 00  00 00"
                           "07 00 76 65 72 73 69 6f 6e  00 00"));
  const auto heard = client.receive();

  REQUIRE(heard);
  const auto& bytes = heard->bytes;
  REQUIRE(bytes.size() > 26);
  const wire::bytes head{bytes.begin(), bytes.begin() + 16};
  CHECK(head
        == bytes_of_hex("48 46 50 31  01 00  02 00  88 77 66 55 44 33 22 11"));
  std::uint32_t body = 0;
  std::memcpy(&body, bytes.data() + 16, sizeof(body));
  CHECK(body == bytes.size() - 24);
  const wire::bytes tail{bytes.begin() + 20, bytes.begin() + 26};
  CHECK(tail == bytes_of_hex("00 00  00 00  03 00"));
  // protocol, u64, 1
  const auto protocol = bytes_of_hex(
    "08 00 70 72 6f 74 6f 63 6f 6c  03  01 00 00 00 00 00 00 00");
  CHECK(
    std::search(bytes.begin(), bytes.end(), protocol.begin(), protocol.end())
    != bytes.end());
}

TEST_CASE("a frame that cannot be read is answered with id 0, and the end",
          "[conformance][frames]") {
  const conformance_node node;
  auto packet = request_packet(9, "status");
  const auto [at, to]
    = GENERATE(table<std::size_t, int>({{0, 0},     // magic
                                        {4, 2},     // version
                                        {6, 9},     // kind
                                        {16, 0},    // body bytes
                                        {20, 1},    // descriptors
                                        {22, 1},    // zero
                                        {24, 99},   // length of the command
                                        {26, 0xff}, // UTF-8
                                        {32, 1}}));
  packet[at] = static_cast<std::byte>(to);
  const auto client = node.client();

  client.send(packet);

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::protocol);
  CHECK(end.id == 0);
  CHECK_THAT(end.reason, Catch::StartsWith("protocol: "));
}

TEST_CASE("a packet cut short is refused at every length",
          "[conformance][frames]") {
  const conformance_node node;
  const auto whole = request_packet(9, "status");

  // One byte is a doorbell, none is hanging up.
  for (std::size_t kept = 2; kept < whole.size(); ++kept) {
    INFO("kept " << kept);
    const auto client = node.client();
    client.send({whole.begin(), whole.begin() + static_cast<long>(kept)});
    CHECK(client.wait_for_end().code == errc::protocol);
  }
}

TEST_CASE("a request of 64 KiB is heard, and one byte more is the end",
          "[conformance][frames]") {
  const conformance_node node;
  auto client = node.client();
  const auto overhead = request_packet(1, "status", {{"x", std::string{}}});
  const std::string filling(wire::frame_bytes_max - overhead.size(), 'x');

  CHECK(client.ask("status", {{"x", filling}}).code() == errc::bad_argument);

  auto packet = request_packet(2, "status", {{"x", filling}});
  REQUIRE(packet.size() == wire::frame_bytes_max);
  packet.push_back(std::byte{'x'});
  client.send(packet);
  CHECK(client.wait_for_end().code == errc::ok);
}

TEST_CASE("a client that sends descriptors is cut off",
          "[conformance][frames]") {
  const conformance_node node;
  const auto client = node.client();

  client.send(request_packet(2, "status"), {0});

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::ok);
  CHECK(node.client().ask("status").code() == errc::ok);
}

TEST_CASE("a client sends requests and nothing else", "[conformance][frames]") {
  const conformance_node node;
  const auto client = node.client();
  const auto kind = GENERATE(wire::frame_kind::reply, wire::frame_kind::failure,
                             wire::frame_kind::notice);
  const auto packet = wire::encode({kind, 0, 0, "", {}});

  client.send(packet.assume_value());

  const auto end = client.wait_for_end();
  CHECK(end.code == errc::protocol);
  CHECK_THAT(end.detail, Catch::Contains("sends requests only"));
}

TEST_CASE("requests sent at once are answered in their order",
          "[conformance][frames]") {
  const conformance_node node;
  const auto client = node.client();

  for (std::uint64_t id = 100; id < 130; ++id)
    client.send(request_packet(id, id % 2 == 0 ? "status" : "nonsense"));

  for (std::uint64_t id = 100; id < 130; ++id) {
    const auto heard = client.receive();
    REQUIRE(heard);
    CHECK(heard->frame().request_id == id);
    CHECK(heard->code() == (id % 2 == 0 ? errc::ok : errc::no_such_command));
  }
}

TEST_CASE("any id is repeated, also one used before", "[conformance][frames]") {
  const conformance_node node;
  const auto client = node.client();

  for (const std::uint64_t id : {~0ULL, 0ULL, 7ULL, 7ULL}) {
    client.send(request_packet(id, "time"));
    const auto heard = client.receive();
    REQUIRE(heard);
    CHECK(heard->frame().request_id == id);
  }
}

TEST_CASE("a doorbell gets no answer and needs a hello",
          "[conformance][frames]") {
  // Longer than this test waits: the deadline is not what ends the line.
  const conformance_node node{R"("hello_deadline": "1min")"};
  auto client = node.client();
  client.send({std::byte{0xff}});
  client.send({std::byte{0}});
  CHECK(client.ask("status").code() == errc::ok);

  const raw_client stranger{node.node.socket()};
  stranger.send({std::byte{0}});
  CHECK(stranger.wait_for_end().code == errc::ok);
}

TEST_CASE("noise of every length ends only the line it came on",
          "[conformance][frames]") {
  const conformance_node node;
  auto neighbour = node.client();

  for (const std::size_t length : {2U, 23U, 24U, 25U, 1000U, 65536U}) {
    const auto client = node.client();
    client.send(wire::bytes(length, std::byte{0xa5}));
    CHECK(client.wait_for_end().code == errc::protocol);
  }

  CHECK(neighbour.ask("status").code() == errc::ok);
}
