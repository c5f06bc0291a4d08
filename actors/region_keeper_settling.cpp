// Regions whose epoch has settled, as their actors say: that is agreed on, a
// few at a time. An actor says it again until the tables do.
#include "actors/region_keeper_parts.hpp"

namespace holdfast::actors {

namespace {

void propose(region_keeper_pointer self, const catalog::settle_region& what) {
  const auto ended = [self, what] {
    auto& state = self->state;
    state.settling.erase({what.name, what.epoch});
    if (const auto found = state.to_settle.find(what.name);
        found != state.to_settle.end() && found->second == what.epoch)
      state.to_settle.erase(found);
    settle_more(self);
  };
  // Refused: it is in another epoch by now, or nobody leads.
  self
    ->request(self->state.options.catalog, caf::infinite,
              command_request{what, {}})
    .then(ended, [ended](const caf::error&) { ended(); });
}

} // namespace

void settle(region_keeper_pointer self, const catalog::settle_region& what) {
  auto& epoch = self->state.to_settle[what.name];
  epoch = std::max(epoch, what.epoch);
  settle_more(self);
}

void settle_more(region_keeper_pointer self) {
  auto& state = self->state;
  for (const auto& [name, epoch] : state.to_settle) {
    if (state.settling.size() >= state.options.settling_max)
      return;
    // A proposal that is lost with a link holds up no newer epoch.
    if (state.settling.emplace(name, epoch).second)
      propose(self, {name, epoch});
  }
}

} // namespace holdfast::actors
