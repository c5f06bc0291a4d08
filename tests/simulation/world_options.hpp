// What a simulated world is like, and which bugs it has.
#pragma once

#include "actors/consensus/core.hpp"

#include <string_view>
#include <vector>

namespace holdfast::simulation {

/// Bugs of what surrounds the core.
struct world_faults {
  bool disk_lies = false;       ///< reports before it has synced
  bool disk_keeps_tail = false; ///< entries after the replaced ones stay
  bool no_deduplication = false;
  bool answer_before_apply = false; ///< the answer overtakes the state
  bool snapshot_too_new = false;    ///< of a state before its index
  bool rewritten_voter = false;     ///< a lost database is begun again
  bool skips_an_entry = false;      ///< a restarted node leaves one out
};

struct bug {
  std::string_view name;
  std::string_view what;
  bool consensus::faults::*core = nullptr;
  bool world_faults::*world = nullptr;
};

/// All that can be put in.
const std::vector<bug>& bugs();

struct world_options {
  std::uint64_t seed = 0;
  consensus::faults core;
  world_faults world;
};

struct verdict {
  std::string violation; ///< empty: none
  std::string ending;    ///< after a violation: what the nodes were like
  std::uint64_t trace = 0;
  std::uint64_t simulated_ms = 0;
  std::uint64_t answered = 0;
  std::uint64_t events = 0;
};

/// Runs one seed: whatever goes wrong, then all is mended and it must agree.
verdict simulate(const world_options& options);

} // namespace holdfast::simulation
