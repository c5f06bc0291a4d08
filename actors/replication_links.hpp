// The connections on which the holders of regions speak to each other, as
// actors see them: one to each node whose peer is linked.
#pragma once

#include "actors/peer_messages.hpp"
#include "actors/region_messages.hpp"

namespace holdfast::actors {

/// Any thread may call it.
class replication_links {
public:
  virtual ~replication_links() = default;

  /// The two nodes know each other by that link from now on. Another one than
  /// before ends the connection, and what was to go by it is lost.
  virtual void follow(const replication_place& to) = 0;

  /// The connection ends, and what was to go by it is lost.
  virtual void forget(std::uint64_t node) = 0;

  /// What one actor sends arrives in order. Lost when the node is not followed
  /// or too much waits for it. To one that is followed it goes once there is a
  /// connection.
  virtual void send(std::uint64_t to, region_packet packet) = 0;
};

} // namespace holdfast::actors
