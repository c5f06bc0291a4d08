// Makes the situations that a bug needs likelier than chance would.
#include "tests/simulation/world.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

constexpr std::uint64_t trouble_kinds = 12;

bool brings_change(const write& made) {
  return made.tail
         && std::any_of(
           made.tail->entries.begin(), made.tail->entries.end(),
           [](const entry& one) { return one.kind == entry_kind::change; });
}

} // namespace

void world::arrange() {
  const auto& needs = options_.needs;
  auto& m = manners_;
  if (needs.voters != 0)
    m.voters = needs.voters;
  if (needs.overtaking) {
    m.jitter_us = 20'000;
    m.copies = 50;
  }
  if (needs.window != 0)
    m.core.bounds.inflight_entries_max = needs.window;
  if (needs.in_haste)
    m.trouble_us = chance_.between(20'000, 150'000);
  if ((needs.favoured & changes) != 0)
    m.changes = true;
  if (needs.losses) {
    m.losses = true;
    m.changes = false;
  }
  if (needs.strangers)
    m.losses = m.changes = false;
  m.impostors = m.impostors || needs.impostors;
  m.allowed |= needs.favoured;
}

std::uint64_t world::choose_trouble() {
  const auto favoured = options_.needs.favoured;
  if (favoured == 0 || chance_.permille(300))
    return chance_.below(trouble_kinds);
  auto which = chance_.below(trouble_kinds);
  while (((favoured >> which) & 1) == 0)
    which = chance_.below(trouble_kinds);
  return which;
}

/// The moment between what is said and what is on disk.
void world::crash_in_write(std::size_t slot) {
  const auto& node = *nodes_[slot];
  if (mending_ || node.queued.empty())
    return;
  const auto& last = node.queued.back().second;
  const auto often
    = std::max(last.vote ? options_.needs.crash_in_vote : 0,
               brings_change(last) ? options_.needs.crash_in_change : 0);
  if (often == 0 || !chance_.permille(often))
    return;
  push({now_ + chance_.between(1, 3 * manners_.latency_us),
        0,
        kind::crash,
        slot,
        node.generation,
        0,
        {}});
}

/// When all that followed has long been heard.
world_time world::copied_later_us() {
  return options_.needs.overtaking ? chance_.between(0, 1'000'000) : 0;
}

/// Of a leader that is cut off: for longer than it takes to elect another one.
world_time world::stalled_us(std::size_t slot) {
  const auto often = options_.needs.stalled_disks;
  if (mending_ || often == 0 || cut_.empty() || !nodes_[slot]->leads
      || !chance_.permille(often))
    return 0;
  return chance_.between(1'000'000, 3'000'000);
}

/// The leader and one other voter are all who hear of it; to the rest it is
/// dead.
void world::split_around(std::size_t slot) {
  std::set<node_id> side{nodes_[slot]->id};
  const auto& all = nodes_[slot]->members.members;
  const auto first = chance_.below(all.size());
  for (std::size_t i = 0; i < all.size() && side.size() < 2; ++i)
    if (const auto& one = all[(first + i) % all.size()];
        one.role == member_role::voter)
      side.insert(one.id);
  for (const auto& one : nodes_)
    for (const auto& other : nodes_)
      if (side.contains(one->id) != side.contains(other->id))
        cut_.insert({one->id, other->id});
  const auto dead = nodes_[slot]->id;
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (auto& node = *nodes_[other]; node.is_up() && !side.contains(node.id))
      take(other, node.brain->leader_death_proven(dead, local(node)));
}

/// Who held the change that was replaced stands for election next.
void world::die_after_rollback(std::size_t slot) {
  const auto leader = leader_slot();
  if (mending_ || !options_.needs.death_after_rollback
      || leader == nodes_.size() || leader == slot)
    return;
  kill(leader);
  push({now_ + 2 * manners_.latency_us,
        0,
        kind::proof,
        slot,
        nodes_[slot]->generation,
        nodes_[leader]->id,
        {}});
}

/// The next one as soon as all voters have the last, before they have heard
/// that it is committed; and only one other hears of that.
void world::change_upon_change(std::size_t slot,
                               const std::vector<applied_entry>& applied) {
  constexpr world_time soon = 5'000;
  const auto often = options_.needs.change_upon_change;
  if (mending_ || often == 0 || leader_slot() != slot)
    return;
  auto& node = *nodes_[slot];
  if (std::any_of(applied.begin(), applied.end(), [](const auto& one) {
        return one.content.kind == entry_kind::change;
      }))
    node.changes_until = chance_.permille(often) ? now_ + soon : 0;
  if (now_ >= node.changes_until)
    return;
  const auto until = std::exchange(node.changes_until, 0);
  const auto before = node.changed_at;
  change_members();
  if (node.changed_at == before)
    node.changes_until = until;
  else
    split_around(slot);
}

} // namespace holdfast::simulation
