// The region that is fuzzed, and what its lock words say.
#pragma once

#include "shm/handles.hpp"
#include "shm/region.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace holdfast::fuzz {

inline constexpr std::uint64_t region_bytes = 1U << 20;
inline constexpr std::uint32_t variables_max = 70; // two dirty words
inline constexpr auto plan = shm::layout::plan::of(variables_max);

// Above all sizes at which copies change their form (copy.hpp, copy.cpp).
inline constexpr std::uint32_t large_bytes = 257U << 10;

struct spot {
  std::array<std::uint64_t, 3> bytes; // not a whole number of pairs
};

} // namespace holdfast::fuzz

template <>
struct holdfast::shm::type_tag<holdfast::fuzz::spot> {
  static constexpr std::string_view value = "fuzz::spot/1";
};

namespace holdfast::fuzz {

inline const std::vector<shm::variable_spec>& specs() {
  using shm::layout::variable_kind;
  static const std::vector<shm::variable_spec> all{
    {"value", variable_kind::value, "fuzz::spot/1", sizeof(spot)},
    {"count", variable_kind::counter, "i64", 8},
    {"bytes", variable_kind::bytes, "bytes", 100},
    {"text", variable_kind::string, "string", 33},
    {"json", variable_kind::json, "json", 500},
    {"large", variable_kind::bytes, "bytes", large_bytes},
  };
  return all;
}

// True where a store would wait for the holder of the lock: for as long as
// a fuzzer has no time for.
inline bool locked(const shm::variable_handle& handle) {
  const auto lock = handle.at().head->lock.load();
  return shm::layout::lock_word::generation(lock) == handle.at().generation
         && lock != shm::layout::lock_word::free(handle.at().generation);
}

inline bool forged(const shm::variable_handle& handle, std::uint32_t owner) {
  return shm::layout::lock_word::owner(handle.at().head->lock.load()) == owner;
}

} // namespace holdfast::fuzz
