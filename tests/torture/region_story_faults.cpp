// What befalls the nodes of a story, and how it ends well.
#include "tests/torture/region_story.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::test {

using namespace torture;

bool region_story::all_well() const {
  return std::all_of(nodes_.begin(), nodes_.end(), [this](const node& each) {
    return each.up && !each.cut && each.accepted == epoch_;
  });
}

void region_story::note_fault(const node& victim, fault_kind kind) {
  record made;
  made.state = state_ended;
  made.kind = record_kind::fault;
  made.outcome = record_outcome::ok;
  made.node = victim.id;
  made.value = static_cast<std::uint64_t>(kind);
  made.epoch = made.epoch_before = epoch_;
  made.flags = victim.home ? flag_at_home : 0;
  made.begin_ns = made.end_ns = now_;
  tool_.push_back(made);
}

void region_story::fault_step() {
  for (auto& each : nodes_)
    if (!each.up || each.cut)
      return each.id == home_ ? fail_over() : come_back(each);
  if (!all_well())
    return;
  if (options_.on_disk && chance(3) == 0)
    return kill_all();
  auto& victim = nodes_[chance(2) == 0 ? home_ - 1 : chance(node_count)];
  const bool killed = chance(2) == 0;
  note_fault(victim, killed ? fault_kind::kill : fault_kind::partition);
  if (!killed) {
    victim.cut = true;
    return;
  }
  victim.up = victim.home = false;
  victim.accepted = 0;
  victim.cells.clear();
}

/// The two others agree on what there is: the newest by the epoch in which it
/// was accepted, then by version.
void region_story::fail_over() {
  ++epoch_;
  const auto old = home_;
  home_ = old % node_count + 1;
  auto& next = home();
  for (auto& other : nodes_) {
    if (other.id == old || other.id == home_)
      continue;
    for (std::uint32_t v = 0; v < options_.variables; ++v) {
      auto& own = next.cells[v];
      auto& theirs = other.cells[v];
      if (own.version == 0)
        own = {theirs.version, theirs.value, 0};
      else if (theirs.version != 0
               && std::pair{other.accepted, theirs.version}
                    > std::pair{next.accepted, own.version})
        own = {std::max(theirs.version, own.version + 1), theirs.value,
               own.committed};
      else if (theirs.version > own.version)
        own.version = theirs.version + 1; // its own value once more
      theirs = own;
    }
    other.epoch = other.accepted = epoch_;
  }
  next.home = true;
  next.epoch = next.accepted = epoch_;
}

/// As a replica: with old provisional values, or with new memory.
void region_story::come_back(node& who) {
  who.cut = false;
  who.home = false;
  who.epoch = epoch_;
  who.accepted = std::min(who.accepted, epoch_ - 1);
  if (!who.up) {
    who.up = true;
    ++who.mapping;
  }
  for (auto& each : clients_)
    if (each.node == who.id)
      each.spoiled = !each.unflushed.empty();
  // The home has more than what comes back, also where that was stored last.
  for (auto& [variable, own] : who.cells) {
    auto& theirs = home().cells[variable];
    if (theirs.version == 0)
      theirs = {own.version, own.value, 0};
    else if (own.version > theirs.version)
      theirs.version = own.version + 1;
  }
}

void region_story::finish() {
  for (int i = 0; i < 4; ++i)
    for (auto& each : nodes_)
      if (!each.up || each.cut)
        each.id == home_ ? fail_over() : come_back(each);
  while (!all_well())
    carry();
  for (auto& to : nodes_)
    to.cells = home().cells;
  commit();
  end_waits();
  for (auto& to : nodes_)
    to.cells = home().cells;
  for (auto& by : clients_)
    if (!by.writes)
      for (int i = 0; i < 4; ++i) {
        pass();
        read(by, record_kind::final_read);
      }
}

} // namespace holdfast::test
