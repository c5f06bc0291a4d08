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

/// Waits until one of the variables has a version other than `since`, or one
/// of the words a value other than expected. Returns the index of the variable
/// or, counted on from the last variable, of the word. At most 65,536
/// variables, and limits::wait_words_max regions and words. A kernel without
/// futex_waitv looks every limits::wait_slice where there is more than one
/// word to sleep on. Any thread. Errors: timeout, removed, fenced (attach
/// again), bad_argument, and what the node answers to the registration of a
/// watcher.
quick_result<std::size_t>
wait_for_any(std::span<const watched> variables,
             std::span<const futex::expected_word> words, futex::deadline until,
             wait_path path = wait_path::best);

inline quick_result<std::size_t>
wait_for_any(std::span<const watched> variables, futex::deadline until,
             wait_path path = wait_path::best) {
  return wait_for_any(variables, {}, until, path);
}

} // namespace holdfast::shm
