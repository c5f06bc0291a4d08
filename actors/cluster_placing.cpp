// Where regions live: the leader has the steps agreed on that placement plans.
// Their new homes hear of them from the tables, as everybody does.
#include "actors/cluster_parts.hpp"
#include "actors/error.hpp"
#include "actors/rules/catalog/placing.hpp"

namespace holdfast::actors {

namespace {

using rules::placement_step;

std::chrono::milliseconds now_of(const cluster_state& state) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
    state.options.now().time_since_epoch());
}

void note(const cluster_state& state, const placement_step& step,
          std::string_view what, std::string why) {
  state.options.log(log_level::info, what,
                    {{"tenant", step.tenant},
                     {"region", step.region},
                     {"home", std::to_string(step.home)},
                     {"reason", std::move(why)}});
}

void propose(cluster_pointer self, const placement_step& step) {
  self
    ->request(self->state.options.catalog, caf::infinite,
              command_request{catalog::command_of(step), {}})
    .then(
      [self, step] {
        auto& state = self->state;
        state.pace.ended(now_of(state), step, true);
        note(state, step, "a region was placed",
             std::string{rules::text_of(step.why)});
      },
      [self, step](const caf::error& error) {
        auto& state = self->state;
        state.pace.ended(now_of(state), step, false);
        note(state, step, "a region was not placed", to_shm(error).message());
      });
}

void on_plan(cluster_pointer self, const placement_plan& plan) {
  auto& state = self->state;
  state.plans = false;
  if (!state.leads)
    return;
  state.planned = plan.as_of;
  for (const auto& step : state.pace.begin(now_of(state), plan.steps))
    propose(self, step);
}

} // namespace

void place_regions(cluster_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.plans, true))
    return;
  const auto known = state.pace.has_open() ? 0 : state.planned;
  self
    ->request(state.options.catalog, caf::infinite,
              placement_query{state.options.placing, known})
    .then([self](const placement_plan& plan) { on_plan(self, plan); },
          [self](const caf::error&) { self->state.plans = false; });
}

} // namespace holdfast::actors
