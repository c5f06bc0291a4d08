// A layer below SQLite that fails at the n-th call, and counts what is written
// after it failed.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::test {

enum class failing_call { none, write, sync, full };

class failing_vfs {
public:
  /// Registers it under its name; one at a time.
  failing_vfs();
  ~failing_vfs();

  failing_vfs(const failing_vfs&) = delete;
  failing_vfs& operator=(const failing_vfs&) = delete;

  static std::string name();

  /// The n-th such call from here on fails, counted from 1. A write that fails
  /// has written half; `full` is a write without room.
  static void fail_at(failing_call call, std::uint64_t n);

  static bool has_failed();

  /// Calls that would have changed a file, once one had failed.
  static std::uint64_t changes_after_failure();
};

} // namespace holdfast::test
