#include "runtime/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace holdfast::runtime {

namespace {

/// What the holder wrote; text of ours, but a file is never trusted.
std::string holder_in(int fd) {
  std::array<char, 16> text{};
  const auto length = ::pread(fd, text.data(), text.size(), 0);
  long pid = 0;
  if (length > 0)
    std::from_chars(text.data(), text.data() + length, pid);
  return pid > 0 ? "process " + std::to_string(pid) : "another process";
}

} // namespace

shm::result<lock_file> lock_file::take(const std::string& path) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  shm::descriptor fd{::open(path.c_str(), flags, 0600)};
  if (!fd)
    return shm::system_failure("open " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return shm::system_failure("lock " + path);
    return shm::failed(shm::errc::exists,
                       holder_in(fd.get()) + " holds " + path);
  }
  const auto pid = std::to_string(::getpid()) + '\n';
  if (::ftruncate(fd.get(), 0) != 0
      || ::pwrite(fd.get(), pid.data(), pid.size(), 0)
           != static_cast<ssize_t>(pid.size()))
    return shm::system_failure("write " + path);
  return lock_file{std::move(fd)};
}

} // namespace holdfast::runtime
