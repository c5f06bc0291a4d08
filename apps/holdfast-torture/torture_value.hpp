// What clients write: a value that nobody else writes, with a checksum.
#pragma once

#include "shm/type_tag.hpp"

#include <cstdint>
#include <string_view>

namespace holdfast::torture {

struct torture_value {
  std::uint64_t value = 0; ///< value_of(client, counter)
  std::uint64_t variable = 0;
  std::uint64_t filling[5] = {};
  std::uint64_t checked_by = 0;

  static torture_value of(std::uint64_t value,
                          std::uint64_t variable) noexcept {
    torture_value made{value, variable, {}, 0};
    for (auto& word : made.filling)
      word = value = mixed(value);
    made.checked_by = made.checksum();
    return made;
  }

  /// Written by a client, to that variable, and read in one piece.
  bool is_whole(std::uint64_t in_variable) const noexcept {
    return variable == in_variable && checked_by == checksum();
  }

private:
  static std::uint64_t mixed(std::uint64_t word) noexcept {
    word = (word ^ (word >> 31)) * 0x9e37'79b9'7f4a'7c15;
    return word ^ (word >> 29);
  }

  std::uint64_t checksum() const noexcept {
    auto sum = mixed(value) ^ mixed(variable + 1);
    for (const auto word : filling)
      sum = mixed(sum ^ word);
    return sum;
  }
};

static_assert(sizeof(torture_value) == 64);

} // namespace holdfast::torture

template <>
struct holdfast::shm::type_tag<holdfast::torture::torture_value> {
  static constexpr std::string_view value = "torture::value/1";
};
