// Regions of which this node may say that their epoch has settled: it has them,
// and nobody else is to.
#include "actors/region_keeper_parts.hpp"
#include "config/defaults.hpp"

namespace holdfast::actors {

namespace {

/// It is here, in the epoch in which its home has nobody else to ask.
bool has_taken(const region_keeper_state& state,
               const catalog::settle_region& what) {
  const auto named = state.names.find(what.name);
  if (named == state.names.end())
    return false;
  const auto& region = state.regions.at(named->second);
  return region.actor && region.open == 0 && region.local.epoch == what.epoch;
}

void settle(region_keeper_pointer self, const catalog::settle_region& what) {
  self
    ->request(self->state.options.catalog, caf::infinite,
              command_request{what, {}})
    .then(
      [self, what] {
        auto& state = self->state;
        state.settling.erase(what.name);
        std::erase(state.to_settle, what);
        settle_more(self);
      },
      [self, what](const caf::error&) {
        // Nobody leads, or it is in another epoch by now.
        self->state.settling.erase(what.name);
        self->delayed_send(self, config::command_retry, tables_changed{});
      });
}

} // namespace

void settle_more(region_keeper_pointer self) {
  auto& state = self->state;
  for (const auto& each : state.to_settle) {
    if (state.settling.size() >= state.options.settling_max)
      return;
    if (has_taken(state, each) && state.settling.insert(each.name).second)
      settle(self, each);
  }
}

} // namespace holdfast::actors
