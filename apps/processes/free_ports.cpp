#include "apps/processes/free_ports.hpp"

#include "shm/descriptor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

namespace holdfast::processes {

namespace {

// Kept open by the caller for so long as the next one is to be another.
shm::descriptor bind_any(std::uint16_t& port) {
  shm::descriptor made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  if (::bind(made.get(), place, length) != 0
      || ::getsockname(made.get(), place, &length) != 0)
    throw std::runtime_error{"no port of 127.0.0.1 is free"};
  port = ntohs(address.sin_port);
  return made;
}

} // namespace

std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<std::uint16_t> ports(count);
  std::vector<shm::descriptor> held;
  for (auto& port : ports)
    held.push_back(bind_any(port));
  return ports;
}

} // namespace holdfast::processes
