// What nodes owe each other at every step, whatever goes wrong: looked at where
// a message is heard, a timer fires, a change is entered, a leader hands over.
#include "actors/consensus/membership.hpp"
#include "tests/simulation/world.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

/// Whom it asks for a vote.
std::set<node_id> asked_to_vote(const std::vector<message>& said) {
  std::set<node_id> result;
  for (const auto& one : said)
    if (std::holds_alternative<vote_request>(one.content))
      result.insert(one.to);
  return result;
}

/// A leader never goes back behind what it knows a follower to have.
bool goes_back(const std::vector<message>& said, const core_status& status) {
  return std::any_of(said.begin(), said.end(), [&](const message& one) {
    const auto* append = std::get_if<append_request>(&one.content);
    return append != nullptr
           && std::any_of(status.progress.begin(), status.progress.end(),
                          [&](const member_status& other) {
                            return other.id == one.to
                                   && append->previous_index < other.match;
                          });
  });
}

std::set<node_id> other_voters(const membership& members, node_id self) {
  std::set<node_id> result;
  for (const auto& one : members.members)
    if (one.role == member_role::voter && one.id != self)
      result.insert(one.id);
  return result;
}

} // namespace

/// What is applied is committed, so no leader of a later term has anything else
/// there: who refuses what follows it asks for what nobody may need to have.
void world::hear(std::size_t slot, message said) {
  auto& node = *nodes_[slot];
  const auto from = said.from;
  const auto* append = std::get_if<append_request>(&said.content);
  const term_number term = append != nullptr ? append->term : 0;
  auto asked = node.brain->receive(std::move(said), local(node));
  for (const auto& one : asked.messages) {
    const auto* result = std::get_if<append_result>(&one.content);
    if (term != 0 && result != nullptr && one.to == from && result->term == term
        && result->rejected != 0 && result->rejected <= node.applied
        && counts(node))
      witness_.breaks(
        "node " + std::to_string(node.id) + " refuses what follows "
        + std::to_string(result->rejected) + ", which it has applied");
  }
  take(slot, std::move(asked));
}

void world::note_reached(sim_process& node) {
  const auto seen = node.brain->status();
  node.reached = std::max(node.reached, seen.applied);
  node.reached_term = std::max(node.reached_term, seen.applied_term);
}

/// What others are told that it has carried out is on its disk, or they would
/// take its next life for an old copy.
void world::check_comeback(const sim_process& node) {
  const auto seen = node.brain->status();
  if (counts(node)
      && (seen.stored < node.reached || seen.stored_term < node.reached_term))
    witness_.breaks("node " + std::to_string(node.id)
                    + " comes back with less than it has carried out");
}

/// Who stands for election asks the voters of its own log, and who leads goes
/// on where its followers are. Looked at when nothing waits for the disk: then
/// all that is said was said just now.
void world::tick(std::size_t slot) {
  auto& node = *nodes_[slot];
  const bool idle = node.queued.empty();
  auto asked = node.brain->tick(local(node));
  const auto electors = asked_to_vote(asked.messages);
  if (idle && !electors.empty() && counts(node)
      && electors != other_voters(node.brain->status().members, node.id))
    witness_.breaks("node " + std::to_string(node.id)
                    + " asks others for votes than the voters of its log");
  if (idle && node.leads && counts(node)
      && goes_back(asked.messages, node.brain->status()))
    witness_.breaks("node " + std::to_string(node.id)
                    + " goes back behind what it knows a follower to have");
  take(slot, std::move(asked));
}

/// A leader that has applied all changes of its log is ready for the next one,
/// whatever it answers.
void world::enter_change(std::size_t slot, const change& wanted) {
  auto& node = *nodes_[slot];
  const auto before = node.brain->status();
  auto asked
    = node.brain->change_membership(++last_request_, wanted, local(node));
  if (counts(node) && before.membership_index <= before.applied)
    for (const auto& one : asked.ended)
      if (one.request == last_request_ && one.how == outcome::busy)
        witness_.breaks("node " + std::to_string(node.id)
                        + " takes a change of the members for open that is"
                          " applied");
  take(slot, std::move(asked));
}

void world::note_change(std::size_t slot, const core_status& status) {
  const auto& node = *nodes_[slot];
  const entered_change made{
    node.id,        status.term,  status.membership_index,
    status.members, node.members, node.changed_at};
  if (auto wrong = wrong_with(made, all_disks(),
                              manners_.core.bounds.inflight_entries_max);
      !wrong.empty())
    witness_.breaks(std::move(wrong));
}

void world::hand_over(std::size_t slot, node_id to) {
  auto& node = *nodes_[slot];
  take(slot, node.brain->transfer(++last_request_, to, local(node)));
  if (!node.is_up() || !counts(node))
    return;
  const auto status = node.brain->status();
  if (status.transferee == 0)
    return;
  if (auto wrong = wrong_heir(status.transferee, status.last, all_disks(),
                              manners_.core.bounds.inflight_entries_max);
      !wrong.empty())
    witness_.breaks(std::move(wrong));
}

disks_by_node world::all_disks() const {
  disks_by_node result;
  for (const auto& node : nodes_)
    if (counts(*node))
      result[node->id] = &node->disk;
  return result;
}

} // namespace holdfast::simulation
