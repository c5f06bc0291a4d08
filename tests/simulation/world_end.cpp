// What must be true when all is mended.
#include "actors/consensus/membership.hpp"
#include "tests/simulation/world.hpp"

#include <algorithm>

namespace holdfast::simulation {

std::string world::disagreement() {
  const auto leader = leader_slot();
  if (leader == nodes_.size())
    return "nobody leads";
  const auto& node = *nodes_[leader];
  const auto status = node.brain->status();
  if (!status.serves)
    return "the leader does not serve";
  for (const auto& one : clients_)
    if (one.waits)
      return "a client waits";
  for (const auto& other : nodes_) {
    if (other->gone || !counts(*other))
      continue;
    const auto* member = find(status.members, other->id);
    if (member == nullptr)
      continue;
    if (!other->is_up() || other->applied != status.last)
      return "node " + std::to_string(other->id) + " lags behind";
    if (member->role == member_role::voter && other->id < node.id)
      return "node " + std::to_string(node.id) + " leads, not "
             + std::to_string(other->id);
  }
  if (auto open = unfinished(node); !open.empty())
    return open;
  check_end(node);
  return {};
}

bool world::runs(node_id id) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& one) {
    return one->id == id && counts(*one) && one->is_up();
  });
}

std::size_t world::running(const std::set<node_id>& of) const {
  return static_cast<std::size_t>(std::count_if(
    of.begin(), of.end(), [this](node_id id) { return runs(id); }));
}

/// All who have its values lost their database, and may come back for all that
/// the others know.
bool world::waits_for_the_lost(const catalog::placement& placed) const {
  const auto had
    = placed.settled_holders.empty() ? placed.holders() : placed.keepers();
  return !had.empty() && running(had) == 0;
}

/// More is gone than a majority can do without.
bool world::cannot_settle(const catalog::placement& placed,
                          const catalog::contents& tables) const {
  const auto too_few = [&](const std::set<node_id>& of) {
    const auto there = std::count_if(of.begin(), of.end(), [&](node_id id) {
      return runs(id) && tables.members.contains(id);
    });
    return !of.empty() && 2 * static_cast<std::size_t>(there) <= of.size();
  };
  return too_few(placed.settled_holders) || too_few(placed.holders());
}

std::string world::unfinished(const sim_process& leader) const {
  const auto& tables = leader.machine->now();
  for (const auto& [name, region] : tables.regions) {
    const auto& placed = region.placement;
    if (waits_for_the_lost(placed))
      continue;
    const auto home = tables.members.find(placed.home);
    if (home == tables.members.end() || home->second.down)
      return "region " + name.region + " has no healthy home";
    if (!runs(placed.home))
      return "region " + name.region + " lives on a node that has ended";
    if (placed.settled_epoch != placed.epoch && !cannot_settle(placed, tables))
      return "region " + name.region + " has not settled";
  }
  return {};
}

void world::check_end(const sim_process& leader) {
  const auto status = leader.brain->status();
  for (const auto& other : nodes_)
    if (!other->gone && counts(*other)
        && find(status.members, other->id) != nullptr)
      witness_.holds(other->id, other->applied, other->machine->digest());
  for (const auto& one : clients_)
    if (const auto wrong = one.wants.misses(leader.machine->now());
        !wrong.empty())
      witness_.breaks("an answered request is lost: " + wrong);
  enter_change(leader_slot(),
               {change::step::add, {last_id_ + 1, "one more", {}}});
}

} // namespace holdfast::simulation
