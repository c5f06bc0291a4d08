// What the node tells of a region as a whole: lease, state, epoch, and that
// something has changed.
#include "shm/futex.hpp"
#include "shm/region.hpp"

namespace holdfast::shm {

void region::count_watchers(watch_scope scope, std::int32_t change) noexcept {
  auto& count = scope == watch_scope::variable ? map_.control->variable_watchers
                                               : map_.control->region_watchers;
  // Pairs with N1 (attachment.hpp).
  count.fetch_add(static_cast<std::uint32_t>(change),
                  std::memory_order_seq_cst);
}

void region::renew_lease(boot_clock::time_point end) noexcept {
  map_.control->lease_end.store(
    static_cast<std::uint64_t>(end.time_since_epoch().count()),
    std::memory_order_release);
}

void region::set_state(layout::region_state state) noexcept {
  map_.control->state.store(static_cast<std::uint32_t>(state),
                            std::memory_order_seq_cst);
  announce_event();
}

void region::begin_epoch(std::uint64_t epoch) noexcept {
  options_.epoch = epoch;
  map_.control->epoch.store(epoch, std::memory_order_seq_cst);
  announce_event();
}

void region::take_role(layout::region_role role, std::uint64_t home,
                       std::uint64_t epoch) noexcept {
  options_.home = home;
  options_.epoch = epoch;
  auto& control = *map_.control;
  control.home.store(home, std::memory_order_relaxed);
  // R1 shows the state that was set before the role. Pairs with whoever
  // acquires the role and then looks at the state.
  control.role.store(static_cast<std::uint32_t>(role),
                     std::memory_order_release);
  control.epoch.store(epoch, std::memory_order_seq_cst);
  announce_event();
}

void region::take_role(layout::region_role role, std::uint64_t home,
                       std::uint64_t epoch,
                       layout::region_state state) noexcept {
  // A replica's state is active: it must not be seen with the role of a home
  // that has yet to take over what others hold.
  const bool active = state == layout::region_state::active;
  if (!active)
    set_state(state);
  take_role(role, home, epoch);
  if (active)
    set_state(state);
}

void region::announce_event() noexcept {
  map_.control->event.fetch_add(1, std::memory_order_seq_cst);
  futex::wake(&map_.control->event);
  map_.data->change.fetch_add(1, std::memory_order_seq_cst);
  futex::wake(&map_.data->change);
}

} // namespace holdfast::shm
