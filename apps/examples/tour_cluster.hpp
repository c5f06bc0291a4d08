// Three nodes hold a region together, and go on when its home is killed, which
// leads them, too.
#pragma once

#include "apps/examples/tour_node.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::examples {

struct cluster_findings {
  double elected_ms = 0; // from the start of the nodes until all name a leader
  double settled_ms = 0; // from the start until that is the lowest id
  std::uint64_t first_leader = 0;
  std::uint64_t first_term = 0;
  std::uint64_t next_leader = 0;
  std::uint64_t next_term = 0;
  double next_leader_ms = 0;   // from SIGKILL until both others name one
  double next_decision_ms = 0; // from SIGKILL until a new one is agreed on
  std::uint64_t last_leader = 0;
  double returned_ms = 0;   // from its new start until it leads again
  bool same_tables = false; // all nodes know both decisions

  std::uint64_t first_home = 0;
  std::uint64_t next_home = 0;
  double next_flush_ms = 0; // from SIGKILL until a price is flushed again
  told writer{};            // of the region, that followed it to its next home
  std::array<told, 3> readers{}; // of the region, one at each node
  std::vector<std::string> why;  // the story as caf-shell tells it
};

/// Starts three nodes that list each other, waits until the lowest id leads and
/// is the home of a region into which `prices`, a file, is played; kills it,
/// lets the others decide, and starts it again.
cluster_findings kill_a_leader(const cast& players, const std::string& prices);

} // namespace holdfast::examples
