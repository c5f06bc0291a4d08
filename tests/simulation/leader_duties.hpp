// What a leader must have seen to before it changes the members or hands over,
// held against the disks of all.
//
// Decisions only: what the leader knows is no matter, what is true counts.
#pragma once

#include "actors/consensus/messages.hpp"

#include <map>
#include <string>

namespace holdfast::simulation {

struct entered_change {
  consensus::node_id leader = 0;
  consensus::term_number term = 0;
  consensus::log_index index = 0;
  consensus::membership after;
  consensus::membership before;
  consensus::log_index before_index = 0; ///< of the change that made `before`
};

using disks_by_node
  = std::map<consensus::node_id, const consensus::stored_log*>;

/// What is wrong with a change that a leader enters; empty: nothing. `lag_max`:
/// the entries that a new voter may lack.
std::string wrong_with(const entered_change& made, const disks_by_node& of,
                       consensus::log_index lag_max);

/// The same of whom it hands over to, while its own log ends at `last`: nobody
/// is served until the heir has all of it.
std::string wrong_heir(consensus::node_id heir, consensus::log_index last,
                       const disks_by_node& of, consensus::log_index lag_max);

} // namespace holdfast::simulation
