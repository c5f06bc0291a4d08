#include "runtime/attach_socket.hpp"

#include "runtime/data_directory.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace holdfast::runtime {

namespace {

/// Connections that wait to be accepted; the loop takes them in batches.
constexpr int backlog = 128;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

shm::result<shm::descriptor> make_socket() {
  shm::descriptor fd{
    ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!fd)
    return shm::system_failure("socket");
  return fd;
}

/// Removes a socket that nobody listens on. Our lock is held, so no node of
/// ours can come in between.
shm::result<void> clear(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return errno == ENOENT ? shm::result<void>{boost::outcome_v2::success()}
                           : shm::system_failure("stat " + path);
  if (!S_ISSOCK(found.st_mode))
    return shm::failed(shm::errc::exists, path + " is not a socket");
  auto probe = make_socket();
  if (!probe)
    return std::move(probe).assume_error();
  const auto address = address_of(path);
  const int connected
    = ::connect(probe.assume_value().get(),
                reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  if (connected == 0 || errno == EAGAIN)
    return shm::failed(shm::errc::exists, "somebody listens on " + path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return shm::system_failure("remove " + path);
  return boost::outcome_v2::success();
}

shm::result<void> listen_on(int fd, const std::string& path) {
  const auto address = address_of(path);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address))
      != 0)
    return shm::system_failure("bind " + path);
  // See the header: the directory is the gate.
  if (::chmod(path.c_str(), 0666) != 0)
    return shm::system_failure("chmod " + path);
  if (::listen(fd, backlog) != 0)
    return shm::system_failure("listen on " + path);
  return boost::outcome_v2::success();
}

} // namespace

shm::result<attach_socket> attach_socket::open(const std::string& path) {
  auto made = make_directories(directory_of(path), 0710);
  if (!made)
    return std::move(made).assume_error();
  auto lock = lock_file::take(path + ".lock");
  if (!lock)
    return std::move(lock).assume_error();
  if (auto cleared = clear(path); !cleared)
    return std::move(cleared).assume_error();
  auto fd = make_socket();
  if (!fd)
    return std::move(fd).assume_error();
  if (auto listening = listen_on(fd.assume_value().get(), path); !listening)
    return std::move(listening).assume_error();
  return attach_socket{path, std::move(lock).assume_value(),
                       std::move(fd).assume_value(), made.assume_value()};
}

attach_socket::attach_socket(std::string path, lock_file lock,
                             shm::descriptor fd, bool made_directory)
  : path_{std::move(path)},
    lock_{std::move(lock)},
    fd_{std::move(fd)},
    made_directory_{made_directory} {
  // nop
}

attach_socket::~attach_socket() {
  if (fd_)
    ::unlink(path_.c_str());
}

} // namespace holdfast::runtime
