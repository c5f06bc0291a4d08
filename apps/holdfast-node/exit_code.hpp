// How holdfast-node ends; docs/operations.md explains each.
#pragma once

namespace holdfast {

enum class exit_code : int {
  ok = 0,
  usage = 2,
  config_invalid = 10,
  another_node = 11,
  cannot_start = 12,
  shutdown_overran = 13,
  damaged = 14,
  disk_failed = 15,
};

} // namespace holdfast
