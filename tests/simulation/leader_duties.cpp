#include "tests/simulation/leader_duties.hpp"

#include "actors/consensus/membership.hpp"
#include "tests/simulation/promises.hpp"

namespace holdfast::simulation {

using namespace consensus;

namespace {

bool votes(const membership& members, node_id id) {
  const auto* found = find(members, id);
  return found != nullptr && found->role == member_role::voter;
}

log_index last_of(node_id id, const disks_by_node& of) {
  const auto found = of.find(id);
  return found == of.end() ? 0 : last_on(*found->second);
}

/// Ongaro's mending of changes one at a time: a leader enters none before a
/// majority holds an entry of its own term, or one that was deposed may still
/// win with a change of its own, whose majority need not meet this one.
std::string untried(const entered_change& made, const disks_by_node& of) {
  std::size_t hold = 0;
  for (const auto& [id, disk] : of)
    if (votes(made.before, id) && last_term_on(*disk) >= made.term)
      ++hold;
  if (hold > voter_count(made.before) / 2)
    return {};
  return " before a majority holds an entry of its term";
}

/// But for the one that it is about, every voter must have heard of the change
/// before, or it counts other majorities than the leader.
std::string unheard(const entered_change& made, const disks_by_node& of) {
  for (const auto& one : made.after.members)
    if (votes(made.before, one.id) && votes(made.after, one.id)
        && last_of(one.id, of) < made.before_index)
      return " before node " + std::to_string(one.id) + " has the one at index "
             + std::to_string(made.before_index);
  return {};
}

/// A new voter that has to catch up holds up whatever needs its vote.
std::string lagging(const entered_change& made, const disks_by_node& of,
                    log_index lag_max) {
  for (const auto& one : made.after.members)
    if (one.role == member_role::voter && !votes(made.before, one.id)
        && last_of(one.id, of) + lag_max + 1 < made.index)
      return " that lets node " + std::to_string(one.id)
             + " vote, which is behind";
  return {};
}

} // namespace

std::string wrong_with(const entered_change& made, const disks_by_node& of,
                       log_index lag_max) {
  for (auto wrong :
       {untried(made, of), unheard(made, of), lagging(made, of, lag_max)})
    if (!wrong.empty())
      return "node " + std::to_string(made.leader)
             + " enters a change of the members" + wrong;
  return {};
}

std::string wrong_heir(node_id heir, log_index last, const disks_by_node& of,
                       log_index lag_max) {
  if (last_of(heir, of) + lag_max >= last)
    return {};
  return "leadership is handed to node " + std::to_string(heir)
         + ", which is behind";
}

} // namespace holdfast::simulation
