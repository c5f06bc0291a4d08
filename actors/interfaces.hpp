// The cast: every actor handle and what it answers. A newcomer starts here.
//
// An actor knows another by its handle only; runtime/node.cpp alone sees the
// whole cast and wires it.
#pragma once

#include "actors/messages.hpp"
#include "actors/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace holdfast::actors {

/// Owns one region's memory on this node. One per region.
using tenant_region_actor = caf::typed_actor<
  // Admits a client and shares the memory with it; its end frees its locks.
  caf::replies_to<attach_request>::with<attached_region>,
  // Lets a client go while its session lives on.
  caf::replies_to<detach_request>::with<void>,
  // Counts a client as one that may sleep on a change.
  caf::replies_to<watch_request>::with<void>,
  // Looks for changes now.
  caf::reacts_to<doorbell_rung>,
  // Tells sizes, counters and state.
  caf::replies_to<region_status_query>::with<region_report>,
  // Lists variables, a page at a time.
  caf::replies_to<variables_query>::with<variables_page>,
  // Adds a variable while clients are attached.
  caf::replies_to<add_variable_request>::with<void>,
  // Removes one; handles on it answer `removed`.
  caf::replies_to<remove_variable_request>::with<void>,
  // Reserves more memory, up to the region's bytes_max.
  caf::replies_to<grow_request>::with<void>,
  // Marks the memory revoked; ends once no client is left.
  caf::replies_to<retire_request>::with<void>,
  // Marks the memory fenced and ends.
  caf::replies_to<fence_request>::with<void>,
  // Timer: renews the lease, settles removed variables.
  caf::reacts_to<lease_due>,
  // Timer: drains the dirty set.
  caf::reacts_to<drain_due>>;

/// Reserves memory: the only actor that may block. One per node, on a thread
/// of its own.
using region_maker_actor = caf::typed_actor<
  // Makes a region with its first variables.
  caf::replies_to<make_region_request>::with<made_region>,
  // Reserves bytes for a region that grows.
  caf::replies_to<reserve_request>::with<void>>;

struct located_region {
  std::string name;
  tenant_region_actor actor;
};

struct located_regions {
  std::vector<located_region> regions;
};

/// Knows tenants, principals, grants and quotas, and where regions are. One
/// per node.
using catalog_actor = caf::typed_actor<
  // Decides who a client is; the sender is a session, counted until it ends.
  caf::replies_to<admit_request>::with<admission>,
  // Finds a region.
  caf::replies_to<region_query>::with<tenant_region_actor>,
  // Finds all regions of a tenant, sorted by name.
  caf::replies_to<regions_query>::with<located_regions>,
  // Makes a region if the tenant's quota has room.
  caf::replies_to<create_region_request>::with<void>,
  // Takes a region's name away; its memory goes with its last client.
  caf::replies_to<remove_region_request>::with<void>,
  // Lists the sessions of a tenant.
  caf::replies_to<sessions_query>::with<session_listings>,
  // Notes how many regions a session holds.
  caf::reacts_to<session_holds>,
  // Counts a tenant's regions and sessions.
  caf::replies_to<totals_query>::with<tenant_totals>,
  // Fences every region and ends them, then itself.
  caf::replies_to<fence_all_request>::with<void>>;

/// One client's presence. One per line.
using session_actor = caf::typed_actor<
  // Serves a request.
  caf::reacts_to<line_packet>,
  // Passes the ring on to the regions that the client writes.
  caf::reacts_to<line_rang>,
  // Gives up on an answer that does not come, and ends the line.
  caf::reacts_to<line_overdue>,
  // Does what was put off until the client has its answers.
  caf::reacts_to<line_settled>,
  // Ends, and with it what the client holds.
  caf::reacts_to<line_closed>,
  // Says why and ends the line.
  caf::reacts_to<session_dismissed>>;

} // namespace holdfast::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::located_regions)
