// Has on this node the regions that the tables place here: makes them, changes
// them, retires them, and says which actor owns which.
//
// It follows, it decides nothing: what is to be here it asks the catalog.
// Talks to the catalog, the region maker and the regions' actors.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"

#include <caf/response_promise.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::actors {

/// What the actor of a region begins with.
struct region_beginning {
  std::shared_ptr<shm::region> memory;
  /// Keys of the variables that it has, by name.
  std::map<std::string, region_replica::variable_key> variables;
  /// Ascends with each actor that the region has on this node.
  catalog::log_index life = 0;
  catalog::log_index admitted = 0; ///< the entry by which this node is there
  bool durable = false;
  region_keeper_actor keeper;
  std::shared_ptr<region_storage> storage; ///< null: it is in memory only
  found_on_disk found;
};

struct region_keeper_options {
  std::uint64_t node_id = 1;
  catalog_actor catalog;
  region_maker_actor maker;
  /// Starts the actor that owns a region that was made.
  std::function<tenant_region_actor(region_beginning)> start_region;
  std::size_t waiters_max = 0;
  std::size_t settling_max = 1; ///< proposals at a time
  log_function log;
};

struct region_keeper_state {
  static constexpr const char* name = "region_keeper";

  struct kept_region {
    catalog::region_name name;
    catalog::local_region local; ///< as it is, or is about to be
    catalog::log_index life = 0;
    bool durable = false;
    tenant_region_actor actor; ///< null while it is being made
    std::shared_ptr<const shm::region> memory;
    std::size_t open = 0;              ///< steps under way
    bool behind = false;               ///< changed again meanwhile
    bool unwanted = false;             ///< removed while it was being made
    std::optional<shm::error> failure; ///< why it cannot be used
    std::map<std::string, shm::error> refused; ///< variables it has not
  };

  struct waiter {
    usable_query query;
    caf::response_promise answer;
  };

  region_keeper_options options;
  std::map<catalog::log_index, kept_region> regions; ///< by id
  std::map<catalog::region_name, catalog::log_index> names;
  /// Removed regions that clients still map.
  std::map<caf::actor_addr, catalog::log_index> retired;
  /// Those of them whose clients do not see the removal yet.
  std::multiset<catalog::region_name> revoking;
  std::set<catalog::log_index> releasing;
  /// What has settled, and is still to be agreed on.
  std::map<catalog::region_name, catalog::log_index> to_settle;
  std::set<std::pair<catalog::region_name, catalog::log_index>> settling;
  std::vector<waiter> waiters;
  catalog::log_index followed = 0; ///< the plan of that entry is begun
  catalog::log_index admitted = 0; ///< the entry by which this node is there
  bool swept = false;              ///< nothing is on disk of what is not here
  bool asking = false;
  bool ask_again = false;
};

region_keeper_actor::behavior_type
region_keeper(region_keeper_actor::stateful_pointer<region_keeper_state> self,
              region_keeper_options options);

} // namespace holdfast::actors
