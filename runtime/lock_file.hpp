// A file that one process at a time may hold. The kernel lets go when the
// holder dies, so a killed node leaves nothing that stops the next one.
#pragma once

#include "shm/descriptor.hpp"
#include "shm/error.hpp"

#include <string>

namespace holdfast::runtime {

class lock_file {
public:
  /// Errors: exists, naming the holder's process; system.
  static shm::result<lock_file> take(const std::string& path);

private:
  explicit lock_file(shm::descriptor fd) noexcept : fd_{std::move(fd)} {
    // nop
  }

  shm::descriptor fd_;
};

} // namespace holdfast::runtime
