// A message from another node is unpacked and handled on the thread that read
// it, as far as that thread's share goes: waking a worker takes longer than
// most such steps do.
#pragma once

#include <caf/fwd.hpp>

namespace holdfast::runtime {

class loop_worker;

/// From when CAF's network next runs on, its thread runs steps by this worker,
/// which outlives the system. Any thread.
void lend_network_thread(caf::actor_system& system, loop_worker& to);

/// Called for what is to be run by somebody. True if it was run here and now:
/// this is that thread, and it is a message on its way in. Nothing else: CAF
/// may hold locks. Any thread.
bool run_on_network_thread(caf::resumable* what);

} // namespace holdfast::runtime
