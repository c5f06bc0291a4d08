// The parts of the region keeper, for its own sources.
#pragma once

#include "actors/region_keeper.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

using region_keeper_pointer
  = region_keeper_actor::stateful_pointer<region_keeper_state>;

// -- region_keeper_plan.cpp: following the tables -----------------------------

/// Asks for a plan, once at a time, and carries it out.
void follow_tables(region_keeper_pointer self);

// -- region_keeper_settling.cpp -----------------------------------------------

/// An epoch has settled.
void settle(region_keeper_pointer self, const catalog::settle_region& what);
/// Has agreed on what waits, a few at a time.
void settle_more(region_keeper_pointer self);

// -- region_keeper.cpp --------------------------------------------------------

/// Answers those whose entry is carried out by now.
void answer_waiters(region_keeper_pointer self);

log_fields about(const catalog::region_name& name);

} // namespace holdfast::actors
