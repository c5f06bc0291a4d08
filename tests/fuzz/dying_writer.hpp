// A writer that dies in a store, without a process to kill.
#pragma once

#include "shm/variable.hpp"

#include <cstdint>

namespace holdfast::fuzz {

/// How far it came: bits of `how`.
enum dying_writer_bits : std::uint64_t {
  in_group = 1,  ///< its lock carries the group bit
  filled = 2,    ///< the next slot is complete
  published = 4, ///< and the latest value
};

/// Leaves a variable as a client leaves it that dies in a store.
inline void die_in_store(const shm::variable_place& at, std::uint32_t owner,
                         std::uint64_t how) {
  const auto next = at.head->latest.load() + 1;
  auto lock = shm::layout::lock_word::held(at.generation, owner);
  if ((how & in_group) != 0)
    lock |= shm::layout::lock_word::group_bit;
  at.head->lock.store(lock);
  if ((how & filled) != 0)
    shm::fill_slot(at, next,
                   [](shm::layout::word*) { return std::uint64_t{8}; });
  if ((how & published) != 0)
    shm::publish(at, next);
}

} // namespace holdfast::fuzz
