// What a node does with what was agreed: the catalog's machine, which gets the
// octets that a real node would get, and the bugs that can be put into it.
//
// Every node's must come to the same tables. Knows nothing of other nodes.
#pragma once

#include "actors/consensus/types.hpp"
#include "actors/rules/catalog/machine.hpp"
#include "tests/simulation/world_options.hpp"

#include <map>
#include <set>

namespace holdfast::simulation {

/// What only this node knows, and what no decision may follow from.
struct own_knowledge {
  std::uint64_t clock_ms = 0;
  std::set<catalog::node_id> down; ///< in its own opinion
};

/// What an entry did to the tables.
struct effect {
  bool decided = false; ///< now; not before, and not by somebody unknown
  catalog::log_index placed_before = 0; ///< the epoch it was to end
};

class replica {
public:
  explicit replica(const world_faults& bugs);

  /// Errors: what stopped the machine.
  shm::result<effect> apply(catalog::log_index index,
                            const catalog::octets& content,
                            const own_knowledge& here);
  shm::result<void> skip(catalog::log_index index) {
    return machine_.skip(index);
  }

  catalog::octets state() const {
    return machine_.snapshot();
  }
  shm::result<void> restore(catalog::log_index index,
                            const catalog::octets& state);

  /// Of all that is in the tables.
  std::uint64_t digest() const;

  /// What became of one of the last entries; null: not applied here, or long
  /// ago.
  const catalog::outcome* outcome_at(catalog::log_index index) const;

  /// 0: it lives nowhere, or there is no such region.
  catalog::log_index epoch_of(const catalog::region_name& name) const;

  catalog::log_index applied() const {
    return machine_.applied();
  }

  const catalog::contents& now() const {
    return machine_.now().all();
  }

private:
  shm::result<catalog::outcome> decide(catalog::log_index index,
                                       const catalog::octets& content);
  catalog::octets with_bugs(catalog::log_index index,
                            const catalog::octets& content,
                            const own_knowledge& here);
  void keep_epoch(const catalog::region_name& moved, catalog::log_index before);
  void put(catalog::contents other);

  world_faults bugs_;
  catalog::machine machine_;
  std::map<catalog::log_index, catalog::outcome> recent_;
};

/// Small enough that what is forgotten is forgotten in every seed.
catalog::limits small_tables();

/// What was written by `encode`; the simulation writes nothing else.
catalog::entry entry_of(const catalog::octets& content);

/// The same number for the same octets on every machine.
std::uint64_t digest_of(const catalog::octets& bytes);

} // namespace holdfast::simulation
