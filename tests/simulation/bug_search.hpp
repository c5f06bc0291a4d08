// Whether a seeded bug is found in the world that is made for it, and nothing
// without it. The world is found by the bug's type.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::simulation {

/// The first seed of its world at which the bug shows; 0: none up to the last.
template <class Bug>
std::uint64_t found_at(const Bug& one, std::uint64_t last) {
  for (std::uint64_t seed = 1; seed <= last; ++seed)
    if (!simulate(world_for(one, seed, true)).violation.empty())
      return seed;
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
