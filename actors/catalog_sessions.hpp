// The part of the catalog that deals with sessions.
#pragma once

#include "actors/catalog.hpp"

#include <caf/result.hpp>

namespace holdfast::actors {

using catalog_pointer = catalog_actor::stateful_pointer<catalog_state>;

caf::result<admission> admit(catalog_pointer self,
                             const admit_request& request);

session_listings list_sessions(catalog_pointer self,
                               const sessions_query& query);

void note_holdings(catalog_pointer self, const session_holds& holds);

tenant_totals count_totals(catalog_pointer self, const totals_query& query);

/// True if the address was a session.
bool forget_session(catalog_pointer self, const caf::actor_addr& address);

} // namespace holdfast::actors
