// A client of the attach socket that follows no protocol.
#pragma once

#include "config/defaults.hpp"
#include "shm/descriptor.hpp"
#include "tests/support/catch.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

/// A client's socket, as raw as an attacker's.
class raw_client {
public:
  raw_client()
    : fd_{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
    REQUIRE(fd_);
  }

  bool connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address),
                     sizeof(address))
           == 0;
  }

  bool send(std::size_t bytes) {
    const std::vector<char> packet(bytes, 'x');
    return ::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL)
           == static_cast<ssize_t>(bytes);
  }

  bool send_descriptor() {
    char byte[2] = {};
    iovec part{byte, 2};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    auto* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = fd_.get();
    std::memcpy(CMSG_DATA(head), &fd, sizeof(fd));
    return ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL) == 2;
  }

  /// Bytes of the next packet after that which says that it was accepted, 0
  /// after a hang-up, nothing while there is none.
  std::optional<std::size_t> receive() {
    auto length = receive_any();
    while (length && last.find("accepted") != std::string::npos)
      length = receive_any();
    return length;
  }

  /// The same, whatever it says.
  std::optional<std::size_t> receive_any() {
    std::vector<char> packet(config::frame_bytes_max);
    const auto length = ::recv(fd_.get(), packet.data(), packet.size(), 0);
    if (length < 0)
      return std::nullopt;
    last.assign(packet.data(), packet.data() + length);
    return static_cast<std::size_t>(length);
  }

  void close() {
    fd_ = {};
  }

  std::string last;

private:
  shm::descriptor fd_;
};

} // namespace holdfast::test
