// The cast: every actor handle and what it answers. A newcomer starts here.
//
// An actor knows another by its handle only; runtime/node.cpp alone sees the
// whole cast and wires it.
#pragma once

#include "actors/cluster_messages.hpp"
#include "actors/elector_messages.hpp"
#include "actors/messages.hpp"
#include "actors/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace holdfast::actors {

/// Owns one region's memory on this node, and is one of the region's holders.
/// One per region.
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
  // Answers when what was stored before is held by a majority.
  caf::replies_to<flush_request>::with<void>,
  // Answers when this node is sure to have been the home all the time.
  caf::replies_to<confirm_request>::with<void>,
  // Stores a value for a session, once; answers when it is committed.
  caf::replies_to<store_value_request>::with<stored_value>,
  // Copies one.
  caf::replies_to<load_value_request>::with<loaded_value>,
  // Follows the tables: who is home, who holds it, in which epoch.
  caf::reacts_to<placement_decided>,
  // A word of another holder.
  caf::reacts_to<region_packet>,
  // Another holder's process is gone for good.
  caf::reacts_to<holder_died>,
  // Marks the memory moved or revoked; ends once no client is left.
  caf::replies_to<retire_request>::with<void>,
  // Marks the memory fenced and ends.
  caf::replies_to<fence_request>::with<void>,
  // Timer: looks at what is overdue, settles removed variables.
  caf::reacts_to<lease_due>,
  // Timer: drains the dirty set.
  caf::reacts_to<drain_due>>;

/// Reserves memory, and reads what was on disk: it may block. One per node, on
/// a thread of its own.
using region_maker_actor = caf::typed_actor<
  // Makes a region with its first variables, as many of them as fit.
  caf::replies_to<make_region_request>::with<made_region>,
  // Reserves bytes for a region that grows.
  caf::replies_to<reserve_request>::with<void>,
  // Removes what is left on disk of regions that are not here any more.
  caf::reacts_to<regions_kept>>;

/// Puts a region on disk: it may block. One per region that is on disk, on a
/// thread of its own.
using region_disk_actor = caf::typed_actor<
  // Answers when this step is on disk.
  caf::replies_to<write_region_request>::with<void>,
  // Removes all that is there, and ends.
  caf::reacts_to<region_gone>,
  // Ends.
  caf::reacts_to<region_closed>>;

struct located_region {
  std::string name;
  tenant_region_actor actor;
};

struct located_regions {
  std::vector<located_region> regions;
};

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
  // Timer: does once more what was contended.
  caf::reacts_to<retry_due>,
  // Ends, and with it what the client holds.
  caf::reacts_to<line_closed>,
  // Says why and ends the line.
  caf::reacts_to<session_dismissed>>;

/// Puts the log of consensus on disk: it may block. One per node, on a thread
/// of its own.
using log_store_actor = caf::typed_actor<
  // Reads all there is, once.
  caf::replies_to<load_log_request>::with<loaded_log>,
  // Answers when the writes are on disk; after one error it refuses all.
  caf::replies_to<store_log_request>::with<stored_writes>,
  // To itself: commits what has come together.
  caf::reacts_to<commit_due>>;

/// What agreed entries drive, the same on every node: the catalog's tables.
using machine_actor = caf::typed_actor<
  // Forgets all and takes this.
  caf::reacts_to<restore_request>,
  // Looks at a command of another node before it is agreed on.
  caf::replies_to<check_request>::with<void>,
  // Applies entries, each once and in order.
  caf::replies_to<committed_entries>::with<applied_results>,
  // Gives all it knows, as of the last entry applied.
  caf::replies_to<machine_snapshot_query>::with<machine_snapshot>>;

/// Hears of each change of leader or term.
using leadership_watcher_actor = caf::typed_actor<
  // What it is now.
  caf::reacts_to<leadership>>;

/// Another node's elector, as seen from this one. All of it travels.
using peer_elector_actor = caf::typed_actor<
  // A word of the agreement; the sender is the elector that says it.
  caf::reacts_to<consensus_packet>,
  // Has a command agreed on; answers when it is applied.
  caf::replies_to<propose_request>::with<proposal_result>>;

/// How another node's elector is reached; null: it is not.
struct peer_route {
  consensus::node_id node = 0;
  peer_elector_actor elector;
};

struct watch_leadership_request {
  leadership_watcher_actor watcher;
};

/// Takes part in consensus; knows leader and term. One per node.
using elector_actor = peer_elector_actor::extend<
  // Says how another node is reached.
  caf::reacts_to<peer_route>,
  // Hurries the next election if it was the leader.
  caf::reacts_to<peer_death_proven>,
  // Listens, if it has waited for that.
  caf::reacts_to<let_in>,
  // Names the leader.
  caf::replies_to<leader_query>::with<leadership>,
  // Names it, and each one after it, until the watcher ends.
  caf::replies_to<watch_leadership_request>::with<leadership>,
  // Adds, promotes, demotes or removes one member. Only at the leader.
  caf::replies_to<change_member_request>::with<proposal_result>,
  // Hands leadership over. Only at the leader.
  caf::replies_to<transfer_request>::with<void>,
  // Answers once this leader has applied all that was agreed on before.
  caf::replies_to<barrier_request>::with<proposal_result>,
  // Tells roles, indexes and members.
  caf::replies_to<elector_status_query>::with<elector_status>,
  // Timer: drives the core.
  caf::reacts_to<tick_due>,
  // To itself, and timer: takes up proposals that wait.
  caf::reacts_to<proposals_due>>;

// -- catalog and regions -----------------------------------------------------

/// Has on this node the regions that the catalog places here. One per node.
using region_keeper_actor = caf::typed_actor<
  // Finds a region that is here.
  caf::replies_to<region_query>::with<tenant_region_actor>,
  // Has a region that is here answer as its own actor does.
  caf::replies_to<attach_by_name_request>::with<attached_region>,
  // Finds all regions of a tenant that are here, sorted by name.
  caf::replies_to<regions_query>::with<located_regions>,
  // Asks the catalog what has changed, and carries it out.
  caf::reacts_to<tables_changed>,
  // Answers when what was agreed on can be used here, or says why not.
  caf::replies_to<usable_query>::with<void>,
  // A region's epoch has settled: has that agreed on.
  caf::reacts_to<settle_wanted>,
  // Something befell a region: has the audit trail show it.
  caf::reacts_to<region_reported>,
  // A region has other memory.
  caf::reacts_to<memory_replaced>,
  // Reserves memory before the growth of a region is proposed.
  caf::replies_to<reserve_growth_request>::with<void>,
  // Fences every region and ends them, then itself.
  caf::replies_to<fence_all_request>::with<void>>;

/// Another node's router, as seen from this one. It travels.
using peer_router_actor = caf::typed_actor<
  // What a session there asks of the home here.
  caf::replies_to<store_value_request>::with<stored_value>,
  caf::replies_to<load_value_request>::with<loaded_value>,
  // Answers when what was agreed on can be used there, or says why not.
  caf::replies_to<usable_query>::with<void>>;

/// How another node's router is reached, null: it is not; and its holders.
struct router_route {
  std::uint64_t node = 0;
  peer_router_actor router;
  replication_place replication;
};

/// A region is here, until its actor ends.
struct local_holder {
  std::uint64_t region = 0; ///< its id
  tenant_region_actor actor;
};

/// Knows which regions are here.
struct local_keeper {
  region_keeper_actor keeper;
};

/// Carries what is asked of a home elsewhere from node to node. One per node.
using region_router_actor = peer_router_actor::extend<
  // What a session here asks of a home elsewhere.
  caf::replies_to<for_home<store_value_request>>::with<stored_value>,
  caf::replies_to<for_home<load_value_request>>::with<loaded_value>,
  // What this node has had agreed on for a home elsewhere.
  caf::replies_to<for_home<usable_query>>::with<void>,
  // Says how another node is reached.
  caf::reacts_to<router_route>,
  // Says where words for a region go.
  caf::reacts_to<local_holder>,
  // Says whom to ask what can be used here.
  caf::reacts_to<local_keeper>,
  // Told to every holder here.
  caf::reacts_to<holder_died>>;

/// With the electorate's first word: this node, in this incarnation.
struct enter_request {
  elector_actor elector;
  region_keeper_actor keeper;
  region_router_actor router; ///< null: this node is alone
  catalog::join_member self;  ///< `seen` is the catalog's to set
};

/// Owns the replicated tables: the machine that consensus drives. Answers
/// this node's questions from them, and proposes what is to change. One per
/// node.
using catalog_actor = machine_actor::extend<
  // Has it agreed on that this node is there; answers when it is.
  caf::replies_to<enter_request>::with<void>,
  // Has a command agreed on, once; answers when it is carried out here.
  caf::replies_to<command_request>::with<void>,
  // Decides who a client is; the sender is a session, counted until it ends.
  caf::replies_to<admit_request>::with<admission>,
  // Lists the sessions of a tenant on this node.
  caf::replies_to<sessions_query>::with<session_listings>,
  // Notes how many regions a session holds.
  caf::reacts_to<session_holds>,
  // Counts a tenant's regions, and its sessions on this node.
  caf::replies_to<totals_query>::with<tenant_totals>,
  // Copies all tables.
  caf::replies_to<tables_query>::with<tables_copy>,
  // Digests all tables, as of now and of marked entries.
  caf::replies_to<tables_digest_query>::with<tables_digest>,
  // Finds records of the audit trail, a page at a time.
  caf::replies_to<catalog::audit_query>::with<catalog::audit_page>,
  // Compares what the keeper has with what the tables say.
  caf::replies_to<plan_query>::with<region_plan>,
  // Says where a region lives.
  caf::replies_to<home_query>::with<region_home>,
  // Plans where regions should live.
  caf::replies_to<placement_query>::with<placement_plan>,
  // Answers as soon as the cluster has an id.
  caf::replies_to<cluster_id_query>::with<cluster_id>,
  // Lists the members as the tables have them.
  caf::replies_to<known_members_query>::with<known_members>,
  // Lists all regions of a tenant, wherever they are.
  caf::replies_to<placed_regions_query>::with<placed_regions>,
  // Timer: tries again to enter.
  caf::reacts_to<enter_due>,
  // Timer: proposes again.
  caf::reacts_to<proposal_due>,
  // Timer: ends what has no answer in time.
  caf::reacts_to<deadlines_due>>;

// -- peers -------------------------------------------------------------------

/// Hears when a peer's state changes.
using peer_listener_actor = caf::typed_actor<caf::reacts_to<peer_changed>>;

/// Answers what other nodes ask this one.
using peer_service_actor
  = caf::typed_actor<caf::replies_to<served_call>::with<call_answer>>;

/// Reaches other nodes. One per node in a cluster; runtime/ has it.
using peer_network_actor = caf::typed_actor<
  // Connects; answers with the other node's door.
  caf::replies_to<dial_request>::with<dialled>,
  // Looks whether anybody listens.
  caf::replies_to<probe_request>::with<reach_outcome>>;

struct peer_subscription {
  peer_listener_actor listener;
};

/// Another node, as seen from this one. One per other node.
using peer_actor = caf::typed_actor<
  // The other node dialled; passed on by the door.
  caf::replies_to<hello_opening>::with<hello_reply>,
  caf::replies_to<hello_proof>::with<hello_welcome>,
  // From the other node's actor of this kind, once the link stands.
  caf::reacts_to<peer_ping>, caf::reacts_to<peer_pong>,
  caf::replies_to<remote_call>::with<call_answer>,
  // Asks the other node, within a deadline.
  caf::replies_to<peer_call>::with<call_answer>,
  // Tells phase, health, round trips and counters.
  caf::replies_to<peer_status_query>::with<peer_status>,
  // Tells somebody the state now and at each change.
  caf::reacts_to<peer_subscription>,
  // The key that the other node is to show from now on.
  caf::reacts_to<peer_key>,
  // What the other node is told of this one from now on.
  caf::reacts_to<own_words>,
  // Timer: dials, or looks whether a peer that left is gone for good.
  caf::reacts_to<reach_due>,
  // Timer: counts a miss, sends the next ping.
  caf::reacts_to<ping_due>,
  // Timer: the next reconnect may be quick again.
  caf::reacts_to<link_held>>;

/// The one actor that is published: passes hellos to the peer they are from.
using peer_door_actor
  = caf::typed_actor<caf::replies_to<hello_opening>::with<hello_reply>,
                     caf::replies_to<hello_proof>::with<hello_welcome>,
                     // Somebody who wants to join asks who is here.
                     caf::replies_to<knock>::with<knock_answer>>;

/// The same as its own node sees it.
using own_door_actor = peer_door_actor::extend<
  // Lets a node in, or out.
  caf::reacts_to<door_entry>,
  // Says what those are told who knock.
  caf::reacts_to<door_guide>>;

// -- the cluster --------------------------------------------------------------

/// Knows the other nodes: has a peer for each, tells the elector how they are
/// reached, steers the leadership, and while it leads has regions placed. One
/// per node, also of a node alone.
using cluster_actor = caf::typed_actor<
  // A peer's state.
  caf::reacts_to<peer_changed>,
  // Who leads.
  caf::reacts_to<leadership>,
  // What the cluster actor of another node asks.
  caf::replies_to<served_call>::with<call_answer>,
  // Counts nodes and names the leader.
  caf::replies_to<cluster_status_query>::with<cluster_report>,
  // Tells each node's state.
  caf::replies_to<cluster_instances_query>::with<cluster_instances>,
  // Lists who takes part in the agreement.
  caf::replies_to<members_query>::with<member_list>,
  // Adds, promotes, demotes or removes a member.
  caf::replies_to<change_cluster_request>::with<void>,
  // Hands leadership over.
  caf::replies_to<hand_over_request>::with<void>,
  // Keeps this node from leading, or no longer.
  caf::replies_to<drain_node_request>::with<void>,
  // Another node was found: gets a peer.
  caf::reacts_to<found_node>,
  // Says goodbye and ends.
  caf::replies_to<leave_cluster_request>::with<void>,
  // Timer: looks at members and leadership.
  caf::reacts_to<steer_due>>;

} // namespace holdfast::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::peer_subscription)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::enter_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::located_regions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::peer_route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::router_route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::local_holder)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::local_keeper)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::actors::watch_leadership_request)
