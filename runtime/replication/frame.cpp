#include "runtime/replication/frame.hpp"

#include <bit>
#include <cstring>

namespace holdfast::runtime {

namespace {

/// "HFREPLIC" as bytes in memory.
constexpr std::uint64_t opening_magic = 0x43494c5045524648;

struct opening_bytes {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t zero;
  std::uint64_t node;
  std::uint64_t link_high;
  std::uint64_t link_low;
};

struct packet_bytes {
  std::uint32_t content_bytes;
  std::uint32_t subject;
  std::uint32_t part;
  std::uint32_t parts;
  std::uint64_t region;
  std::uint64_t number;
  std::uint64_t checksum;
};

// Little-endian, and nothing between the fields.
static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(opening_bytes) == replication_head_bytes);
static_assert(sizeof(packet_bytes) == replication_head_bytes);

template <class Bytes>
replication_head head_of(const Bytes& bytes) {
  return std::bit_cast<replication_head>(bytes);
}

bool is_subject(std::uint32_t number) {
  return number == static_cast<std::uint32_t>(packet_subject::rule)
         || number == static_cast<std::uint32_t>(packet_subject::comparison);
}

} // namespace

replication_head pack_opening(const replication_opening& said) {
  return head_of(opening_bytes{opening_magic, replication_version, 0, said.node,
                               said.link.high, said.link.low});
}

std::optional<replication_opening>
unpack_opening(const replication_head& head) {
  const auto bytes = std::bit_cast<opening_bytes>(head);
  const rules::wide_id link{bytes.link_high, bytes.link_low};
  if (bytes.magic != opening_magic || bytes.version != replication_version
      || bytes.zero != 0 || bytes.node == 0 || !link)
    return std::nullopt;
  return replication_opening{bytes.node, link};
}

replication_head pack_head(const region_packet& packet) {
  return head_of(packet_bytes{static_cast<std::uint32_t>(packet.content.size()),
                              static_cast<std::uint32_t>(packet.subject),
                              packet.part, packet.parts, packet.region,
                              packet.number, packet.checksum});
}

std::optional<packet_start> unpack_head(std::span<const char> head,
                                        std::size_t content_bytes_max) {
  packet_bytes bytes{};
  if (head.size() != sizeof(bytes))
    return std::nullopt;
  std::memcpy(&bytes, head.data(), sizeof(bytes));
  if (bytes.content_bytes > content_bytes_max || !is_subject(bytes.subject)
      || bytes.part >= bytes.parts)
    return std::nullopt;
  packet_start made;
  made.content_bytes = bytes.content_bytes;
  made.packet.subject = static_cast<packet_subject>(bytes.subject);
  made.packet.part = bytes.part;
  made.packet.parts = bytes.parts;
  made.packet.region = bytes.region;
  made.packet.number = bytes.number;
  made.packet.checksum = bytes.checksum;
  return made;
}

} // namespace holdfast::runtime
