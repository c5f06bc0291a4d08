// The parts of the catalog, for its own sources.
#pragma once

#include "actors/catalog.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

using catalog_pointer = catalog_actor::stateful_pointer<catalog_state>;

// -- catalog_sessions.cpp: clients of this node -------------------------------

caf::result<admission> admit(catalog_pointer self,
                             const admit_request& request);

session_listings list_sessions(catalog_pointer self,
                               const sessions_query& query);

void note_holdings(catalog_pointer self, const session_holds& holds);

tenant_totals count_totals(catalog_pointer self, const totals_query& query);

void forget_session(catalog_pointer self, const caf::actor_addr& address);

// -- catalog_proposals.cpp: what is to change ---------------------------------

using outcome_function
  = std::function<void(const shm::result<catalog::outcome>&)>;

/// Calls `then` once: with what the tables decided, as soon as those of this
/// node have it, too; or why they could not. `carried_out_at` is another node
/// that hears of it as early as this one; 0: none.
void propose(catalog_pointer self, catalog::command command, catalog::caller by,
             outcome_function then, catalog::node_id carried_out_at = 0);

caf::result<void> enter(catalog_pointer self, enter_request& request);

/// Says to the cluster that this node is there, in this incarnation.
void join(catalog_pointer self);

/// Another attempt, if the proposal still waits for one.
void propose_again(catalog_pointer self, std::uint64_t request_id);

/// Ends the proposals that these tables have caught up with.
void end_decided(catalog_pointer self);

/// Ends the proposals whose attempt had no answer in time.
void end_overdue(catalog_pointer self);

// -- catalog_commands.cpp: for somebody who waits -----------------------------

caf::result<void> run_command(catalog_pointer self, command_request& request);

} // namespace holdfast::actors
