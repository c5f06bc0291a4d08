// How a node comes into a cluster that others began, and how it leaves one: it
// asks one after the other, since at first it does not know who leads; the
// leader lets it in as one that follows, and gives it a vote once it has the
// whole log.
#include "actors/cluster_parts.hpp"
#include "actors/consensus/membership.hpp"
#include "actors/error.hpp"
#include "actors/member_progress.hpp"

namespace holdfast::actors {

namespace {

bool has_what_it_wants(const cluster_state& state) {
  const auto* self
    = consensus::find(state.seen.core.members, state.options.node);
  return self != nullptr
         && (self->role == consensus::member_role::voter
             || !state.options.wants_vote);
}

/// The leader if it is known, else the healthy one after the last that was
/// asked; null: nobody can be asked.
const peer_actor* next_to_ask(cluster_state& state) {
  if (const auto leader = state.nodes.find(state.known.leader);
      leader != state.nodes.end())
    return &leader->second.peer;
  const auto count = state.nodes.size();
  auto at = state.nodes.upper_bound(state.asked_last);
  for (std::size_t i = 0; i < count; ++i, ++at) {
    if (at == state.nodes.end())
      at = state.nodes.begin();
    if (at->second.state != rules::peer_state::healthy)
      continue;
    state.asked_last = at->first;
    return &at->second.peer;
  }
  return nullptr;
}

/// A reason that repeats is written once.
void note_refusal(cluster_pointer self, std::string_view what,
                  const std::string& why) {
  auto& last = self->state.not_joined;
  if (last != why)
    self->state.options.log(log_level::info, what, {{"reason", why}});
  last = why;
}

} // namespace

bool has_no_log(const cluster_state& state) {
  return state.said.end == rules::history_end{}
         && state.seen.core.members.members.empty();
}

void ask_to_join(cluster_pointer self) {
  auto& state = self->state;
  if (state.asks_to_join || state.left || has_what_it_wants(state))
    return;
  const auto* whom = next_to_ask(state);
  auto body = join_body(state.options.address, has_no_log(state));
  if (whom == nullptr || !body)
    return;
  state.asks_to_join = true;
  const auto deadline = state.options.call_deadline;
  self
    ->request(*whom, deadline * 2,
              peer_call{std::move(body).assume_value(), deadline})
    .then(
      [self](const call_answer& answer) {
        self->state.asks_to_join = false;
        self->send(self->state.options.elector, let_in{});
        for (const auto& member : members_in(answer))
          add_node(self, member, true);
      },
      [self](const caf::error& error) {
        self->state.asks_to_join = false;
        note_refusal(self, "has not joined the cluster yet",
                     to_shm(error).message());
      });
}

void ask_to_leave(cluster_pointer self) {
  auto& state = self->state;
  if (consensus::find(state.seen.core.members, state.options.node) == nullptr) {
    state.leaving = false;
    state.left = true;
    state.options.log(log_level::info, "this node is no member any more", {});
    return;
  }
  const auto leader = state.nodes.find(state.known.leader);
  auto body = leave_body(state.options.node);
  if (state.leads || state.asks_to_join || leader == state.nodes.end() || !body)
    return;
  state.asks_to_join = true;
  const auto deadline = state.options.call_deadline;
  self
    ->request(leader->second.peer, deadline * 2,
              peer_call{std::move(body).assume_value(), deadline})
    .then([self](const call_answer&) { self->state.asks_to_join = false; },
          [self](const caf::error& error) {
            self->state.asks_to_join = false;
            note_refusal(self, "has not left the cluster yet",
                         to_shm(error).message());
          });
}

bool may_vote(const cluster_state& state, std::uint64_t node) {
  return rules::may_vote(progress_of(state.seen.core), node,
                         std::chrono::duration_cast<std::chrono::milliseconds>(
                           state.options.now().time_since_epoch()),
                         state.options.leading.heard_within);
}

std::optional<consensus::change> change_for(const cluster_state& state,
                                            std::uint64_t node,
                                            const std::string& address) {
  using consensus::change;
  using consensus::member_role;
  const auto& members = state.seen.core.members;
  const auto* known = consensus::find(members, node);
  if (known == nullptr)
    return change{change::step::add, {node, address, member_role::learner}};
  if (!may_vote(state, node))
    return std::nullopt;
  std::size_t voters = 0;
  for (const auto& each : members.members)
    voters += each.role == member_role::voter ? 1 : 0;
  if (known->role == member_role::voter || voters >= state.options.voters_max)
    return std::nullopt;
  return change{change::step::promote, *known};
}

} // namespace holdfast::actors
