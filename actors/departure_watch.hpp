// Hears when this node takes part in the agreement no more, and says so once.
//
// Its disk failed, its history is broken, or the elector died: what the node
// promised then stands on nothing, so it has to end. How, it does not know.
// Talks to the elector.
#pragma once

#include "actors/interfaces.hpp"

#include <functional>

namespace holdfast::actors {

struct departure_watch_options {
  elector_actor elector;
  /// On whichever thread the watch runs.
  std::function<void()> on_departure;
};

struct departure_watch_state {
  static constexpr const char* name = "departure_watch";

  std::function<void()> on_departure; ///< null once it was called
};

leadership_watcher_actor::behavior_type departure_watch(
  leadership_watcher_actor::stateful_pointer<departure_watch_state> self,
  const departure_watch_options& options);

} // namespace holdfast::actors
