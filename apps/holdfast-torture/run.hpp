// One run: nodes, clients, faults, and what came of it.
#pragma once

#include "apps/holdfast-torture/checker/findings.hpp"
#include "apps/holdfast-torture/checker/history.hpp"
#include "apps/holdfast-torture/options.hpp"

#include <memory>
#include <string>
#include <vector>

namespace holdfast::torture {

struct run_result {
  /// What the other members point into.
  std::unique_ptr<history> recorded = std::make_unique<history>();
  findings found{0};
  load seen;
  std::size_t replicas = 0; ///< of the region, besides its home
  /// Nodes whose disk had no room, and that ended for it, as they may.
  std::uint64_t ended_full = 0;
  std::vector<std::string> reasons_void;
  std::vector<std::string> kept; ///< directories that were left

  bool clean() const noexcept {
    return found.count() == 0 && reasons_void.empty();
  }
};

/// Throws std::runtime_error when it cannot begin, and processes::interrupted.
/// Whatever ends it, no process and, unless asked to, no file is left.
run_result run(const torture_options& options);

} // namespace holdfast::torture
