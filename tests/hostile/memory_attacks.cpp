#include "tests/hostile/memory_attacks.hpp"

#include "shm/descriptor.hpp"

#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>

namespace holdfast::test {

namespace {

using shm::descriptor;

constexpr std::size_t page = 4096;
// Bytes of the last page, in which the tests keep nothing.
constexpr std::uint64_t spare = 64;

// A mapping that ends with the block.
class mapping {
public:
  mapping(int fd, int protection)
    : address_{::mmap(nullptr, page, protection, MAP_SHARED, fd, 0)} {
    // nop
  }

  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;

  ~mapping() {
    if (*this)
      ::munmap(address_, page);
  }

  explicit operator bool() const noexcept {
    return address_ != MAP_FAILED;
  }

  void* get() const noexcept {
    return address_;
  }

private:
  void* address_;
};

std::string path_of(int fd) {
  return "/proc/self/fd/" + std::to_string(fd);
}

descriptor reopened(int fd) {
  return descriptor{::open(path_of(fd).c_str(), O_RDWR | O_CLOEXEC)};
}

bool maps_writable(int fd) {
  return static_cast<bool>(mapping{fd, PROT_READ | PROT_WRITE});
}

bool raises_protection(int fd) {
  const mapping read{fd, PROT_READ};
  return read && ::mprotect(read.get(), page, PROT_READ | PROT_WRITE) == 0;
}

bool reopens_and_maps(int fd) {
  const auto again = reopened(fd);
  return again && maps_writable(again.get());
}

bool changes_mode(int fd) {
  return ::fchmod(fd, 0666) == 0;
}

// The best descriptor that a process gets by itself.
template <class Attack>
bool with_best(int fd, Attack attack) {
  const auto again = reopened(fd);
  return (again && attack(again.get())) || attack(fd);
}

bool shrinks(int fd) {
  return with_best(fd, [](int best) { return ::ftruncate(best, 0) == 0; });
}

bool grows(int fd) {
  struct stat now {};
  ::fstat(fd, &now);
  return with_best(fd, [&now](int best) {
    return ::ftruncate(best, now.st_size + static_cast<off_t>(page)) == 0;
  });
}

bool punches_holes(int fd) {
  struct stat now {};
  ::fstat(fd, &now);
  return with_best(fd, [&now](int best) {
    return ::fallocate(best, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                       now.st_size - static_cast<off_t>(page), page)
           == 0;
  });
}

bool writes_at(int fd) {
  struct stat now {};
  ::fstat(fd, &now);
  return with_best(fd, [&now](int best) {
    return ::pwrite(best, "x", 1, now.st_size - static_cast<off_t>(spare)) == 1;
  });
}

bool adds_seals(int fd) {
  return with_best(fd, [](int best) {
    return ::fcntl(best, F_ADD_SEALS, F_SEAL_GROW) == 0
           || ::fcntl(best, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == 0;
  });
}

bool writes_through_proc(int fd) {
  const mapping read{fd, PROT_READ};
  const descriptor memory{::open("/proc/self/mem", O_RDWR | O_CLOEXEC)};
  const auto at = static_cast<off_t>(
    reinterpret_cast<std::uintptr_t>(read.get()) + page - spare);
  return read && memory && ::pwrite(memory.get(), "x", 1, at) == 1;
}

bool opens_descriptors_of(pid_t node) {
  for (int fd = 0; fd < 64; ++fd) {
    const auto path
      = "/proc/" + std::to_string(node) + "/fd/" + std::to_string(fd);
    if (const descriptor got{::open(path.c_str(), O_RDONLY | O_NONBLOCK)})
      return true;
  }
  return false;
}

bool opens_memory_of(pid_t node) {
  const auto path = "/proc/" + std::to_string(node) + "/mem";
  return static_cast<bool>(descriptor{::open(path.c_str(), O_RDONLY)});
}

bool takes_descriptors_of(pid_t node) {
  const descriptor handle{static_cast<int>(::syscall(SYS_pidfd_open, node, 0))};
  for (int fd = 0; handle && fd < 64; ++fd)
    if (const descriptor got{
          static_cast<int>(::syscall(SYS_pidfd_getfd, handle.get(), fd, 0))})
      return true;
  return false;
}

bool traces(pid_t node) {
  if (::ptrace(PTRACE_SEIZE, node, nullptr, nullptr) != 0)
    return false;
  ::ptrace(PTRACE_DETACH, node, nullptr, nullptr);
  return true;
}

} // namespace

const std::array<memory_attack, 10> memory_attacks{{
  {"map writable", maps_writable},
  {"mprotect up", raises_protection},
  {"reopen, map", reopens_and_maps},
  {"fchmod", changes_mode},
  {"shrink", shrinks},
  {"grow", grows},
  {"punch hole", punches_holes},
  {"pwrite", writes_at},
  {"add seals", adds_seals},
  {"/proc/self/mem", writes_through_proc},
}};

const std::array<process_attack, 4> process_attacks{{
  {"open /proc/NODE/fd", opens_descriptors_of},
  {"open /proc/NODE/mem", opens_memory_of},
  {"pidfd_getfd", takes_descriptors_of},
  {"ptrace", traces},
}};

} // namespace holdfast::test
