// Which process it is: a pid alone is soon another's.
#pragma once

#include "actors/rules/discovery.hpp"
#include "shm/error.hpp"

#include <cstdint>
#include <string>

namespace holdfast::runtime {

/// A process of this boot; equal for no two processes of one pid namespace.
struct process_identity {
  std::uint64_t pid = 0;
  std::uint64_t started = 0; ///< clock ticks since boot
  std::uint64_t pid_namespace = 0;
  std::string boot;

  /// This process. Errors: system, when /proc is not there.
  static shm::result<process_identity> own();
};

/// Whether the process of an instance still runs, as `here` can see it.
rules::process_state state_of(const rules::instance& instance,
                              const process_identity& here);

} // namespace holdfast::runtime
