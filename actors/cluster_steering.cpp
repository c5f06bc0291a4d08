// Who belongs to the cluster, and who leads.
#include "actors/cluster_parts.hpp"
#include "actors/consensus/membership.hpp"
#include "actors/error.hpp"
#include "actors/member_progress.hpp"
#include "actors/rules/catalog/member_notes.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using std::chrono::milliseconds;

milliseconds now_of(cluster_pointer self) {
  return std::chrono::duration_cast<milliseconds>(
    self->state.options.now().time_since_epoch());
}

std::vector<rules::voter_view> voters_of(const cluster_state& state) {
  return rules::other_voters(progress_of(state.seen.core), state.options.node,
                             state.draining_others);
}

/// This node does not lead when it is to be emptied, nor when a lower one is
/// fit to.
void steer(cluster_pointer self) {
  auto& state = self->state;
  const auto now = now_of(self);
  std::optional<std::uint64_t> to;
  if (!state.draining)
    to = state.rule->on_tick(now, voters_of(state));
  else if (const auto next = successor(state, now); next != 0)
    to = next;
  if (!to || state.seen.core.transferee != 0)
    return;
  state.options.log(log_level::info, "leadership is handed over",
                    {{"to", std::to_string(*to)}});
  self->request(state.options.elector, caf::infinite, transfer_request{*to})
    .then([] { /* the leadership is told */ },
          [self](const caf::error& error) {
            self->state.options.log(log_level::info,
                                    "leadership was not handed over",
                                    {{"reason", to_shm(error).message()}});
          });
}

catalog::member_view seen_of(const cluster_state& state, std::uint64_t node) {
  const auto& core = state.seen.core;
  catalog::member_view seen;
  seen.belongs = consensus::find(core.members, node) != nullptr;
  seen.as_of = core.applied;
  if (node == state.options.node) {
    seen.state = rules::peer_state::healthy;
    seen.draining = state.draining;
    return seen;
  }
  if (const auto peer = state.nodes.find(node); peer != state.nodes.end())
    seen.state
      = peer->second.died ? rules::peer_state::down : peer->second.state;
  seen.draining = state.draining_others.contains(node);
  return seen;
}

void look_at_tables(cluster_pointer self);

/// One at a time; then it is looked at again.
void note_one(cluster_pointer self, const known_members& known) {
  auto& state = self->state;
  std::optional<catalog::command> decided;
  for (const auto& [node, member] : known.members)
    if (!decided)
      decided = catalog::note_about(node, member, seen_of(state, node));
  if (!decided || std::exchange(state.notes, true))
    return;
  self
    ->request(state.options.catalog, caf::infinite,
              command_request{std::move(*decided), {}})
    .then(
      [self] {
        self->state.notes = false;
        look_at_tables(self); // others may be to be noted, and regions placed
      },
      [self](const caf::error&) {
        // It is looked at again.
        self->state.notes = false;
      });
}

/// A peer shows the key that its member has. One that is no member may come as
/// another each time; but before the tables know this node, they may know
/// nobody yet.
void tell_keys(cluster_pointer self, const known_members& known) {
  if (!known.members.contains(self->state.options.node))
    return;
  for (auto& [id, node] : self->state.nodes) {
    const auto member = known.members.find(id);
    const bool recorded = member != known.members.end();
    const auto& key = recorded ? member->second.key : std::string{};
    if (recorded && node.key == key)
      continue;
    node.key = key;
    self->send(node.peer, peer_key{key});
  }
}

void say(cluster_pointer self, const own_words& now) {
  auto& state = self->state;
  if (now == std::exchange(state.said, now))
    return;
  for (const auto& [_, node] : state.nodes)
    self->send(node.peer, now);
}

void tell_history(cluster_pointer self) {
  const auto& core = self->state.seen.core;
  auto now = self->state.said;
  now.end = {core.stored_term, core.stored};
  now.applied = {core.applied_term, core.applied};
  // Before the elector has read its log it knows of none.
  if (core.stored_term != 0)
    say(self, now);
}

/// What died comes back with nothing: it counts once it has joined anew.
void note_joins(cluster_pointer self, const known_members& known) {
  for (auto& [id, node] : self->state.nodes) {
    const auto member = known.members.find(id);
    if (member == known.members.end())
      continue;
    const auto joined = member->second.joined;
    if (node.joined && *node.joined != joined)
      node.died = false;
    node.joined = joined;
  }
}

/// The leader has it agreed on who is down, who is being emptied and where
/// regions live, so that every node, and the next leader, knows.
void on_known_members(cluster_pointer self, const known_members& known) {
  auto& state = self->state;
  state.looks_at_tables = false;
  tell_keys(self, known);
  note_joins(self, known);
  if (!state.leads || !state.known.serves)
    return;
  note_one(self, known);
  place_regions(self);
}

void look_at_tables(cluster_pointer self) {
  auto& state = self->state;
  if (!state.options.catalog || std::exchange(state.looks_at_tables, true))
    return;
  self->request(state.options.catalog, caf::infinite, known_members_query{})
    .then([self](const known_members& known) { on_known_members(self, known); },
          [self](const caf::error&) { self->state.looks_at_tables = false; });
}

/// Members that were agreed on get a peer; those that left lose it.
void follow_members(cluster_pointer self) {
  auto& state = self->state;
  const auto& members = state.seen.core.members;
  if (members.members.empty())
    return;
  for (const auto& member : members.members)
    add_node(self, {member.id, member.address}, false);
  std::erase_if(state.nodes, [&](const auto& entry) {
    const auto& [id, node] = entry;
    if (node.stays || consensus::find(members, id) != nullptr)
      return false;
    state.options.log(log_level::info, "a node left the cluster",
                      {{"node", std::to_string(id)}});
    self->send(state.options.elector, peer_route{id, {}});
    self->send(state.options.router, router_route{id, {}, {}});
    self->send_exit(node.peer, caf::exit_reason::user_shutdown);
    return true;
  });
}

} // namespace

std::uint64_t successor(const cluster_state& state, milliseconds now) {
  return rules::lowest_fit(voters_of(state), now,
                           state.options.leading.heard_within);
}

void on_leadership(cluster_pointer self, const leadership& now) {
  auto& state = self->state;
  const bool other_leader
    = now.leader != state.known.leader || now.term != state.known.term;
  state.known = now;
  const bool leads = now.leader == state.options.node;
  if (leads && !state.leads)
    state.rule->on_leading(now_of(self));
  if (!leads && state.leads)
    state.rule->on_following();
  if (leads != state.leads)
    state.draining_others.clear(); // they tell it again
  state.leads = leads;
  if (other_leader)
    tell_leader(self);
}

void look_around(cluster_pointer self) {
  self
    ->request(self->state.options.elector, caf::infinite,
              elector_status_query{})
    .then(
      [self](const elector_status& seen) {
        self->state.seen = seen;
        follow_members(self);
        tell_history(self);
        if (self->state.options.joins)
          ask_to_join(self);
        if (self->state.leaving)
          ask_to_leave(self);
        look_at_tables(self);
        compare_tables(self);
        if (self->state.leads)
          steer(self);
      },
      [](const caf::error&) { /* the elector ended: so will this one */ });
}

void watch_id(cluster_pointer self) {
  const auto& catalog = self->state.options.catalog;
  if (!catalog || self->state.said.cluster)
    return;
  self->request(catalog, caf::infinite, cluster_id_query{})
    .then(
      [self](const cluster_id& found) {
        auto now = self->state.said;
        now.cluster = found.id;
        say(self, now);
        if (self->state.options.on_named)
          self->state.options.on_named(found.id);
      },
      [](const caf::error&) { /* the catalog ended: so will this one */ });
}

void add_node(cluster_pointer self, const found_node& found, bool stays) {
  auto& state = self->state;
  if (const auto known = state.nodes.find(found.node);
      known != state.nodes.end() && stays)
    known->second.stays = true;
  const auto where = config::parse_address(found.address);
  if (found.node == state.options.node || !where || !state.options.start_peer
      || state.nodes.contains(found.node)
      || state.nodes.size() >= state.options.peers_max)
    return;
  cluster_state::known_node made;
  made.address = found.address;
  made.stays = stays;
  made.peer = state.options.start_peer(found.node, *where, self,
                                       state.options.founders);
  self->send(made.peer, state.said);
  state.nodes.emplace(found.node, std::move(made));
}

} // namespace holdfast::actors
