#include "runtime/systemd.hpp"

#include "shm/descriptor.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace holdfast::runtime {

void notify_service(std::string_view state) noexcept {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@'))
    return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto length = std::strlen(path);
  if (length >= sizeof(address.sun_path))
    return;
  std::memcpy(address.sun_path, path, length);
  // An abstract name starts with a zero byte, which an environment variable
  // cannot hold.
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  const shm::descriptor socket{
    ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket)
    return;
  const auto size
    = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  (void)::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), size);
}

} // namespace holdfast::runtime
