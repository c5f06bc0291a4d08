// What a session knows of the door that a client came through.
//
// Doors are in runtime/ (a Unix socket, later WebSocket); nothing here knows a
// socket.
#pragma once

#include "shm/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::actors {

/// Who the kernel says is at the other end.
struct peer_credentials {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
};

/// One client's line. Any thread may call it; nothing here blocks.
///
/// The door delivers one packet and then no other until the session calls
/// next(): so a client's requests wait in its own socket, not in our memory.
class session_line {
public:
  virtual ~session_line() = default;

  /// Sends a packet, and descriptors with it. A client that does not read is
  /// cut off when its bounded queue is full.
  virtual void send(std::vector<std::byte> packet,
                    std::vector<shm::shared_descriptor> descriptors)
    = 0;

  /// The client is known: the deadline and the bound for strangers end.
  virtual void admitted() = 0;

  /// The last packet was answered; the next may come.
  virtual void next() = 0;

  /// Ends the line after what was sent before.
  virtual void close() = 0;
};

} // namespace holdfast::actors
