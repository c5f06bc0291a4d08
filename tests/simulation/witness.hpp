// Sees everything that all nodes do, and says what must not have happened.
//
// It compares what nodes did, never how: the same for any core.
#pragma once

#include "actors/consensus/core.hpp"
#include "tests/simulation/replica.hpp"

#include <string>

namespace holdfast::simulation {

class witness {
public:
  // -- What it is told --

  void leads(node_id id, std::uint64_t database, term_number term);
  void writes(const append& made, const std::vector<term_number>& before);
  void applies(node_id id, log_index index, const entry& content,
               const replica& after, bool had_effect);
  void restores(node_id id, log_index index, const replica& after);
  void answers(const command& asked, log_index index);
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

  /// The last request of an origin that was told to be committed.
  const std::map<std::uint64_t, std::uint64_t>& answered_by_origin() const {
    return last_answered_;
  }

private:
  struct applied {
    entry content;
    std::uint64_t digest = 0;
  };

  struct written {
    std::uint64_t content = 0;
    term_number before = 0;
  };

  std::string violation_;
  std::map<term_number, std::pair<node_id, std::uint64_t>> leaders_;
  std::map<log_index, applied> ledger_;
  std::map<std::pair<log_index, term_number>, written> written_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, log_index> effects_;
  std::map<std::uint64_t, std::uint64_t> last_answered_;
  std::uint64_t answered_ = 0;
};

} // namespace holdfast::simulation
