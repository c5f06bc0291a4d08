// Nodes look at each other and at their regions, as often as their timers fire.
#include "actors/consensus/membership.hpp"
#include "tests/simulation/world.hpp"

#include <algorithm>

namespace holdfast::simulation {

namespace {

constexpr world_time look_us = look_interval.count() * 1000;

} // namespace

void world::schedule_look(std::size_t slot) {
  const auto& node = *nodes_[slot];
  if (!counts(node))
    return;
  push({now_ + look_us * 1000 / node.clock.per_mille,
        0,
        kind::look,
        slot,
        node.generation,
        0,
        {}});
}

void world::look(std::size_t slot) {
  auto& node = *nodes_[slot];
  schedule_look(slot);
  const auto status = node.brain->status();
  for (const auto& one : node.keeper->count_misses(local(node), status.members))
    note_health(slot, one);
  send_pings(slot);
  if (const auto to = node.keeper->heir(local(node), status))
    hand_over(slot, *to);
  propose(slot);
}

// -- pings --------------------------------------------------------------------

void world::send_pings(std::size_t slot) {
  const auto members = nodes_[slot]->brain->status().members;
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (other != slot && counts(*nodes_[other])
        && find(members, nodes_[other]->id) != nullptr)
      pass(kind::ping, slot, other, 0);
}

void world::pass(kind what, std::size_t from, std::size_t to,
                 std::uint64_t life) {
  if (cut_.contains({nodes_[from]->id, nodes_[to]->id})
      || (!mending_ && chance_.permille(manners_.loss)))
    return;
  push({now_ + manners_.latency_us + chance_.between(0, manners_.jitter_us),
        0,
        what,
        to,
        life,
        from,
        {}});
}

/// What came in to a node that is up.
void world::take_ping(const event& made) {
  auto& node = *nodes_[made.slot];
  const auto& other = *nodes_[made.number];
  if (made.what == kind::ping)
    return pass(kind::pong, made.slot, made.number, node.starts);
  note_health(made.slot, made.what == kind::pong
                           ? node.keeper->on_answer(other.id, made.generation)
                           : node.keeper->on_refused(other.id));
}

// -- opinions -----------------------------------------------------------------

void world::note_health(std::size_t slot,
                        const std::optional<caretaker::seen_change>& change) {
  if (!change)
    return;
  auto& node = *nodes_[slot];
  const auto [state, reason] = change->what;
  trace(0x4ea00 + change->node * 16 + static_cast<std::uint64_t>(state));
  if (state != rules::peer_state::down)
    return;
  for (const auto& other : nodes_)
    if (other->id == change->node && counts(*other) && was_well(node, *other)
        && reason == rules::health_reason::misses)
      witness_.breaks("node " + std::to_string(node.id) + " gives up node "
                      + std::to_string(other->id) + ", which answers");
  if (rules::proves_death(reason))
    take(slot, node.brain->leader_death_proven(change->node, local(node)));
}

/// Nothing has kept the two from each other for longer than it takes to give
/// up, but perhaps that the first did not run.
bool world::was_well(const sim_process& node, const sim_process& other) const {
  constexpr world_time long_enough = 6 * look_us * 5 / 4;
  const auto undisturbed
    = std::max({disturbed_at_, node.started_at, other.started_at,
                other.paused_until, mending_ ? mended_at_ : 0});
  return other.is_up() && cut_.empty() && (manners_.loss == 0 || mending_)
         && now_ - undisturbed > long_enough;
}

// -- what nodes want agreed on ------------------------------------------------

void world::propose(std::size_t slot) {
  auto& node = *nodes_[slot];
  const auto leader = leader_slot();
  if (leader == nodes_.size())
    return;
  auto& other = *nodes_[leader];
  const auto leading = other.brain->status();
  const bool reached = !cut_.contains({node.id, other.id})
                       && !cut_.contains({other.id, node.id})
                       && other.paused_until <= now_;
  if (!reached || find(leading.members, node.id) == nullptr)
    return;
  const auto status = node.brain->status();
  const auto* next
    = node.keeper->next_proposal(local(node), {status, node.machine->now()});
  if (next == nullptr)
    return;
  asked_[++last_request_]
    = {true, 0, {slot, node.generation, next->request}, next->content};
  take(leader,
       other.brain->submit({{last_request_, next->content}}, local(other)));
}

} // namespace holdfast::simulation
