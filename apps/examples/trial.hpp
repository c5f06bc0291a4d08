// The values that a writer stores while it is killed.
#pragma once

#include "apps/examples/checksum.hpp"
#include "shm/type_tag.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast::examples {

/// Large enough that most of the writer's time goes into copying it.
struct trial_value {
  std::uint64_t writer; // process id
  std::uint64_t number; // of the value among the writer's
  std::array<std::uint64_t, 125> words;
  std::uint64_t checked_by;
};

static_assert(sizeof(trial_value) == 1024);

} // namespace holdfast::examples

template <>
struct holdfast::shm::type_tag<holdfast::examples::trial_value> {
  static constexpr std::string_view value = "trial::value/1";
};
