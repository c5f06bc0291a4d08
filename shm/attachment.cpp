#include "shm/attachment.hpp"

#include "shm/futex.hpp"

#include <sys/socket.h>

namespace holdfast::shm {

void wake_watchers(attachment& at, layout::variable_head& head) noexcept {
  const auto& control = at.control();
  if (control.variable_watchers.load(std::memory_order_relaxed) != 0)
    futex::wake(&head.latest);
  if (control.region_watchers.load(std::memory_order_relaxed) != 0) {
    at.map.data->change.fetch_add(1, std::memory_order_release);
    futex::wake(&at.map.data->change);
  }
}

void ring_doorbell(attachment& at, std::uint32_t value) noexcept {
  if (at.rung.exchange(value, std::memory_order_relaxed) == value)
    return;
  // A full socket means that the node has bytes of ours to read anyway.
  const char ring = 0;
  if (at.doorbell >= 0)
    ::send(at.doorbell, &ring, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

} // namespace holdfast::shm
