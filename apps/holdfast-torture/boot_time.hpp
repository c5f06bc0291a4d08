// The clock of histories.
#pragma once

#include "shm/clock.hpp"

#include <cstdint>

namespace holdfast::torture {

/// Nanoseconds since the host booted.
inline std::int64_t now_ns() noexcept {
  return shm::boot_clock::now().time_since_epoch().count();
}

} // namespace holdfast::torture
