// Tells CAF which of our structs may be messages.
//
// None of them leaves the process yet, so none has an id on the wire: CAF
// calls such types "unsafe" and refuses to serialise them, which is what we
// want. Some carry descriptors or memory and never will leave.
#pragma once

#include "actors/messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_overdue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::line_settled)
