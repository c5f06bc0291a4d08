// Knows tenants, principals, grants and quotas, and where each region is.
// Makes regions with the region maker's help and owns their actors.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/rules/quota.hpp"
#include "shm/clock.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::actors {

struct tenant_options {
  std::string name;
  rules::quota_limits quota;
  std::vector<rules::principal> principals;
};

struct catalog_options {
  std::uint64_t node_id = 1;
  std::vector<tenant_options> tenants;
  region_maker_actor maker;
  /// Starts the actor that owns a region that was made.
  std::function<tenant_region_actor(std::shared_ptr<shm::region>)> start_region;
  std::function<shm::boot_clock::time_point()> now;
  log_function log;
};

struct catalog_state {
  static constexpr const char* name = "catalog";

  struct region {
    rules::region_cost cost;
    tenant_region_actor actor; ///< null while it is being made
  };

  struct tenant {
    tenant_options options;
    rules::quota quota;
    std::map<std::string, region> regions;
  };

  struct session {
    std::string tenant;
    session_listing listing;
    shm::boot_clock::time_point since;
  };

  /// A removed region that clients still map: charged until they let go.
  struct retired_region {
    std::string tenant;
    rules::region_cost cost;
  };

  /// Strangers since the last line about them in the log.
  struct refusal_count {
    std::optional<shm::boot_clock::time_point> logged_at;
    std::uint64_t count = 0;
  };

  catalog_options options;
  refusal_count refusals;
  std::map<std::string, tenant> tenants;
  std::map<caf::actor_addr, session> sessions;
  std::map<caf::actor_addr, retired_region> retired;
  std::uint64_t next_session = 1;
  std::uint64_t next_region = 1;
};

catalog_actor::behavior_type
catalog(catalog_actor::stateful_pointer<catalog_state> self,
        catalog_options options);

} // namespace holdfast::actors
