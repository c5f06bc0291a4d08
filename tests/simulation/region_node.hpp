// A simulated node: its memory of the region, its clock, its disk, and the rule
// that it carries out.
#pragma once

#include "actors/rules/region_replica/machine.hpp"
#include "actors/rules/region_replica/store_ledger.hpp"
#include "tests/simulation/region_catalog.hpp"
#include "tests/simulation/region_witness.hpp"

#include <optional>
#include <tuple>
#include <utility>

namespace holdfast::region_simulation {

using region_replica::boot_time;
using region_replica::waiter;

struct cell {
  std::uint64_t version = 0;
  value_id value = 0;
};

/// A message, with the values whose bytes it carries: one for each row.
struct parcel {
  node_id from = 0;
  node_id to = 0;
  region_replica::message said;
  std::vector<value_id> values;
  std::vector<std::vector<char>> tails; ///< of the values
};

/// What somebody asked for, and what it is about.
struct request {
  enum class kind { flush, durable, read, session };
  kind what = kind::flush;
  std::map<variable_key, value_id> values; ///< flushed, or as read
  std::map<variable_key, stamp> least;     ///< when the read began
  std::uint64_t serial = 0;                ///< of the session's store
};

struct region_node {
  node_id id = 0;
  region_replica::life life = 0;
  bool up = false;
  boot_time paused_until{};
  std::int64_t drift = 0; ///< per mille
  boot_time ahead{};

  epoch_number tables = 0; ///< entries that it has applied
  boot_time tables_after{};
  epoch_number admitted = 0;
  std::uint64_t made = 0; ///< machines of this life
  std::optional<region_replica::machine> rule;

  std::map<variable_key, cell> cells; ///< the one below variables is `stores`
  region_replica::store_ledger ledger;
  std::map<variable_key, std::map<std::uint64_t, value_id>> history;
  std::set<variable_key> groups; ///< stored in groups
  /// Of those, while it serves: as they were when they were drained.
  struct noted_value {
    cell has;
    std::vector<char> tail;
  };
  std::map<variable_key, noted_value> noted;
  bool notes = false;
  std::set<variable_key> apart; ///< they may not be read together
  std::set<variable_key> dirty;
  std::map<variable_key, value_id> unflushed;
  epoch_number stored_in = 0; ///< the first of them
  region_replica::publish shown;
  bool stopping = false;
  std::map<waiter, request> waiting;
  epoch_number served = 0; ///< the last epoch it was seen to serve in
  bool kept = false;       ///< its memory is what it ever was

  /// What of it was last given to the disk.
  std::tuple<epoch_number, epoch_number, epoch_number, std::uint64_t>
    persisting;
  std::uint64_t persists = 0;  ///< given to the disk so far
  std::uint64_t persisted = 0; ///< the last that is there: never an older one
  region_replica::holding disk;
  std::map<variable_key, cell> disk_cells;
  region_replica::store_ledger disk_ledger;

  boot_time local(boot_time now) const {
    return now + now * drift / 1000 + ahead;
  }
  bool paused(boot_time now) const {
    return now < paused_until;
  }
  /// Each machine has a life of its own, later ones greater.
  static constexpr std::uint64_t machines_max = 1000;
  region_replica::life next_machine() {
    return life * machines_max + made++;
  }
  /// What a client there sees: a home with a lease, frozen or not.
  bool seen_serving(boot_time now) const {
    return up && shown.now == region_replica::publish::state::serving
           && local(now) <= shown.lease_end;
  }
  void put(variable_key key, std::uint64_t version, value_id value) {
    cells[key] = {version, value};
    history[key][version] = value;
  }
  void note(variable_key key) {
    auto& to = noted[key] = {cells[key], {}};
    ledger.append(key, to.tail);
  }
  void clear_values() {
    cells.clear();
    ledger.clear();
    history.clear();
    groups.clear();
    noted.clear();
    apart.clear();
    notes = false;
  }
  void forget() {
    rule.reset();
    clear_values();
    dirty.clear();
    unflushed.clear();
    waiting.clear();
    shown = {};
    stopping = kept = false;
    persisting = {};
  }
  std::vector<region_replica::change> drain() {
    std::vector<region_replica::change> changes;
    for (const auto key : std::exchange(dirty, {})) {
      changes.push_back({key, cells[key].version, 100, groups.contains(key)});
      if (groups.contains(key) && rule && rule->stores_in())
        note(key);
    }
    return changes;
  }
};

} // namespace holdfast::region_simulation
