// Tells CAF which of our structs may be messages.
//
// Those of the three blocks travel between nodes: each has a number and a name
// on the wire. Append only: a number is never given to another type. All others
// stay in the process; CAF calls them "unsafe" and refuses to serialise them,
// which is what we want. Some carry descriptors or memory and never will leave.
#pragma once

#include "actors/cluster_messages.hpp"
#include "actors/elector_messages.hpp"
#include "actors/messages.hpp"
#include "actors/peer_messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

// Thirty are kept for electors, those before them for peers.
CAF_BEGIN_TYPE_ID_BLOCK(holdfast_electors, caf::first_custom_type_id + 50)

  CAF_ADD_TYPE_ID(holdfast_electors, (holdfast::consensus_packet))
  CAF_ADD_TYPE_ID(holdfast_electors, (holdfast::propose_request))
  CAF_ADD_TYPE_ID(holdfast_electors, (holdfast::proposal_result))

CAF_END_TYPE_ID_BLOCK(holdfast_electors)

static_assert(caf::id_block::holdfast_electors::end
              <= caf::first_custom_type_id + 80);

// Twenty are kept for the holders of regions. The first was region_packet,
// which travels otherwise now.
CAF_BEGIN_TYPE_ID_BLOCK(holdfast_regions, caf::first_custom_type_id + 81)

  CAF_ADD_TYPE_ID(holdfast_regions, (holdfast::store_value_request))
  CAF_ADD_TYPE_ID(holdfast_regions, (holdfast::stored_value))
  CAF_ADD_TYPE_ID(holdfast_regions, (holdfast::load_value_request))
  CAF_ADD_TYPE_ID(holdfast_regions, (holdfast::loaded_value))
  CAF_ADD_TYPE_ID(holdfast_regions, (holdfast::usable_query))

CAF_END_TYPE_ID_BLOCK(holdfast_regions)

// An application's client messages begin there (client_messages.hpp).
static_assert(caf::id_block::holdfast_regions::end
              <= caf::first_custom_type_id + 100);

namespace holdfast {

// The order of the fields is the format between nodes.

template <class Inspector>
auto inspect(Inspector& f, consensus_packet& x) {
  return f(caf::meta::type_name("consensus_packet"), x.from, x.to, x.cluster,
           x.database, x.start, x.to_database, x.sequence, x.kind, x.content);
}

template <class Inspector>
auto inspect(Inspector& f, propose_request& x) {
  return f(caf::meta::type_name("propose_request"), x.command, x.forwarded,
           x.carried_out_at);
}

template <class Inspector>
auto inspect(Inspector& f, proposal_result& x) {
  return f(caf::meta::type_name("proposal_result"), x.index, x.answer);
}

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_packet)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_rang)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_dismissed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::admit_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::admission)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::regions_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::command_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::sessions_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_listings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_holds)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::totals_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tenant_totals)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fence_all_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tables_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tables_copy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tables_digest_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tables_digest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::enter_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::proposal_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::deadlines_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tables_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::plan_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_plan)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::home_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cluster_id_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cluster_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::known_members_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::known_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::placed_regions_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::placed_regions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_home)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::placement_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::placement_plan)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::for_home<holdfast::usable_query>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::reserve_growth_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_packet)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::for_home<holdfast::store_value_request>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::for_home<holdfast::load_value_request>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::holder_died)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::placement_decided)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::settle_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_reported)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::memory_replaced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::write_region_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::regions_kept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::catalog::audit_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::catalog::audit_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::make_region_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::made_region)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::reserve_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::attach_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::attach_by_name_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::attached_region)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::detach_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::watch_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::doorbell_rung)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_status_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::variables_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::variables_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::add_variable_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::remove_variable_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::grow_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::flush_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::confirm_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::retire_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fence_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::lease_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::drain_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_overdue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::retry_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_death_proven)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::let_in)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::leader_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::leadership)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::change_member_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::transfer_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::barrier_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::elector_status_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::elector_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tick_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::proposals_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::load_log_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::loaded_log)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::store_log_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::stored_writes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::commit_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::restore_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::check_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::committed_entries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::applied_results)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::machine_snapshot_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::machine_snapshot)

// -- peers -------------------------------------------------------------------

// Append only: the order is the number on the wire. Fifty are kept for peers.
CAF_BEGIN_TYPE_ID_BLOCK(holdfast_peers, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::hello_opening))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::hello_reply))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::hello_proof))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::hello_welcome))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::peer_ping))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::peer_pong))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::remote_call))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::call_answer))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::knock))
  CAF_ADD_TYPE_ID(holdfast_peers, (holdfast::knock_answer))

CAF_END_TYPE_ID_BLOCK(holdfast_peers)

static_assert(caf::id_block::holdfast_peers::end
              <= caf::first_custom_type_id + 50);

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::own_words)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::served_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_status_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::dial_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::probe_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::reach_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::dialled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::reach_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::ping_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::link_held)

// -- the cluster --------------------------------------------------------------

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cluster_status_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cluster_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cluster_instances_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cluster_instances)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::members_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::member_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::change_cluster_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::hand_over_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::drain_node_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::found_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::leave_cluster_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::steer_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::door_entry)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::door_guide)
