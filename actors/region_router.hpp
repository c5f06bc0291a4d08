// Carries from node to node what sessions and the catalog ask of a home. Knows
// how other nodes are reached and which actor has which region; reads no word
// of it.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/replication_links.hpp"

#include <functional>
#include <map>
#include <memory>

namespace holdfast::actors {

struct region_router_options {
  std::shared_ptr<replication_links> links; ///< null: there is no other node
  /// Hears which actor has a region of this node, null for none; if there.
  std::function<void(std::uint64_t region, const caf::actor_addr& actor)> note;
};

struct region_router_state {
  static constexpr const char* name = "region_router";

  region_router_options options;
  region_keeper_actor keeper; ///< null: it is not known yet
  std::map<std::uint64_t, peer_router_actor> routes;    ///< by node
  std::map<std::uint64_t, tenant_region_actor> regions; ///< by id
};

region_router_actor::behavior_type
region_router(region_router_actor::stateful_pointer<region_router_state> self,
              region_router_options options);

} // namespace holdfast::actors
