#include "shm/extents.hpp"

#include <algorithm>
#include <iterator>

namespace holdfast::shm {

void extents::give(std::uint64_t offset, std::uint64_t bytes) {
  if (bytes == 0)
    return;
  auto next = free_.lower_bound(offset);
  if (next != free_.end() && offset + bytes == next->first) {
    bytes += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == offset) {
      before->second += bytes;
      return;
    }
  }
  free_.emplace(offset, bytes);
}

std::optional<std::uint64_t> extents::take(std::uint64_t bytes) {
  const auto fits = [bytes](const auto& hole) { return hole.second >= bytes; };
  const auto found = std::find_if(free_.begin(), free_.end(), fits);
  if (found == free_.end())
    return std::nullopt;
  const auto [offset, available] = *found;
  free_.erase(found);
  if (available > bytes)
    free_.emplace(offset + bytes, available - bytes);
  return offset;
}

std::uint64_t extents::free_bytes() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& [_, bytes] : free_)
    sum += bytes;
  return sum;
}

std::uint64_t extents::largest() const noexcept {
  std::uint64_t best = 0;
  for (const auto& [_, bytes] : free_)
    best = std::max(best, bytes);
  return best;
}

} // namespace holdfast::shm
