// Whether a seeded bug is found in the world that is made for it, and nothing
// without it. The world is found by the bug's type.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace holdfast::simulation {

constexpr std::array faults_of_memory{SIGSEGV, SIGBUS, SIGABRT, SIGFPE};

/// The first seed of its world at which the bug shows; 0: none up to the last.
template <class Bug>
std::uint64_t found_at(const Bug& one, std::uint64_t last) {
  for (std::uint64_t seed = 1; seed <= last; ++seed)
    if (!simulate(world_for(one, seed, true)).violation.empty())
      return seed;
  return 0;
}

/// Whether such a process saw a violation, or ended by a fault of its memory.
/// Throws where it ended otherwise: nothing is known of that seed.
inline bool has_found(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
    return WEXITSTATUS(status) == 1;
  if (WIFSIGNALED(status))
    for (const int fault : faults_of_memory)
      if (WTERMSIG(status) == fault)
        return true;
  throw std::runtime_error{"a seed ended with status "
                           + std::to_string(status)};
}

/// As found_at, with each seed in a process of its own: a fault that ends it
/// counts as found.
template <class Bug>
std::uint64_t found_apart_at(const Bug& one, std::uint64_t last) {
  for (std::uint64_t seed = 1; seed <= last; ++seed) {
    const auto child = ::fork();
    if (child < 0)
      return 0;
    if (child == 0) {
      // It is expected: nothing is to be told of it, nor written.
      ::alarm(60); // seconds, of a seed that takes a small part of one
      constexpr rlimit no_core{0, 0};
      ::setrlimit(RLIMIT_CORE, &no_core);
      for (const int fault : faults_of_memory)
        ::signal(fault, SIG_DFL);
      ::_exit(simulate(world_for(one, seed, true)).violation.empty() ? 0 : 1);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) == child && has_found(status))
      return seed;
  }
  return 0;
}

/// What the same world shows without the bug, up to that seed.
template <class Bug>
std::string seen_without(const Bug& one, std::uint64_t last) {
  for (std::uint64_t seed = 1; seed <= last; ++seed)
    if (const auto seen = simulate(world_for(one, seed, false));
        !seen.violation.empty())
      return std::to_string(seed) + ": " + seen.violation + "\n" + seen.ending;
  return {};
}

} // namespace holdfast::simulation
