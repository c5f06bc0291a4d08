// A region that lives on three nodes: prices, and the memory of the host they
// were stored on.
#pragma once

#include "apps/examples/market.hpp"
#include "apps/examples/telemetry.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::examples {

inline constexpr std::string_view live_region = "live";
inline constexpr std::string_view live_memory = "memory";

/// The last ticks are kept one by one, so that each can be looked for.
inline constexpr std::size_t kept_ticks = 64;

/// Where the tick with this sequence is kept.
inline std::string kept_tick(std::uint64_t sequence) {
  return "kept/" + std::to_string(sequence % kept_ticks);
}

} // namespace holdfast::examples
