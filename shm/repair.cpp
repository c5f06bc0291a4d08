// What the node mends when a client is dead: the part of `region` that reads
// other writers' lock words.
//
// Only the node repairs, and only after the client's socket hung up, so no
// live writer is ever taken for a dead one. Costs one look at each variable.
#include "shm/attachment.hpp"
#include "shm/region.hpp"

namespace holdfast::shm {

using layout::lock_word;

namespace {

// A lock word of this generation that nobody alive answers for: the dead
// client's, or garbage that a hostile writer left. The node's own stores are
// over: they are made by the thread that asks.
bool abandoned(std::uint64_t lock, std::uint32_t generation, std::uint32_t dead,
               const std::set<std::uint32_t>& clients) {
  if (lock == lock_word::free(generation))
    return false;
  if (lock_word::generation(lock) != generation)
    return true;
  const auto owner = lock_word::owner(lock);
  return owner == dead || !clients.contains(owner);
}

} // namespace

variable_place region::place_of(std::uint32_t slot) const noexcept {
  const auto& entry = *map_.entry(slot);
  variable_place at;
  at.control = map_.control;
  at.head = map_.head(slot);
  at.slots = map_.in_data<std::byte>(entry.offset);
  at.removals = map_.control->removals.load(std::memory_order_relaxed);
  at.stride = static_cast<std::uint32_t>(entry.stride);
  at.capacity = entry.capacity;
  at.slot = slot;
  at.generation = map_.generation(slot)->load(std::memory_order_relaxed);
  return at;
}

repair_report region::release_client(std::uint32_t owner) {
  repair_report report;
  clients_.erase(owner);
  std::vector<variable_place> held;
  std::vector<variable_place> group;
  for (const auto& [name, variable] : variables_) {
    const auto at = place_of(variable.slot);
    const auto lock = at.head->lock.load(std::memory_order_acquire);
    const auto latest = at.head->latest.load(std::memory_order_acquire);
    if (latest != map_.committed(at.slot)->load(std::memory_order_relaxed))
      announce(*own_, *at.head, at.slot);
    if (apart_.contains(at.slot)
        || !abandoned(lock, at.generation, owner, clients_))
      continue;
    held.push_back(at);
    if (lock_word::in_group(lock))
      group.push_back(at);
  }
  // A member whose next slot is not filled has been published already: then
  // all members were filled, and the rest follows.
  const auto filled = [](const variable_place& at) {
    const auto next = at.head->latest.load(std::memory_order_relaxed) + 1;
    return at.slot_of(next).sequence.load(std::memory_order_acquire)
           == 2 * next;
  };
  const auto begun = static_cast<std::size_t>(
    std::count_if(group.begin(), group.end(), filled));
  if (begun < group.size())
    for (const auto& at : group)
      if (filled(at)) {
        publish(at, at.head->latest.load(std::memory_order_relaxed) + 1);
        announce(*own_, *at.head, at.slot);
        ++report.rolled_forward;
      }
  for (const auto& at : held) {
    release_lock(at);
    ++report.locks_freed;
  }
  map_.control->repairs.fetch_add(report.locks_freed,
                                  std::memory_order_relaxed);
  // What it stored last may be drained already, and those who wait for it not
  // woken: they all look again.
  if (map_.control->variable_watchers.load(std::memory_order_relaxed) != 0
      || map_.control->region_watchers.load(std::memory_order_relaxed) != 0)
    announce_event();
  settle();
  return report;
}

} // namespace holdfast::shm
