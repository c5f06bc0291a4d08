// The node's own directory: for its eyes only, and for one node at a time.
#pragma once

#include "runtime/lock_file.hpp"

#include <string>

namespace holdfast::runtime {

class data_directory {
public:
  /// Makes it (mode 0700) if need be and takes its lock. Errors: exists when
  /// another node has it; refused when others may read it; system.
  static shm::result<data_directory> open(const std::string& path);

private:
  explicit data_directory(lock_file lock) noexcept : lock_{std::move(lock)} {
    // nop
  }

  lock_file lock_;
};

/// Where an absolute path leads before its last slash.
std::string directory_of(const std::string& path);

/// Makes a directory and those above it. The last gets the mode, whatever the
/// umask, and is never open to more; those that exist stay as they are. True
/// if the last was made.
shm::result<bool> make_directories(std::string path, unsigned mode);

/// Errors: refused when it is another user's or others may look into it.
shm::result<void> check_private(const std::string& path);

} // namespace holdfast::runtime
