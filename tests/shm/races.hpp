// Races between writers, readers and the node, each run until a rule is broken
// or the time is over. The same code is a unit test, the load of the
// ThreadSanitizer run, and the judge of the mutants.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace holdfast::test {

struct race_outcome {
  std::uint64_t rounds = 0;   // how often the rule was looked at
  std::uint64_t breaches = 0; // how often it did not hold
};

struct race {
  std::string_view name;
  std::string_view rule;
  race_outcome (*run)(std::chrono::milliseconds time);
};

/// All races, by name.
const std::vector<race>& races();

} // namespace holdfast::test
