// The listening socket of the attach endpoint: its path, directory and lock.
#pragma once

#include "runtime/lock_file.hpp"

#include <string>

namespace holdfast::runtime {

/// Listens on a path while it lives; removes the socket when it ends.
///
/// The gate is the directory: made 0710, so only its owner and its group reach
/// the socket, whose own mode lets all of them connect. Who they are is asked
/// of the kernel at each connection.
class attach_socket {
public:
  /// Replaces a socket that a killed node left behind. Errors: exists when a
  /// living node listens there or the path is something else; system.
  static shm::result<attach_socket> open(const std::string& path);

  attach_socket(attach_socket&&) noexcept = default;
  attach_socket& operator=(attach_socket&&) = delete;

  ~attach_socket();

  int get() const noexcept {
    return fd_.get();
  }

  /// True if open() made the directory.
  bool made_directory() const noexcept {
    return made_directory_;
  }

private:
  attach_socket(std::string path, lock_file lock, shm::descriptor fd,
                bool made_directory);

  std::string path_;
  lock_file lock_;
  shm::descriptor fd_;
  bool made_directory_;
};

} // namespace holdfast::runtime
