// Regions of a story that are on disk, too: what is there when all memory was
// lost.
#include "tests/torture/region_story.hpp"

#include <algorithm>

namespace holdfast::test {

using namespace torture;

/// One node that is whole writes all that it has.
void region_story::sync() {
  auto& who = nodes_[chance(nodes_.size())];
  if (who.up && who.accepted == who.epoch)
    who.on_disk = {who.accepted, who.cells};
}

bool region_story::are_on_disks(
  const std::map<std::uint32_t, std::uint64_t>& wanted) {
  const auto disks
    = std::count_if(nodes_.begin(), nodes_.end(), [&](node& each) {
        return each.on_disk.accepted == epoch_
               && std::all_of(wanted.begin(), wanted.end(), [&](auto& one) {
                    return each.on_disk.cells[one.first].version >= one.second;
                  });
      });
  return disks >= 2;
}

/// By the epoch in which a disk's copy was whole, then by version; with a
/// version above all others.
region_story::kept region_story::newest_on_disk(std::uint32_t variable) {
  std::uint64_t accepted = 0;
  std::uint64_t highest = 0;
  kept newest;
  for (auto& each : nodes_) {
    const auto& own = each.on_disk.cells[variable];
    highest = std::max(highest, own.version);
    if (own.version == 0
        || std::pair{each.on_disk.accepted, own.version}
             < std::pair{accepted, newest.version})
      continue;
    accepted = each.on_disk.accepted;
    newest = {own.version, own.value, 0};
  }
  if (newest.version < highest)
    newest.version = highest + 1;
  return newest;
}

void region_story::kill_all() {
  note_fault(home(), fault_kind::cluster_kill);
  record lost;
  lost.state = state_ended;
  lost.kind = record_kind::memory_lost;
  lost.outcome = record_outcome::ok;
  lost.epoch = lost.epoch_before = epoch_;
  lost.begin_ns = lost.end_ns = now_;
  tool_.push_back(lost);
  pass();
  ++epoch_;
  kept_cells restored;
  for (std::uint32_t v = 0; v < options_.variables; ++v)
    restored[v] = newest_on_disk(v);
  home_ = static_cast<std::uint32_t>(1 + chance(node_count));
  for (auto& each : nodes_) {
    each.cells = restored;
    each.epoch = each.accepted = epoch_;
    each.home = each.id == home_;
    ++each.mapping;
  }
  for (auto& each : clients_) {
    each.spoiled = !each.unflushed.empty();
    each.unsynced.clear();
  }
}

} // namespace holdfast::test
