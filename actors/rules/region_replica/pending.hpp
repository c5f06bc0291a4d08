// Which versions are waiting to be known as committed: of each variable the
// oldest, and the newest. A variable that changes all the time is told of every
// now and then, and costs no more than one that does not.
#pragma once

#include "actors/rules/region_replica/actions.hpp"
#include "actors/rules/region_replica/change_queue.hpp"

namespace holdfast::region_replica {

class pending {
public:
  void add(variable_key key, sequence changed, std::uint64_t version);
  void remove(variable_key key);
  void clear();

  /// Those whose sequence is not above this one.
  std::vector<committed_version> take(sequence up_to);

  /// The newest of each.
  std::vector<committed_version> newest() const;

private:
  struct change {
    sequence changed = 0;
    std::uint64_t version = 0;
  };

  struct changes {
    change oldest;
    change newest;
  };

  change_queue order_; // by the oldest
  /// Of all that ever waited.
  rules::ordered_table<variable_key, changes> of_;
};

} // namespace holdfast::region_replica
