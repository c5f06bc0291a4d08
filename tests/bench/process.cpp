#include "tests/bench/process.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace holdfast::bench {

shared_bytes::shared_bytes(std::size_t bytes) : bytes_{bytes} {
  const int fd = ::memfd_create("holdfast-bench", MFD_CLOEXEC);
  if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(bytes)) != 0)
    give_up("no shared memory");
  address_ = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (address_ == MAP_FAILED)
    give_up("cannot map shared memory");
  std::memset(address_, 0, bytes);
}

shared_bytes::~shared_bytes() {
  ::munmap(address_, bytes_);
}

child::child(int cpu, const std::function<void()>& body) {
  const auto parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0)
    give_up("fork");
  if (id_ > 0)
    return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(0);
  pin_to(cpu);
  body();
  ::_exit(0);
}

child::~child() {
  if (id_ < 0)
    return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

bool find_node() {
  const auto folder
    = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  ::setenv("HOLDFAST_BIN_DIR", folder.c_str(), 0);
  return std::filesystem::exists(std::string{std::getenv("HOLDFAST_BIN_DIR")}
                                 + "/holdfast-node");
}

} // namespace holdfast::bench
