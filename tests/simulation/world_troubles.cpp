// Everything that goes wrong, and how it is mended in the end.
#include "actors/consensus/membership.hpp"
#include "tests/simulation/world.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

constexpr world_time second = 1'000'000;
constexpr world_time safety_max = 60 * second;

} // namespace

void world::make_trouble() {
  push({now_ + chance_.between(1000, 2 * manners_.trouble_us),
        0,
        kind::trouble,
        0,
        0,
        0,
        {}});
  const auto which = choose_trouble();
  trace(0x70000 + which);
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot)
    if (!nodes_[slot]->is_up() && chance_.permille(400))
      start(slot);
  if (which != 5 && which != 8 && ((manners_.allowed >> which) & 1) == 0)
    return;
  switch (which) {
  case 0:
  case 1:
    crash_one();
    break;
  case 2:
    if (chance_.permille(300))
      for (std::size_t slot = 0; slot < nodes_.size(); ++slot)
        kill(slot);
    break;
  case 3:
  case 4:
    split();
    break;
  case 5:
    disturbed_at_ = now_;
    cut_.clear();
    break;
  case 6:
    pause();
    break;
  case 7:
    if (const auto leader = leader_slot(); leader < nodes_.size())
      hand_over(leader, nodes_[random_slot()]->id);
    break;
  case 8:
    for (int i = 0; i < options_.needs.changes_in_a_row; ++i)
      change_members();
    break;
  case 9:
    nodes_[random_slot()]->disk_us
      = chance_.between(50, chance_.permille(300) ? 400'000 : 3000);
    break;
  case 10:
    falsely_prove();
    break;
  default:
    lose_database();
    start_impostor();
    break;
  }
}

void world::crash_one() {
  const auto leader = leader_slot();
  const auto slot
    = leader < nodes_.size() && chance_.permille(400) ? leader : random_slot();
  const auto id = nodes_[slot]->id;
  const bool led = nodes_[slot]->leads;
  kill(slot);
  if (led && chance_.permille(500))
    prove_death(id);
}

void world::prove_death(node_id dead) {
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot) {
    auto& node = *nodes_[slot];
    if (node.is_up() && node.id != dead && chance_.permille(900))
      take(slot, node.brain->leader_death_proven(dead, local(node)));
  }
}

void world::falsely_prove() {
  const auto leader = leader_slot();
  if (leader == nodes_.size())
    return;
  const auto slot = random_slot();
  auto& node = *nodes_[slot];
  if (chance_.permille(200))
    prove_death(nodes_[leader]->id);
  else if (node.is_up() && slot != leader)
    take(slot,
         node.brain->leader_death_proven(nodes_[leader]->id, local(node)));
}

void world::split() {
  const auto style = chance_.below(4);
  const auto leader = leader_slot();
  std::set<node_id> side;
  if (style == 0 && leader < nodes_.size())
    side.insert(nodes_[leader]->id);
  else
    for (const auto& node : nodes_)
      if (chance_.permille(400))
        side.insert(node->id);
  for (const auto& one : nodes_)
    for (const auto& other : nodes_) {
      if (!side.contains(one->id) || side.contains(other->id))
        continue;
      if (style != 1)
        cut_.insert({one->id, other->id});
      if (style != 2)
        cut_.insert({other->id, one->id});
    }
}

void world::pause() {
  auto& node = *nodes_[random_slot()];
  if (!node.is_up())
    return;
  const auto length = manners_.long_pauses
                        ? chance_.between(second, 60 * second)
                        : chance_.between(1000, 2 * second);
  node.paused_until = now_ + length;
  // Half of it before all is mended; but not for ever longer.
  if (manners_.long_pauses)
    manners_.safety_us
      = std::max(manners_.safety_us, std::min(now_ + length / 2, safety_max));
}

void world::change_members() {
  const auto leader = leader_slot();
  if (leader == nodes_.size() || (!manners_.changes && !manners_.losses))
    return;
  auto& node = *nodes_[leader];
  const auto status = node.brain->status();
  const auto& all = status.members.members;
  change wanted;
  wanted.what = static_cast<change::step>(1 + chance_.below(4));
  if (all.empty())
    return;
  wanted.subject = all[chance_.below(all.size())];
  if (options_.needs.votes_change) {
    // All vote but one, or all: two are never a majority of five.
    const bool all_vote = voter_count(status.members) == all.size();
    wanted.what = all_vote ? change::step::demote : change::step::promote;
    for (const auto& one : all)
      if (one.role == member_role::learner)
        wanted.subject = one;
  }
  if (manners_.losses) {
    const auto gone = std::find_if(nodes_.begin(), nodes_.end(),
                                   [](const auto& one) { return one->gone; });
    if (gone == nodes_.end())
      return;
    wanted = {change::step::remove, {(*gone)->id, "", {}}};
  } else if (wanted.what == change::step::add) {
    if (nodes_.size() > 7)
      return;
    wanted.subject = {++last_id_, "n" + std::to_string(last_id_), {}};
    const auto slot = add(last_id_, status.members, false);
    nodes_[slot]->cluster = node.cluster;
    for (const auto& other : nodes_)
      if (counts(*other) && other->id != last_id_)
        nodes_[slot]->databases[other->id] = other->database;
    start(slot);
  } else if (wanted.what == change::step::remove
             && voter_count(status.members) < 3)
    return;
  enter_change(leader, wanted);
}

void world::lose_database() {
  const bool lost = std::any_of(nodes_.begin(), nodes_.end(),
                                [](const auto& one) { return one->gone; });
  if (!manners_.losses || lost || manners_.voters < 3)
    return;
  const auto slot = random_slot();
  auto& node = *nodes_[slot];
  kill(slot);
  if (!options_.world.rewritten_voter) {
    node.gone = true;
    return;
  }
  membership first;
  for (node_id id = 1; id <= manners_.voters; ++id)
    first.members.push_back({id, "n" + std::to_string(id), member_role::voter});
  node.disk = {};
  node.database = ++last_database_;
  carry_out(node, *first_write(node.disk, first), {});
}

void world::start_impostor() {
  const bool there = std::any_of(nodes_.begin(), nodes_.end(),
                                 [](const auto& one) { return one->impostor; });
  if (!manners_.impostors || there)
    return;
  membership first;
  for (node_id id = 1; id <= manners_.voters; ++id)
    first.members.push_back({id, "n" + std::to_string(id), member_role::voter});
  const auto slot = add(1 + chance_.below(manners_.voters), first, true);
  nodes_[slot]->impostor = true;
  start(slot);
}

void world::stop_pauses() {
  for (auto& node : nodes_)
    node->paused_until = std::min(node->paused_until, now_);
  for (auto& one : queue_)
    if (one.what != kind::client && one.at > now_ + second) {
      if (one.what == kind::tick && nodes_[one.slot]->ticks_at == one.at)
        nodes_[one.slot]->ticks_at = now_ + 1;
      one.at = now_ + 1;
    }
  std::make_heap(queue_.begin(), queue_.end());
}

void world::mend() {
  mending_ = true;
  mended_at_ = now_;
  trace(0x3e4d);
  cut_.clear();
  stop_pauses();
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot) {
    nodes_[slot]->disk_us = std::min<world_time>(nodes_[slot]->disk_us, 3000);
    if (nodes_[slot]->impostor)
      kill(slot);
    else
      start(slot);
  }
}

} // namespace holdfast::simulation
