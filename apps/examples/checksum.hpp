// Checksums over structs whose last member is their `checked_by`.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace holdfast::examples {

/// Depends on every bit and on the place of every word. Never 0, so that
/// zeroed memory does not pass.
template <class T>
std::uint64_t checksum_of(const T& value) noexcept {
  static_assert(sizeof(T) % 8 == 0);
  const auto words
    = std::bit_cast<std::array<std::uint64_t, sizeof(T) / 8>>(value);
  std::uint64_t sum = 0x9e3779b97f4a7c15;
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    sum = (std::rotl(sum, 29) ^ words[i]) * 0xff51afd7ed558ccd;
  return (sum ^ (sum >> 32)) | 1;
}

template <class T>
bool is_whole(const T& value) noexcept {
  return value.checked_by == checksum_of(value);
}

} // namespace holdfast::examples
