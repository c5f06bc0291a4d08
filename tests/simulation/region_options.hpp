// What a simulated region's world is like, and which bugs it has.
#pragma once

#include "actors/rules/region_replica/options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::region_simulation {

/// Bugs of what surrounds the rule.
struct world_faults {
  bool reads_without_asking = false; ///< whoever was home once answers reads
  bool wall_clock = false;           ///< clocks are set while they run
  bool false_proof = false;          ///< a frozen home is taken for dead
  bool tails_left_behind = false;    ///< of values from other holders
  bool stores_forgotten = false;     ///< by the home that made them
  bool groups_read_late = false;     ///< as they are when they are sent
};

/// What a bug needs to show, made likelier. 0: as chance has it.
struct situation {
  std::size_t holders = 0;
  bool crashes = false; ///< upon crashes, of few nodes
  bool pauses = false;
  bool moves = false; ///< of homes that are well
  bool reshaping = false;
  bool bad_links = false;
  bool slow_tables = false;
  bool late = false;        ///< many messages are, by seconds
  bool idle = false;        ///< hardly anybody stores
  bool slow_drains = false; ///< stores are long in memory alone
  bool session = false;     ///< one stores at whichever home there is
  bool groups = false;      ///< many stores are of several variables
  bool estranged = false;   ///< a home does not hear of the next one
  /// A home crashes, and a replica is cut off, as that calls committed what was
  /// stored again since.
  bool severed = false;
};

struct options {
  std::uint64_t seed = 1;
  region_replica::faults rule{};
  world_faults world{};
  situation needs{};
};

struct outcome {
  std::string violation; ///< empty: none
  std::string ending;
  std::uint64_t trace = 0;
  std::uint64_t events = 0;
  std::uint64_t simulated_ms = 0;
  // What was done, so that a quiet run is seen to be one.
  std::uint64_t flushed = 0;
  std::uint64_t read = 0;
  std::uint64_t stored = 0; ///< through a session
  std::uint64_t groups = 0; ///< stores of several variables
  std::uint64_t homes = 0;
  std::uint64_t discarded = 0;
  std::uint64_t losses = 0; ///< reported, and rightly so
};

class recorder;

/// With a recorder it goes on after a violation, so that what clients see of it
/// is recorded, too.
outcome simulate(const options& wanted, recorder* record_in = nullptr);

struct bug {
  std::string_view name;
  std::string_view what;
  bool region_replica::faults::*rule = nullptr;
  bool world_faults::*world = nullptr;
  situation needs{};
};

const std::vector<bug>& bugs();
options world_for(const bug& one, std::uint64_t seed, bool with_it);

} // namespace holdfast::region_simulation
