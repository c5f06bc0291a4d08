// Puts one region on disk. It blocks for as long as the disk does, so it has a
// thread of its own. Decides nothing: what is written together, and when, the
// region's actor says.
#pragma once

#include "actors/interfaces.hpp"

#include <memory>

namespace holdfast::actors {

/// To be spawned detached. `storage`: used by this actor alone from here on.
region_disk_actor::behavior_type
region_disk(region_disk_actor::pointer self,
            std::shared_ptr<region_storage> storage);

} // namespace holdfast::actors
