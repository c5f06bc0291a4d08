// Reserves memory, and fills it with what was on disk. It blocks, for as long
// as the kernel zeroes pages and the disk reads, so it has a thread of its own
// and nobody else waits for that.
#pragma once

#include "actors/interfaces.hpp"

namespace holdfast::actors {

struct region_maker_options {
  std::shared_ptr<region_storages> disks; ///< null: nothing is on disk
};

/// To be spawned detached.
region_maker_actor::behavior_type region_maker(region_maker_actor::pointer self,
                                               region_maker_options options);

} // namespace holdfast::actors
