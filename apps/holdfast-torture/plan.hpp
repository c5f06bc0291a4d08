// Which faults, in which order: a seed tells it all.
#pragma once

#include "apps/holdfast-torture/options.hpp"

#include <chrono>
#include <vector>

namespace holdfast::torture {

struct planned_fault {
  fault_kind kind = fault_kind::none;
  bool at_home = false;                ///< else at any other
  std::uint64_t choice = 0;            ///< among those that it may meet
  std::chrono::milliseconds gap{0};    ///< before it
  std::chrono::milliseconds length{0}; ///< at least
};

/// In random order. Partitions are cut in all three ways in turn.
std::vector<planned_fault> plan(const fault_counts& wanted, std::uint64_t seed);

} // namespace holdfast::torture
