// What a flush is to survive.
#pragma once

#include <cstdint>

namespace holdfast::client {

enum class durability : std::uint8_t {
  memory, ///< the loss of any minority of the nodes that hold the region
  disk    ///< the loss of power at all of them; needs a region kept on disk
};

} // namespace holdfast::client
