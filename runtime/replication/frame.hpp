// How the parts of messages between holders of regions stand on a connection of
// their own: a head of fixed length and the content. docs/replication.md has
// every byte. Knows no socket.
#pragma once

#include "actors/region_messages.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace holdfast::runtime {

inline constexpr std::size_t replication_head_bytes = 40;
inline constexpr std::uint32_t replication_version = 1;

using replication_head = std::array<char, replication_head_bytes>;

/// The first thing that the caller says: who it is, and by which link of the
/// two peers it is known. Nobody else knows that number.
struct replication_opening {
  std::uint64_t node = 0;
  rules::wide_id link;

  bool operator==(const replication_opening&) const = default;
};

replication_head pack_opening(const replication_opening& said);

/// Nothing: it is no opening, or of another version.
std::optional<replication_opening> unpack_opening(const replication_head& head);

/// The head of a packet; its content follows.
replication_head pack_head(const region_packet& packet);

/// A packet without its content, and how long that is.
struct packet_start {
  region_packet packet;
  std::size_t content_bytes = 0;
};

/// Nothing if it makes no sense, or its content is longer than that. The node
/// and its incarnation are for the caller to fill in.
std::optional<packet_start> unpack_head(std::span<const char> head,
                                        std::size_t content_bytes_max);

} // namespace holdfast::runtime
