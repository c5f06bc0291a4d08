// How the agreement of this node began: by an earlier start, its configuration,
// those whom it met in a directory, or others that a seed tells of.
#pragma once

#include "actors/log.hpp"
#include "actors/peer_messages.hpp"
#include "config/node_config.hpp"
#include "runtime/discovery_watch.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/founding.hpp"

#include <caf/actor_system.hpp>

#include <optional>

namespace holdfast::runtime {

struct beginnings {
  founding members;
  std::optional<knock_answer> seed; ///< that let this node in
};

/// Kept in the data directory from then on. May serve the loop for as long as
/// others take to answer. `watch` may be null. Errors: those of founding, of
/// discovery_watch::meet and of knock_at_seeds.
shm::result<beginnings> how_it_began(caf::actor_system& system,
                                     event_loop& loop,
                                     const config::node_config& config,
                                     discovery_watch* watch,
                                     const actors::log_function& log);

} // namespace holdfast::runtime
