// What the tables bound. Every replica must decide alike, so these belong to
// the format: whoever changes one raises the format version (format.hpp).
#pragma once

#include "config/defaults.hpp"

#include <cstddef>
#include <cstdint>

namespace holdfast::catalog {

/// Tests choose smaller ones; everybody else takes these.
struct limits {
  std::uint64_t members = config::catalog_members_max;
  std::uint64_t tenants = config::tenants_max;
  std::uint64_t principals = config::principals_max;
  std::uint64_t grants = config::grants_max;
  std::uint64_t regions = config::catalog_regions_max;
  std::uint64_t variables = config::catalog_variables_max;
  std::uint64_t sessions = config::catalog_sessions_max;
  std::uint64_t replicas = config::replicas_max;
  std::uint64_t audit_records = config::audit_records_max;
  std::uint64_t results_per_node = config::results_per_node_max;
  std::uint64_t results_per_session = config::results_per_session_max;

  bool operator==(const limits&) const = default;
};

} // namespace holdfast::catalog
