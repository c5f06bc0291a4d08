// An owned file descriptor.
#pragma once

#include <unistd.h>

#include <memory>
#include <utility>

namespace holdfast::shm {

/// Owns one descriptor and closes it. Movable; not thread-safe.
class descriptor {
public:
  descriptor() = default;

  explicit descriptor(int fd) noexcept : fd_{fd} {
    // nop
  }

  descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {
    // nop
  }

  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const noexcept {
    return fd_;
  }

  int release() noexcept {
    return std::exchange(fd_, -1);
  }

  explicit operator bool() const noexcept {
    return fd_ >= 0;
  }

private:
  int fd_ = -1;
};

/// One that several hold; the last closes it.
using shared_descriptor = std::shared_ptr<const descriptor>;

} // namespace holdfast::shm
