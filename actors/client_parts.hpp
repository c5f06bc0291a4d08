// The parts of a client actor and what they say to each other. None of it
// leaves the process.
//
//   client   event-based: decides, and talks to the application
//   waiter   own thread: sleeps on variables, attaches regions
//   line     own thread: connects, sleeps until the node hangs up
//   writer   own thread, from the first store on: stores
//   barrier  own thread, from the first flush or confirmed read on: waits for
//            other nodes
#pragma once

#include "actors/client.hpp"
#include "shm/client/connection.hpp"
#include "shm/region_view.hpp"
#include "shm/wake_word.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::actors {

/// The deadline of a sleep that something else ends.
inline constexpr auto for_ever = std::chrono::steady_clock::time_point::max();

// -- to the line --------------------------------------------------------------

struct connect_order {
  client::connect_options options;
};

struct connected_line {
  client::connection node;
};

/// Answered when the node has hung up, or the connection was hung up here.
struct guard_order {
  client::connection node;
};

using line_actor
  = caf::typed_actor<caf::replies_to<connect_order>::with<connected_line>,
                     caf::replies_to<guard_order>::with<void>>;

// -- to the waiter: after each of these its wake word is rung
// ------------------

struct map_order {
  client::connection node;
  std::string region;
  shm::access access = shm::access::read;
  bool again = false; ///< the node believes that we have it
};

struct mapped_region {
  shm::region_view view;
};

struct unmap_order {
  client::connection node;
  std::string region;
};

struct watched_variable {
  std::uint64_t id = 0;
  shm::variable_handle variable;
  std::uint64_t since = 0; ///< the version that is known
};

struct watched_region {
  std::uint64_t id = 0;
  shm::region_view region;
  std::uint32_t event = 0; ///< the event word that is known
};

/// Each is reported once, when it is no longer as it is known.
struct watch_order {
  std::vector<watched_variable> variables;
  std::vector<watched_region> regions;
};

struct unwatch_order {
  std::vector<std::uint64_t> ids; ///< sorted
};

/// To itself: sleep.
struct wait_round {};

using waiter_actor
  = caf::typed_actor<caf::replies_to<map_order>::with<mapped_region>,
                     caf::reacts_to<unmap_order>, caf::reacts_to<watch_order>,
                     caf::reacts_to<unwatch_order>, caf::reacts_to<wait_round>>;

// -- to the writer and the barrier
// ------------------------------------------------------------

struct store_order {
  shm::untyped_variable variable;
  std::vector<std::uint8_t> bytes;
};

/// Comes by way of the writer: what is to be flushed has been stored then.
struct flush_order {
  client::connection node;
  shm::region_view region;
  client::flush_request what;
};

/// What was read in that epoch.
struct confirm_order {
  client::connection node;
  shm::region_view region;
  std::uint64_t epoch = 0;
};

using barrier_actor
  = caf::typed_actor<caf::replies_to<flush_order>::with<client::flushed>,
                     caf::replies_to<confirm_order>::with<void>>;

struct pass_on_order {
  barrier_actor to;
  flush_order flush;
};

using writer_actor
  = caf::typed_actor<caf::replies_to<store_order>::with<client::stored>,
                     caf::replies_to<pass_on_order>::with<client::flushed>>;

// -- to the client ------------------------------------------------------------

/// Watched things that changed; they are not watched any more.
struct watched_changed {
  std::vector<std::uint64_t> ids;
};

/// Waiting failed, and nothing is watched any more.
struct wait_failed {
  shm::error why;
};

/// Timer: connect again.
struct connect_due {};

/// Timer: attach again.
struct attach_due {
  std::string region;
};

/// Timer: the connection (no name) or the attachment of that number has been
/// there for a while.
struct held_for_a_while {
  std::string region;
  std::uint64_t number = 0;
};

/// Timer: who asked to attach is answered now.
struct attach_patience_over {
  std::string region;
  std::uint64_t asked = 0;
};

using client_core_actor = client::client_actor::extend<
  caf::reacts_to<watched_changed>, caf::reacts_to<wait_failed>,
  caf::reacts_to<connect_due>, caf::reacts_to<attach_due>,
  caf::reacts_to<held_for_a_while>, caf::reacts_to<attach_patience_over>>;

// -- starting them: all end with the client -----------------------------------

line_actor spawn_line(caf::local_actor& client);

waiter_actor spawn_waiter(caf::local_actor& client,
                          std::shared_ptr<shm::wake_word> wake);

writer_actor spawn_writer(caf::local_actor& client);

barrier_actor spawn_barrier(caf::local_actor& client);

} // namespace holdfast::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::connect_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::connected_line)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::guard_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::map_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::mapped_region)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::unmap_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::watch_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::unwatch_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::wait_round)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::store_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::flush_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::confirm_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::pass_on_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::watched_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::wait_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::connect_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::attach_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::held_for_a_while)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::attach_patience_over)
