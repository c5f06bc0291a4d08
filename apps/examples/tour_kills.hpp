// Kills writers in the middle of their stores.
#pragma once

#include "apps/examples/tour_node.hpp"

namespace holdfast::examples {

struct kill_findings {
  int kills = 0;
  double median_ms = 0; // from SIGKILL to the next writer's completed stores
  double longest_ms = 0;
  told reader{}; // what the reader beside them saw
};

/// Kills `count` writers, each at a random instant while it stores and a
/// reader reads. The next writer is attached already and starts to store at
/// the instant of the kill.
kill_findings kill_writers(const tour_node& node, const cast& players,
                           int count);

} // namespace holdfast::examples
