// What the tables decide about one region, entry by entry, as
// actors/rules/catalog/tables_placement.cpp does.
#pragma once

#include "actors/rules/region_replica/values.hpp"

#include <vector>

namespace holdfast::region_simulation {

using region_replica::epoch_number;
using region_replica::node_id;
using region_replica::placement;

class region_catalog {
public:
  /// Placed for the first time.
  void begin(node_id home, const std::set<node_id>& replicas);
  /// A node is there in a new life. One that was home begins a new epoch, now
  /// or by a decision of the leader: what it had in memory is gone.
  epoch_number join(node_id node, bool begins_epoch);
  bool move(epoch_number expected, node_id home);
  /// One holder more or less.
  bool reshape(epoch_number expected, const std::set<node_id>& replicas);
  bool settle(epoch_number epoch);

  /// After the entry of that index.
  const placement& at(epoch_number index) const {
    return history_[index];
  }
  epoch_number last() const {
    return history_.size() - 1;
  }
  const placement& now() const {
    return history_.back();
  }

private:
  void begin_epoch(placement& of, node_id home, std::set<node_id> replicas);

  std::vector<placement> history_{placement{}};
};

} // namespace holdfast::region_simulation
