// Reserves memory. It blocks, for as long as the kernel zeroes pages, so it
// has a thread of its own and nobody else ever blocks.
#pragma once

#include "actors/interfaces.hpp"

namespace holdfast::actors {

/// To be spawned detached.
region_maker_actor::behavior_type
region_maker(region_maker_actor::pointer self);

} // namespace holdfast::actors
