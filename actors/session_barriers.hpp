// How a session waits for a region's holders.
#pragma once

#include "actors/session_replies.hpp"

namespace holdfast::actors {

/// What a barrier ended with: fenced, overloaded or unknown, and nothing else
/// where it was tried at all.
shm::error barrier_end(shm::error why);

/// Asks a region, and goes on when it is so. The region gives up by itself
/// (config::region_wait_patience): the door does not call it overdue.
template <class Barrier, class Done, class Failed>
void wait_for(session_pointer self, const tenant_region_actor& region,
              const Barrier& barrier, Done done, Failed failed) {
  self->state.under_way = session_state::work::unhurried;
  self->request(region, caf::infinite, barrier)
    .then(done, [failed](const caf::error& error) {
      failed(barrier_end(to_shm(error)));
    });
}

} // namespace holdfast::actors
