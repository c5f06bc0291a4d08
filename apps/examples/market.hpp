// What the market replayer stores, and how a reader knows that it is whole.
#pragma once

#include "apps/examples/checksum.hpp"
#include "shm/type_tag.hpp"

#include <cstdint>
#include <string_view>

namespace holdfast::examples {

/// One price of one symbol.
struct tick {
  char symbol[8];
  char date[16];
  double price;
  std::uint64_t pass;       // how often the series was played
  std::uint64_t sequence;   // rises by one with each tick of any symbol
  std::int64_t stored_ns;   // CLOCK_MONOTONIC just before the store
  std::uint64_t checked_by; // checksum of all the above
};

static_assert(sizeof(tick) == 64);

/// Holds the latest tick of any symbol; always stored together with the
/// symbol's own variable.
inline constexpr std::string_view tape_variable = "tape";

inline constexpr std::string_view price_prefix = "price/";

} // namespace holdfast::examples

template <>
struct holdfast::shm::type_tag<holdfast::examples::tick> {
  static constexpr std::string_view value = "market::tick/1";
};
