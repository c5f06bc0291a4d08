// One process's hold on one region: the mappings and what it may do.
#pragma once

#include "shm/dirty_set.hpp"
#include "shm/error.hpp"
#include "shm/flush_marks.hpp"
#include "shm/region_map.hpp"

#include <boost/interprocess/mapped_region.hpp>

#include <atomic>
#include <cstdint>
#include <functional>

namespace holdfast::shm {

/// Which wake-ups a waiter needs: of single variables, or of any store at all
/// (more variables than one system call can watch, or an older kernel).
enum class watch_scope : std::uint8_t { variable = 1, region = 2 };

/// Shared by all handles of a region; lives as long as one of them does.
/// Constant after attach but for the process-local marks at its end.
struct attachment {
  boost::interprocess::mapped_region control_mapping;
  boost::interprocess::mapped_region data_mapping;
  region_map map;
  std::uint32_t owner = 0; // this client's number in lock words, never 0
  bool writable = false;
  int doorbell = -1; // socket to the node; not owned

  /// Tells the node that somebody here waits; empty where nobody need know.
  std::function<result<void>(watch_scope)> watch;

  std::atomic<std::uint32_t> rung{0};    // last doorbell value answered
  std::atomic<std::uint8_t> watching{0}; // scopes the node knows of
  std::atomic_flag group_turn;           // one group store at a time
  flush_marks marks;                     // of what was stored through it

  const layout::control_header& control() const noexcept {
    return *map.control;
  }

  layout::region_state state() const noexcept {
    return static_cast<layout::region_state>(
      map.control->state.load(std::memory_order_acquire));
  }
};

/// After a value is published: marks it dirty, wakes who waits for it, rings
/// the node if it asked for that. Any thread. Never blocks.
void wake_watchers(attachment& at, layout::variable_head& head) noexcept;
void ring_doorbell(attachment& at, std::uint32_t value) noexcept;

inline void announce(attachment& at, layout::variable_head& head,
                     std::uint32_t slot) noexcept {
  dirty_set{at.map.dirty_summary(), at.map.dirty_words(),
            at.map.plan.dirty_word_count}
    .mark(slot);
  // N1: the mark above is a full barrier, so a watcher who registered before
  // looking at the value is seen here, or sees the value. Pairs with the
  // node's registration and N2 (wait.cpp).
  const auto& control = at.control();
  if (control.variable_watchers.load(std::memory_order_seq_cst) != 0
      || control.region_watchers.load(std::memory_order_seq_cst) != 0)
    wake_watchers(at, head);
  const auto bell = control.doorbell.load(std::memory_order_seq_cst);
  if (bell % 2 == 1 && at.rung.load(std::memory_order_relaxed) != bell)
    ring_doorbell(at, bell);
}

} // namespace holdfast::shm
