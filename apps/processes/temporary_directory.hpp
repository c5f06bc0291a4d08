// A directory that goes with its owner.
#pragma once

#include <string>

namespace holdfast::processes {

/// Others may pass through it (0711), so that clients of other users reach a
/// node's socket in it.
class temporary_directory {
public:
  /// Throws std::runtime_error.
  temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory();

  const std::string& path() const noexcept {
    return path_;
  }

  /// It stays when its owner goes.
  void keep() noexcept {
    kept_ = true;
  }

private:
  std::string path_;
  bool kept_ = false;
};

} // namespace holdfast::processes
