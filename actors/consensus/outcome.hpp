// How a request to the core ends, and what can be asked of the membership.
#pragma once

#include "actors/consensus/types.hpp"

#include <string_view>

namespace holdfast::consensus {

enum class outcome : std::uint8_t {
  committed = 1, ///< done, and applied here
  unknown = 2,   ///< leadership was lost: it may have happened, ask with its id
  not_leader = 3, ///< nothing happened; ask the leader
  overloaded = 4, ///< nothing happened; too much waits for a majority
  too_long = 5,   ///< nothing happened; the entry is beyond the bound
  too_early = 6,  ///< nothing happened; this leader has committed nothing yet
  busy = 7,       ///< nothing happened; another change is under way
  behind = 8,     ///< nothing happened; a member must catch up first
  leader_itself = 9,   ///< nothing happened; hand over leadership first
  no_such_member = 10, ///< nothing happened; no member, or not of that role
  exists = 11,         ///< nothing happened; id or address is taken
};

std::string_view name_of(outcome how) noexcept;

/// One step of a membership: one member at a time.
struct change {
  enum class step : std::uint8_t { add = 1, promote, demote, remove };

  step what = step::add; ///< added ones are learners
  member subject;        ///< only its id counts, unless it is added
};

} // namespace holdfast::consensus
