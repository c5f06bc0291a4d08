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

} // namespace holdfast::simulation
