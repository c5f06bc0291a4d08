// The parts of the elector, for its own sources.
#pragma once

#include "actors/elector.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

using elector_pointer = elector_actor::stateful_pointer<elector_state>;

consensus::instant now_of(elector_pointer self);

// -- elector_actions.cpp: what the core asks for ------------------------------

void carry_out(elector_pointer self, consensus::actions actions);

/// Its disk failed or its history is broken: says so, and takes no part from
/// here on.
void step_down(elector_pointer self, const std::string& why);

/// What is known of the leader, told to those who watch if it changed.
void tell_leadership(elector_pointer self);

// -- elector_proposals.cpp: those who wait for an answer ----------------------

caf::result<proposal_result> propose(elector_pointer self,
                                     propose_request& request);

/// Changes and barriers: a request to the core that ends with an entry.
caf::result<proposal_result>
ask_core(elector_pointer self,
         const std::function<consensus::actions(consensus::request_id)>& ask);

caf::result<void> transfer(elector_pointer self, consensus::node_id to);

/// Hands what waits to the core, or to the leader's elector.
void place_proposals(elector_pointer self);

/// As soon as what has arrived by now is looked at.
void look_at_proposals(elector_pointer self);

void end_request(elector_pointer self, const consensus::ended_request& ended);
void end_applied(elector_pointer self,
                 const std::vector<consensus::log_index>& indexes,
                 std::vector<consensus::octets>& answers);
void end_all(elector_pointer self);

} // namespace holdfast::actors
