// What a node says when it starts: that it is there, and what its configuration
// wants of the tables.
//
// A node in a cluster may have to wait for a majority, for as long as it takes;
// so this is an actor, and nobody waits for it who has something else to do.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/log.hpp"
#include "config/node_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/duration.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::runtime {

struct begin_request {};

/// Answers once, when the node has entered and its regions are there; or why
/// they are not. One per start of a node.
using beginning_actor
  = caf::typed_actor<caf::replies_to<begin_request>::with<void>>;

struct beginning_options {
  actors::elector_actor elector;
  actors::catalog_actor catalog;
  actors::region_keeper_actor keeper;
  actors::region_router_actor router;
  catalog::join_member self;
  std::vector<config::tenant> tenants;
  /// To have it agreed on that this node is there.
  caf::duration patience{caf::infinite};
  bool awaited = true; ///< by somebody; else it logs how it went
  actors::log_function log;
};

beginning_actor spawn_beginning(caf::actor_system& system,
                                beginning_options options);

} // namespace holdfast::runtime

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::runtime::begin_request)
