// Which bytes of a region's heap are free. Private to the node.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace holdfast::shm {

/// First-fit free list over offsets, with neighbours joined. Knows no memory.
class extents {
public:
  /// Adds free space at the end or gives an extent back.
  void give(std::uint64_t offset, std::uint64_t bytes);

  /// Takes the first free extent that is large enough; nothing if none is.
  /// `bytes` is a multiple of the extent alignment of the layout.
  std::optional<std::uint64_t> take(std::uint64_t bytes);

  std::uint64_t free_bytes() const noexcept;

  /// The largest value of `bytes` that take() would grant now.
  std::uint64_t largest() const noexcept;

private:
  std::map<std::uint64_t, std::uint64_t> free_; // offset -> bytes
};

} // namespace holdfast::shm
