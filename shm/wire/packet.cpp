#include "shm/wire/packet.hpp"

#include "shm/wire/frame.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace holdfast::wire {

namespace {

using shm::errc;

// Room for the control message of descriptors_max descriptors.
struct ancillary {
  alignas(cmsghdr)
    std::array<char, CMSG_SPACE(sizeof(int) * descriptors_max)> bytes{};
};

bool is_end(int code) noexcept {
  return code == EPIPE || code == ECONNRESET || code == ENOTCONN;
}

void attach_descriptors(msghdr& message, ancillary& room,
                        std::span<const int> descriptors) noexcept {
  if (descriptors.empty())
    return;
  message.msg_control = room.bytes.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
}

// Owns every descriptor that came, whether or not it was wanted.
std::vector<shm::descriptor> take_descriptors(msghdr& message) {
  std::vector<shm::descriptor> taken;
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
      continue;
    const auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      taken.emplace_back(fd);
    }
  }
  return taken;
}

// A reset is reported once, before packets that are still waiting: those are
// the last words of the other side.
ssize_t receive(int socket, msghdr& message, patience wait) noexcept {
  const int how = wait == patience::none ? MSG_DONTWAIT : 0;
  const auto room = message.msg_controllen;
  ssize_t count = 0;
  bool was_reset = false;
  do {
    message.msg_controllen = room;
    was_reset = was_reset || (count < 0 && errno == ECONNRESET);
    count = ::recvmsg(socket, &message, how | MSG_CMSG_CLOEXEC | MSG_TRUNC);
  } while (count < 0
           && ((errno == EINTR && wait == patience::none)
               || (errno == ECONNRESET && !was_reset)));
  return count;
}

} // namespace

shm::result<transfer> send_packet(int socket, std::span<const std::byte> packet,
                                  std::span<const int> descriptors) {
  if (descriptors.size() > descriptors_max)
    return shm::failed(errc::bad_argument, std::to_string(descriptors.size())
                                             + " descriptors with one packet");
  iovec part{const_cast<std::byte*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ancillary room;
  attach_descriptors(message, room, descriptors);
  ssize_t sent = 0;
  do
    sent = ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    return transfer::done;
  if (errno == EAGAIN)
    return transfer::would_block;
  if (is_end(errno))
    return transfer::hung_up;
  return shm::system_failure("sendmsg");
}

shm::result<received_packet>
receive_packet(int socket, std::size_t descriptors_room, patience wait) {
  std::array<std::byte, frame_bytes_max> buffer;
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ancillary room;
  if (descriptors_room > 0) {
    message.msg_control = room.bytes.data();
    message.msg_controllen
      = CMSG_SPACE(sizeof(int) * std::min(descriptors_room, descriptors_max));
  }
  received_packet out;
  const auto count = receive(socket, message, wait);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    out.outcome = transfer::would_block;
    return out;
  }
  if (count < 0 && !is_end(errno))
    return shm::system_failure("recvmsg");
  if (count <= 0)
    return out;
  out.descriptors = take_descriptors(message);
  if ((message.msg_flags & MSG_TRUNC) != 0)
    return shm::failed(errc::protocol, "a packet of " + std::to_string(count)
                                         + " bytes, at most "
                                         + std::to_string(frame_bytes_max));
  if ((message.msg_flags & MSG_CTRUNC) != 0
      || out.descriptors.size() > descriptors_room)
    return shm::failed(errc::protocol,
                       "a packet with more descriptors than the "
                         + std::to_string(descriptors_room) + " expected");
  out.outcome = transfer::done;
  out.bytes.assign(buffer.data(), buffer.data() + count);
  return out;
}

} // namespace holdfast::wire
