// The client actor: an application's access to regions, inside its own actor
// system.
//
// It keeps a connection to the node on this host and comes back to it when the
// node restarts; attached regions and subscriptions outlive the connection.
// It blocks nobody: whatever waits has a thread of its own (two, a third from
// the first store on, and a fourth from the first flush or confirmed read on).
// It ends when it is told to, by
// caf::anon_send_exit(client, caf::exit_reason::user_shutdown): it holds its
// subscribers, and they hold it. While it is connecting to a node that does
// not answer, its threads end only after the patience given here.
#pragma once

#include "actors/client_messages.hpp"
#include "shm/client/connection.hpp"

#include <caf/fwd.hpp>
#include <caf/typed_actor.hpp>

namespace holdfast::client {

/// One connection to a node. Requests may come at any time, also while the
/// node is away.
using client_actor = caf::typed_actor<
  // Maps a region and keeps it mapped from then on. Answers within the
  // patience. Errors: unreachable, timeout, refused; no_right,
  // no_such_region, full; exists when it is mapped for reading and is to be
  // written now.
  caf::replies_to<attach_request>::with<attached>,
  // Lets go of a region and ends its subscriptions. Errors: no_such_region.
  caf::replies_to<detach_request>::with<void>,
  // Tells a subscriber of an attached region and its variables. Errors:
  // no_such_region (attach it first), no_such_variable, full.
  caf::replies_to<subscribe_request>::with<subscribed>,
  // Errors: bad_argument.
  caf::replies_to<unsubscribe_request>::with<void>,
  // Copies a value. Errors: no_such_region, unreachable while the region is
  // lost, no_such_variable, no_value, removed, contended.
  caf::replies_to<read_request>::with<variable_value>,
  // Stores bytes; those of a fixed-size variable must have its size. Errors:
  // as read, and no_right, too_long, wrong_type, fenced.
  caf::replies_to<store_request>::with<stored>,
  // Answers when all that was stored before is safe, also before the region
  // was lost and attached again. Errors: no_such_region, unreachable while it
  // is lost, and those of connection::flush.
  caf::replies_to<flush_request>::with<flushed>,
  // Copies a value and has it confirmed. Errors: as read, and those of
  // connection::confirm.
  caf::replies_to<confirmed_read_request>::with<variable_value>>;

/// Starts a client actor, which connects at once.
client_actor spawn_client(caf::actor_system& system, connect_options options);

} // namespace holdfast::client
