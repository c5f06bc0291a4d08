// What a process may try with the descriptors of a region, and with the node
// that gave them to it.
#pragma once

#include <sys/types.h>

#include <array>
#include <string_view>

namespace holdfast::test {

struct memory_attack {
  std::string_view name;
  bool (*run)(int fd); // true if it got through
};

/// Each leaves a trace in the object only if the kernel lets it.
extern const std::array<memory_attack, 10> memory_attacks;

struct process_attack {
  std::string_view name;
  bool (*run)(pid_t node);
};

extern const std::array<process_attack, 4> process_attacks;

} // namespace holdfast::test
