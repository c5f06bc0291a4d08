// How a leader lets a node in that lost its log: what that node voted for and
// acknowledged went with it, so the member that it was is taken off, forgotten,
// and let in anew, as one that follows.
//
// One step at a time, each agreed on; then it is looked at again. So it does
// not matter where a leader was stopped before. Regions that it alone has on
// disk would begin empty: that is an operator's decision ('members remove').
#pragma once

#include <cstdint>

namespace holdfast::rules {

enum class rejoining_step : std::uint8_t {
  remove, ///< off the members: its votes count nowhere from then on
  forget, ///< its row in the tables, where its incarnations are counted
  add,    ///< as a learner
  none,   ///< it is a member that nobody has heard yet
  wait    ///< for an operator
};

/// What a leader knows of it.
struct rejoining_view {
  bool belongs = false; ///< to the members
  bool votes = false;
  bool answered = false; ///< the leader's entries, with some of them
  bool recorded = false; ///< in the tables: it has entered
  bool alone_has_values = false;
};

/// Of a node whose log is empty.
constexpr rejoining_step next_step(const rejoining_view& seen) noexcept {
  if (!seen.belongs)
    return seen.recorded ? rejoining_step::forget : rejoining_step::add;
  if (!seen.votes && !seen.answered && !seen.recorded)
    return rejoining_step::none;
  return seen.alone_has_values ? rejoining_step::wait : rejoining_step::remove;
}

} // namespace holdfast::rules
