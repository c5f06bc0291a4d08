// The log of consensus that this node goes on with, or begins with.
//
// A member that lost its log, or a part of it, may have voted and acknowledged,
// and does not know what; it must not take part as the one that it was. What is
// left of the log is kept, and the node joins as a stranger does: it follows
// once the others have taken the old vote away.
#pragma once

#include "actors/log.hpp"
#include "config/node_config.hpp"
#include "runtime/store/opened_log.hpp"

namespace holdfast::runtime {

/// Before how_it_began(): a node that has begun once and has no log lost it.
/// Errors: corrupt, when there is no log to go on with and no other node that
/// could be found; bad_argument, as former_founding; refused and exists, as
/// consensus_store::open; system.
shm::result<opened_log> open_own_log(const config::node_config& config,
                                     const actors::log_function& log);

} // namespace holdfast::runtime
