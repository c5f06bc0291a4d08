// Values that belong together: the part of `region` that reads and shows what
// was stored in groups on the node's own behalf. How groups work: group.hpp.
#include "shm/attachment.hpp"
#include "shm/region.hpp"

#include <algorithm>

namespace holdfast::shm {

using layout::lock_word;

errc region::lock_to_show(const shown_value& what) noexcept {
  if (what.version == 0 || !in_use(what.slot))
    return errc::no_such_variable;
  const auto at = place_of(what.slot);
  if (what.bytes.size() > at.capacity)
    return errc::too_long;
  return apart_.contains(what.slot) ? errc::ok
                                    : take_free_lock(at, own_->owner);
}

result<void> region::show_together(std::span<const shown_value> values,
                                   bool apart) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const auto locked = lock_to_show(values[i]); locked != errc::ok) {
      for (const auto& each : values.first(i))
        if (!apart_.contains(each.slot))
          release_lock(place_of(each.slot));
      return failed(locked, "slot " + std::to_string(values[i].slot) + ", "
                              + std::to_string(values[i].bytes.size())
                              + " bytes");
    }
  for (const auto& each : values)
    fill_as(place_of(each.slot), each.version, each.bytes);
  for (const auto& each : values) {
    const auto at = place_of(each.slot);
    at.head->grouped.store(1, std::memory_order_relaxed);
    // P1, as in a group store (group.cpp).
    at.head->lock.store(lock_word::held(at.generation, own_->owner)
                          | lock_word::group_bit,
                        std::memory_order_relaxed);
    apart_.insert(each.slot);
  }
  for (const auto& each : values) {
    const auto at = place_of(each.slot);
    publish(at, each.version);
    announce(*own_, *at.head, each.slot);
  }
  if (!apart)
    end_apart();
  return boost::outcome_v2::success();
}

void region::end_apart() noexcept {
  for (const auto slot : apart_)
    release_lock(place_of(slot));
  apart_.clear();
}

bool region::pause_writers(std::uint32_t slot, int& more) noexcept {
  if (!in_use(slot))
    return false;
  if (apart_.contains(slot))
    return true;
  const auto at = place_of(slot);
  while (!try_lock(at, own_->owner)) {
    if (more <= 0)
      return false;
    pause(more--);
  }
  return true;
}

void region::end_pause(std::uint32_t slot) noexcept {
  if (!apart_.contains(slot))
    release_lock(place_of(slot));
}

std::uint32_t region::lock_owner(std::uint32_t slot) const noexcept {
  return in_use(slot) ? lock_word::owner(
           place_of(slot).head->lock.load(std::memory_order_relaxed))
                      : 0;
}

void region::put_back(std::uint32_t slot) noexcept {
  dirty_set{map_.dirty_summary(), map_.dirty_words(),
            map_.plan.dirty_word_count}
    .mark(slot);
}

} // namespace holdfast::shm
