// Sees everything that all nodes do, and says what must not have happened.
//
// It compares what nodes did, never how: the same for any core.
#pragma once

#include "actors/consensus/core.hpp"
#include "tests/simulation/placements.hpp"
#include "tests/simulation/promises.hpp"
#include "tests/simulation/replica.hpp"

#include <string>

namespace holdfast::simulation {

using namespace consensus;

class witness {
public:
  // -- What it is told --

  void leads(node_id id, std::uint64_t database, term_number term);
  void writes(const append& made, const std::vector<term_number>& before);
  /// A message leaves a node with that disk.
  void says(const message& said, const stored_log& disk);
  /// A snapshot is on the disk of a node.
  void keeps(node_id id, const snapshot& base);
  void applies(node_id id, log_index index, const entry& content,
               const replica& after, const effect& had);
  /// `state`: the digest of all that the tables hold.
  void holds(node_id id, log_index index, std::uint64_t state);
  void answers(const octets& asked, log_index index);
  void breaks(std::string what);

  // -- What it makes of it --

  /// Of the first thing that must not have happened; empty: all is well.
  const std::string& violation() const {
    return violation_;
  }

  log_index last_applied() const {
    return ledger_.empty() ? 0 : ledger_.rbegin()->first;
  }

  std::uint64_t answered() const {
    return answered_;
  }

private:
  void decides(node_id id, log_index index, const entry& content,
               const replica& after, const effect& had);

  struct applied {
    entry content;
    catalog::outcome decided;
  };

  struct written {
    std::uint64_t content = 0;
    term_number before = 0;
  };

  std::string violation_;
  std::map<term_number, std::pair<node_id, std::uint64_t>> leaders_;
  std::map<log_index, applied> ledger_;
  std::map<std::pair<log_index, term_number>, written> written_;
  std::map<log_index, octets> changes_; ///< of the members, as applied
  std::map<log_index, std::uint64_t> states_;
  std::map<std::pair<catalog::origin, std::uint64_t>, log_index> effects_;
  placements placements_;
  promises promises_;
  std::uint64_t answered_ = 0;
};

} // namespace holdfast::simulation
