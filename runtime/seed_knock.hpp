// How a node that was told nothing but an address finds a cluster: it knocks
// there and is told who lives there, and how that cluster began.
#pragma once

#include "actors/log.hpp"
#include "actors/peer_messages.hpp"
#include "config/node_config.hpp"
#include "runtime/event_loop.hpp"
#include "shm/error.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>

namespace holdfast::runtime {

/// Once round all seeds, or again and again.
enum class knocking : std::uint8_t { once, until_answered };

/// Asks the seeds one after the other until one of them answers; serves the
/// loop meanwhile. The system must have been set up by load_network(). Errors:
/// unavailable, when the node was asked to end; unreachable, after one round.
shm::result<knock_answer> knock_at_seeds(caf::actor_system& system,
                                         event_loop& loop,
                                         const config::node_config& config,
                                         knocking how,
                                         const actors::log_function& log);

} // namespace holdfast::runtime
