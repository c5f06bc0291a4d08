#include "actors/rules/drain.hpp"

#include <algorithm>

namespace holdfast::rules {

drain_step drain::on_tick(time_point now, const drain_view& view) {
  if (ended_)
    return {*ended_, std::nullopt};
  const bool moved = view.homes == 0;
  const bool late = now - began_ >= options_.patience;
  // Where nobody can take a home, waiting moves nothing.
  const bool stuck = view.homes <= view.stranded;
  if (!moved && !stuck && !late)
    return {drain_phase::moving, std::nullopt};
  if (!view.leads || view.successors.empty() || late) {
    const bool all_gone = moved && !view.leads;
    ended_ = all_gone ? drain_phase::done : drain_phase::out_of_time;
    return {*ended_, std::nullopt};
  }
  drain_step step{drain_phase::handing_over, std::nullopt};
  if (!last_attempt_ || now - *last_attempt_ >= options_.retry) {
    last_attempt_ = now;
    step.hand_over_to
      = *std::min_element(view.successors.begin(), view.successors.end());
  }
  return step;
}

} // namespace holdfast::rules
