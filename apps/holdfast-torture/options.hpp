// What a run was asked to do.
#pragma once

#include "apps/holdfast-torture/defaults.hpp"

#include <cstdint>
#include <string>

namespace holdfast::torture {

struct torture_options {
  std::uint32_t nodes = defaults::nodes;
  std::uint32_t variables = defaults::variables;
  std::uint64_t seed = defaults::seed;
  fault_counts faults;
  load_bounds bounds = defaults::bounds;
  std::string health = "fast"; ///< the profile
  std::string json;            ///< a file for the result; empty: none
  std::string config_template; ///< a file; empty: none
  std::string node_program;    ///< empty: holdfast-node beside this program
  bool keep = false;           ///< leave histories and logs

  /// Whether the region is on the disks of its nodes, too.
  bool on_disk() const noexcept {
    return faults.need_disk();
  }

  /// Losing one node leaves a majority of the region's replicas.
  bool survives_one() const noexcept {
    return nodes >= 3;
  }
};

} // namespace holdfast::torture
