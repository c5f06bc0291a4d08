#include "runtime/replication/frame.hpp"
#include "tests/support/catch.hpp"

using namespace holdfast;
using namespace holdfast::runtime;

namespace {

region_packet some_packet() {
  region_packet made;
  made.region = 77;
  made.number = 9;
  made.subject = packet_subject::comparison;
  made.part = 2;
  made.parts = 3;
  made.checksum = 0x0123456789abcdef;
  made.content = {'a', 'b', 'c'};
  return made;
}

} // namespace

TEST_CASE("a packet's head says all but its content and its sender",
          "[runtime][replication]") {
  auto sent = some_packet();

  const auto found = unpack_head(pack_head(sent), 3);

  REQUIRE(found);
  CHECK(found->content_bytes == 3);
  sent.content.clear();
  CHECK(found->packet == sent);
}

TEST_CASE("a head that makes no sense is none", "[runtime][replication]") {
  const auto refuses = [](const region_packet& packet, std::size_t most) {
    return !unpack_head(pack_head(packet), most);
  };
  const auto sound = some_packet();
  CHECK_FALSE(refuses(sound, 3));

  CHECK(refuses(sound, 2)); // longer than that
  auto packet = sound;
  packet.part = 3;
  CHECK(refuses(packet, 3));
  packet = sound;
  packet.subject = packet_subject{7};
  CHECK(refuses(packet, 3));
  const auto head = pack_head(sound);
  CHECK_FALSE(unpack_head({head.data(), head.size() - 1}, 3));
}

TEST_CASE("an opening names the caller and its link",
          "[runtime][replication]") {
  const replication_opening said{2, {3, 4}};

  CHECK(unpack_opening(pack_opening(said)) == said);

  for (const std::size_t at : {0, 8, 12}) { // magic, version, zero
    auto other = pack_opening(said);
    ++other[at];
    CHECK_FALSE(unpack_opening(other));
  }
  CHECK_FALSE(unpack_opening(pack_opening({0, {3, 4}})));
  CHECK_FALSE(unpack_opening(pack_opening({2, {}})));
  CHECK_FALSE(unpack_opening(pack_head(some_packet())));
}
