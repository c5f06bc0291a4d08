// Tells CAF which of our structs may be messages.
//
// Those between nodes have an id on the wire. All others stay in the process:
// CAF calls such types "unsafe" and refuses to serialise them, which is what we
// want. Some carry descriptors or memory and never will leave.
#pragma once

#include "actors/messages.hpp"
#include "actors/peer_messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_packet)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_rang)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_dismissed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::admit_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::admission)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::region_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::regions_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::create_region_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::remove_region_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::sessions_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_listings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_holds)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::totals_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tenant_totals)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fence_all_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::make_region_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::made_region)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::reserve_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::attach_request)
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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::retire_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fence_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::lease_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::drain_due)

// -- peers
// ----------------------------------------------------------------------

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

CAF_END_TYPE_ID_BLOCK(holdfast_peers)

static_assert(caf::id_block::holdfast_peers::end
              <= caf::first_custom_type_id + 50);

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::peer_call)
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
