// Owns one region's memory: admits clients, frees what dead ones held, drains
// what was stored, renews the lease. Talks to the region maker for growth.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "actors/rules/drain_pace.hpp"
#include "actors/rules/lease.hpp"
#include "shm/clock.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace holdfast::actors {

struct tenant_region_options {
  std::shared_ptr<shm::region> region; ///< nobody else writes to it
  region_maker_actor maker;
  std::chrono::milliseconds lease_duration{};
  std::chrono::milliseconds lease_renewal{};
  rules::drain_pace_options pace{};
  std::function<shm::boot_clock::time_point()> now;
  log_function log;
};

struct tenant_region_state {
  static constexpr const char* name = "tenant_region";

  struct client {
    std::uint64_t session = 0;
    caf::actor_addr actor;
    shm::access access = shm::access::read;
    std::set<shm::watch_scope> watches;
  };

  tenant_region_options options;
  rules::lease lease{{}};
  rules::drain_pace pace{{}};
  std::map<std::uint32_t, client> clients; ///< by owner
  std::uint64_t home_since = 0;            ///< the epoch
  bool growing = false;
  bool retired = false;
};

tenant_region_actor::behavior_type
tenant_region(tenant_region_actor::stateful_pointer<tenant_region_state> self,
              tenant_region_options options);

} // namespace holdfast::actors
