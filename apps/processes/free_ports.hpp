// Ports of 127.0.0.1 that servers may take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace holdfast::processes {

/// Ports that were free a moment ago, each another one. Throws
/// std::runtime_error when there are none.
std::vector<std::uint16_t> free_ports(std::size_t count);

} // namespace holdfast::processes
