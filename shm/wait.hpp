// Sleeping until a variable changes, from any mapping, without polling.
#pragma once

#include "shm/error.hpp"
#include "shm/futex.hpp"
#include "shm/variable.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace holdfast::shm {

/// A variable and the version that is already known (0: none).
struct watched {
  attachment* in;
  const variable_place* at;
  std::uint64_t since;
};

/// How to sleep; the second exists so that tests can take the older path.
enum class wait_path : std::uint8_t { best, change_word };

/// Waits until one of the variables has a version other than `since`, and
/// returns its index. At most 65,536 variables. They may lie in several
/// regions while they and one word a region fit limits::wait_words_max on a
/// kernel with futex_waitv; otherwise all must lie in one. Any thread.
/// Errors: timeout, removed, fenced (attach again), bad_argument, and what the
/// node answers to the registration of a watcher.
quick_result<std::size_t> wait_for_any(std::span<const watched> variables,
                                       futex::deadline until,
                                       wait_path path = wait_path::best);

} // namespace holdfast::shm
