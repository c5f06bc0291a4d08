// A value that shows by itself whether it is whole: all its words are equal.
#pragma once

#include "shm/type_tag.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast::test {

template <std::size_t Words>
struct pattern {
  std::array<std::uint64_t, Words> words;

  static pattern of(std::uint64_t number) {
    pattern made{};
    made.words.fill(number);
    return made;
  }

  bool whole() const {
    for (const auto word : words)
      if (word != words.front())
        return false;
    return true;
  }
};

using short_pattern = pattern<8>;
using long_pattern = pattern<9216>; // 72 KiB: three slots

} // namespace holdfast::test

template <>
struct holdfast::shm::type_tag<holdfast::test::short_pattern> {
  static constexpr std::string_view value = "test::short/1";
};

template <>
struct holdfast::shm::type_tag<holdfast::test::long_pattern> {
  static constexpr std::string_view value = "test::long/1";
};
