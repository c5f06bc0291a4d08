// How far a node has come as a holder of a region, for people and tests.
#pragma once

#include "actors/rules/region_replica/values.hpp"

namespace holdfast::region_replica {

enum class phase : std::uint8_t {
  following = 1, ///< another node is home
  stranded = 2,  ///< named home in a life before this one: a new epoch is due
  collecting = 3,
  pulling = 4,
  writing_back = 5,
  settling = 6,
  serving = 7
};

struct status {
  region_replica::phase phase = phase::following;
  epoch_number epoch = 0;
  epoch_number promised = 0;
  epoch_number held = 0; ///< in which this node was whole; 0: it is not
  region_replica::memory memory = memory::blank;
  sequence applied = 0;
  sequence committed = 0;
  sequence durable = 0; ///< on the disks of a majority
  boot_time lease_end{};
  std::map<node_id, sequence> acknowledged; ///< by the other holders
  /// As a home: who has all values, this node among them. Others may be lost
  /// without harm.
  std::set<node_id> whole;
};

} // namespace holdfast::region_replica
