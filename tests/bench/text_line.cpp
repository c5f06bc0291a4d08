#include "tests/bench/text_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

namespace holdfast::bench {

namespace {

bool await(int socket, short event,
           std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
    until - std::chrono::steady_clock::now());
  pollfd waiting{socket, event, 0};
  return left.count() > 0
         && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
}

} // namespace

text_line::text_line(std::uint16_t port)
  : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address)
      != 0)
    throw std::runtime_error{"nobody listens on port " + std::to_string(port)};
  const int yes = 1;
  ::setsockopt(socket(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool text_line::send(std::string_view text) {
  using namespace std::chrono_literals;
  while (!text.empty()) {
    const auto count
      = ::send(socket(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EAGAIN) {
      // Whoever answers may wait for us to read.
      if (!receive()
          || !await(socket(), POLLIN | POLLOUT,
                    std::chrono::steady_clock::now() + 10s))
        return false;
    } else if (errno != EINTR)
      return false;
  }
  return true;
}

bool text_line::receive() {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count
      = ::recv(socket(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0)
      return errno == EAGAIN || errno == EINTR;
    if (count == 0)
      return false;
    text_.append(buffer.data(), static_cast<std::size_t>(count));
    if (static_cast<std::size_t>(count) < buffer.size())
      return true;
  }
}

bool text_line::wait_and_receive(std::chrono::steady_clock::time_point until) {
  return await(socket(), POLLIN, until) && receive();
}

void text_line::drop(std::size_t count) {
  taken_ += count;
  if (taken_ == text_.size()) {
    text_.clear();
    taken_ = 0;
  }
}

} // namespace holdfast::bench
