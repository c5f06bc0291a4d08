// Packets on a Unix socket, with the descriptors that travel beside them.
//
// Both ends use this: a packet is sent whole or not at all. Nothing here waits
// unless it is told to.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace holdfast::wire {

/// Most descriptors that ever travel with one packet: a region's two objects.
inline constexpr std::size_t descriptors_max = 2;

enum class transfer : std::uint8_t {
  done,
  would_block, ///< nothing to read, or no room to write: poll and try again
  hung_up      ///< the other side has closed
};

/// Sends one packet and the descriptors with it; the caller keeps them open.
/// Errors: system; bad_argument beyond descriptors_max.
shm::result<transfer> send_packet(int socket, std::span<const std::byte> packet,
                                  std::span<const int> descriptors = {});

struct received_packet {
  transfer outcome = transfer::hung_up;
  std::vector<std::byte> bytes;             // of a packet that came
  std::vector<shm::descriptor> descriptors; // closed on exec
};

enum class patience : std::uint8_t {
  none,
  of_socket ///< as long as the socket's SO_RCVTIMEO, or until a signal
};

/// Takes one packet and at most `descriptors_room` descriptors; whatever else
/// came is closed. An empty packet counts as hanging up. Errors: protocol for
/// a packet above frame_bytes_max or with more descriptors than there is room
/// for, system. Only `protocol` leaves the socket usable.
shm::result<received_packet> receive_packet(int socket,
                                            std::size_t descriptors_room,
                                            patience wait = patience::none);

} // namespace holdfast::wire
