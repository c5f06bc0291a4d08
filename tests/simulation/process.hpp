// One simulated process: a core, its disk, its clock, its tables, and what
// looks after the rest.
//
// Knows nothing of other processes: what is said goes out through `outbox`.
#pragma once

#include "tests/simulation/caretaker.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/witness.hpp"
#include "tests/simulation/world_options.hpp"

#include <deque>

namespace holdfast::simulation {

/// Microseconds of the world.
using world_time = std::int64_t;

/// How the clock of a process runs.
struct sim_clock {
  std::int64_t offset_us = 0;
  std::int64_t per_mille = 1000; ///< 1000: as the world's

  instant local(world_time now) const {
    return instant{(offset_us + now * per_mille / 1000) / 1000};
  }

  /// The first moment at which the clock shows it.
  world_time world(instant shown) const {
    return (shown.count() * 1000 - offset_us) * 1000 / per_mille + 1;
  }
};

struct sim_process {
  // What stays when it dies.
  node_id id = 0;
  std::uint64_t database = 0;
  std::uint64_t cluster = 0;
  stored_log disk;
  std::map<node_id, std::uint64_t> databases;
  std::uint64_t starts = 0;
  log_index reached = 0; ///< the last entry that it carried out, and its term
  term_number reached_term = 0;
  sim_clock clock;
  bool gone = false;     ///< its database is lost
  bool stranger = false; ///< of another cluster
  bool impostor = false; ///< has the id of another one

  // What does not.
  std::unique_ptr<core> brain;
  std::unique_ptr<replica> machine;
  std::unique_ptr<caretaker> keeper;
  std::deque<std::pair<write_number, write>> queued;
  write_number syncing = 0; ///< 0: the disk is idle
  log_index applied = 0;
  bool leads = false;
  term_number term = 0;
  membership members; ///< the newest of its log, and of which change
  log_index changed_at = 0;
  bool skip_next = false;
  world_time changes_until = 0; ///< is asked for another change so long

  // How it is doing.
  std::uint64_t generation = 0; ///< tells events of an earlier life
  world_time paused_until = 0;
  world_time started_at = 0;
  world_time disk_us = 200;
  world_time ticks_at = 0; ///< 0: no tick is under way

  bool is_up() const {
    return brain != nullptr;
  }
};

/// The terms that stand before the entries of a write, once it is on disk; 0
/// where that is not known.
std::vector<term_number> terms_before(const stored_log& log,
                                      const append& made);

/// Puts a write on the disk of the process, or what the bug makes of it.
void carry_out(sim_process& node, const write& made, const world_faults& bugs);

} // namespace holdfast::simulation
