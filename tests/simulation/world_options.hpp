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

  // Of the tables.
  bool results_not_in_snapshots = false; ///< what was decided is forgotten
  bool time_of_the_node = false;    ///< the leader's time is not the entry's
  bool own_opinion_decides = false; ///< about who is healthy, not the tables'
  bool epoch_stays = false;         ///< although the region moves
  bool epoch_not_compared = false;  ///< decisions about older ones count

  // Of who looks after nodes and regions.
  bool late_timer_misses = false; ///< a late timer counts all its intervals
  bool never_hands_over = false;  ///< whoever leads goes on leading
  bool ignores_the_dead = false;  ///< nobody notes who is down
};

/// What goes wrong in a world: bits by the numbers of world::make_trouble.
enum trouble : std::uint64_t {
  crashes = 1 << 0 | 1 << 1,
  crashes_of_all = 1 << 2,
  splits = 1 << 3 | 1 << 4,
  heals = 1 << 5,
  pauses = 1 << 6,
  transfers = 1 << 7,
  changes = 1 << 8,
  disks = 1 << 9,
  proofs = 1 << 10,
  intruders = 1 << 11, ///< lost databases and second nodes of one id
};

/// What a bug needs to show, made likelier. None of it: as chance has it.
struct situation {
  std::uint64_t favoured = 0; ///< troubles that make up most of those
  std::size_t voters = 0;     ///< 0: by chance
  bool slow_disks = false;
  std::uint64_t stalled_disks = 0; ///< per mille of what is put on them
  std::uint32_t window = 0;        ///< entries under way to one; 0: by chance
  bool overtaking = false; ///< messages of a link overtake each other often
  bool in_haste = false;   ///< trouble upon trouble
  bool losses = false;
  bool impostors = false;
  bool strangers = false;
  bool votes_change = false; ///< in every change of the members
  int changes_in_a_row = 1;  ///< of the members, as often as one is asked for
  std::uint64_t crash_in_vote = 0;   ///< per mille of the ballots being written
  std::uint64_t crash_in_change = 0; ///< per mille of the changes being written
  std::uint64_t change_upon_change = 0; ///< per mille of those applied
  bool death_after_rollback = false;    ///< of a leader that replaced a change
};

struct bug {
  std::string_view name;
  std::string_view what;
  bool consensus::faults::*core = nullptr;
  bool world_faults::*world = nullptr;
  situation needs{};
  bool consensus::faults::*other = nullptr; ///< hides it, so it goes too
};

/// All that can be put in.
const std::vector<bug>& bugs();

struct world_options {
  std::uint64_t seed = 0;
  consensus::faults core;
  world_faults world;
  situation needs{};
};

/// The world that a bug needs, with the bug or without it.
world_options world_for(const bug& one, std::uint64_t seed, bool with_it);

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
