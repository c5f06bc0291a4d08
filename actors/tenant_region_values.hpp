// The part of a tenant region that stores and copies values for clients that
// do not map it.
#pragma once

#include "actors/messages.hpp"
#include "shm/clock.hpp"

namespace holdfast::actors {

// Neither waits for a client that is in the middle of a store: contended.

/// Answers with the version.
shm::result<std::uint64_t> store_value(const shm::region& region,
                                       const store_value_request& request);

shm::result<loaded_value> load_value(const shm::region& region,
                                     const load_value_request& request,
                                     shm::boot_clock::time_point now);

} // namespace holdfast::actors
