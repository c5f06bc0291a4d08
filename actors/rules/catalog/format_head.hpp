// The first four bytes of everything that is stored: which kind it is,
// and in which format the rest is written.
#pragma once

#include "actors/rules/catalog/format.hpp"

namespace holdfast::catalog {

inline constexpr std::size_t head_bytes = 4;

enum class stored : std::uint8_t { entry = 'E', outcome = 'O', snapshot = 'S' };

void put_head(octets& into, stored what);

/// The format is ours. Errors: protocol for a newer one, corrupt.
shm::result<void> check_head(std::span<const std::uint8_t> from, stored what);

shm::error corrupt(std::string detail);

} // namespace holdfast::catalog
