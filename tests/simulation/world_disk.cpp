// What the simulated disks do: they are slow, fail, and lose what they hold.
#include "tests/simulation/world.hpp"

namespace holdfast::simulation {

void world::take_writes(sim_process& node, std::vector<write> writes,
                        write_number last) {
  auto number = last - writes.size();
  for (auto& one : writes)
    node.queued.emplace_back(++number, std::move(one));
}

void world::store(sim_process& node, const write& made) {
  carry_out(node, made, options_.world);
  if (!counts(node))
    return;
  if (made.base)
    witness_.keeps(node.id, made.base->base);
  if (made.tail)
    witness_.writes(*made.tail, terms_before(node.disk, *made.tail));
}

void world::begin_sync(std::size_t slot) {
  auto& node = *nodes_[slot];
  if (node.syncing != 0 || node.queued.empty()
      || (options_.world.disk_lies && node.queued.back().first == 0))
    return;
  node.syncing = node.queued.back().first;
  push({now_ + node.disk_us + chance_.between(0, node.disk_us) + stalled_us(slot),
        0,
        kind::synced,
        slot,
        node.generation,
        node.syncing,
        {}});
}

void world::synced(std::size_t slot, write_number number) {
  auto& node = *nodes_[slot];
  node.syncing = 0;
  if (!mending_ && manners_.disk_failures != 0
      && chance_.permille(manners_.disk_failures)) {
    kill(slot); // rule 12; whether it was written nobody knows
    return;
  }
  // The lying disk keeps the last writes to itself.
  const write_number held = options_.world.disk_lies ? 6 : 0;
  while (!node.queued.empty() && node.queued.front().first + held <= number) {
    store(node, node.queued.front().second);
    node.queued.pop_front();
  }
  take(slot, node.brain->persisted(number, local(node)));
}

void world::make_snapshot(std::size_t slot) {
  auto& node = *nodes_[slot];
  const auto index = node.applied - (options_.world.snapshot_too_new ? 1 : 0);
  auto state = node.machine->state();
  if (counts(node))
    witness_.holds(node.id, node.applied, digest_of(state));
  take(slot, node.brain->snapshot_made(index, std::move(state), local(node)));
}

} // namespace holdfast::simulation
