// 128 bits of chance: an incarnation, a cluster, a nonce.
#pragma once

#include <cstdint>

namespace holdfast::rules {

/// Zero: none.
struct wide_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const wide_id&) const = default;

  explicit operator bool() const noexcept {
    return high != 0 || low != 0;
  }
};

} // namespace holdfast::rules
