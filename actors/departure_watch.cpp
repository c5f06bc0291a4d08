#include "actors/departure_watch.hpp"

#include <caf/all.hpp>

#include <utility>

namespace holdfast::actors {

namespace {

using departure_watch_pointer
  = leadership_watcher_actor::stateful_pointer<departure_watch_state>;

void tell(departure_watch_pointer self) {
  if (const auto tell_once = std::exchange(self->state.on_departure, nullptr))
    tell_once();
}

void look_at(departure_watch_pointer self, const leadership& now) {
  if (!now.takes_part)
    tell(self);
}

} // namespace

leadership_watcher_actor::behavior_type
departure_watch(departure_watch_pointer self,
                const departure_watch_options& options) {
  self->state.on_departure = options.on_departure;
  self->set_down_handler([self](const caf::down_msg& down) {
    // Whoever ends the node ends the elector in this way.
    if (down.reason != caf::exit_reason::user_shutdown)
      tell(self);
  });
  self->monitor(options.elector);
  self
    ->request(
      options.elector, caf::infinite,
      watch_leadership_request{caf::actor_cast<leadership_watcher_actor>(self)})
    .then([self](const leadership& now) { look_at(self, now); },
          [](const caf::error&) { /* it is down: the handler hears of it */ });
  return {
    [self](const leadership& now) { look_at(self, now); },
  };
}

} // namespace holdfast::actors
