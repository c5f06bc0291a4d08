// What the cluster actor tells of the cluster.
#include "actors/cluster_parts.hpp"
#include "actors/error.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace holdfast::actors {

namespace {

using rules::node_role;

/// As majorities count, from before it is agreed on.
bool votes(const elector_status& seen, std::uint64_t node) {
  for (const auto& member : seen.core.members.members)
    if (member.id == node)
      return member.role == consensus::member_role::voter;
  return false;
}

node_role role_here(const elector_status& seen, std::uint64_t node) {
  switch (seen.core.state) {
  case consensus::role::leader:
    return node_role::leader;
  case consensus::role::candidate:
    return node_role::candidate;
  case consensus::role::follower:
    break;
  }
  return votes(seen, node) ? node_role::follower : node_role::learner;
}

node_role role_of(const elector_status& seen, std::uint64_t node) {
  if (node == seen.known.leader)
    return node_role::leader;
  return votes(seen, node) ? node_role::follower : node_role::learner;
}

cluster_report report_of(const cluster_state& state,
                         const elector_status& seen) {
  const auto self = state.options.node;
  std::vector<rules::seen_peer> peers;
  for (const auto& [id, node] : state.nodes)
    peers.push_back({id, node.state, votes(seen, id)});
  const rules::election_view election{seen.known.leader, seen.known.term,
                                      role_here(seen, self), votes(seen, self)};
  return {self,
          rules::look_at_cluster(peers, election),
          state.draining,
          state.options.key,
          {},
          state.differs};
}

/// Answers of the peers on their way into one list.
struct gathering {
  caf::typed_response_promise<cluster_instances> answer;
  cluster_instances all;
  elector_status seen;
  known_members known; ///< by the tables
  std::size_t open = 0;
};

void finish_if_complete(const std::shared_ptr<gathering>& into) {
  if (into->open != 0)
    return;
  auto& nodes = into->all.nodes;
  std::sort(nodes.begin(), nodes.end(),
            [](const cluster_instance& a, const cluster_instance& b) {
              return a.seen.node < b.seen.node;
            });
  into->answer.deliver(std::move(into->all));
}

cluster_instance instance_here(const cluster_state& state,
                               const elector_status& seen) {
  cluster_instance made;
  made.self = true;
  made.seen.node = state.options.node;
  made.seen.address = state.options.address;
  made.seen.phase = peer_phase::linked;
  made.seen.state = rules::peer_state::healthy;
  made.seen.reason = rules::health_reason::answered;
  made.draining = state.draining;
  made.role = role_here(seen, state.options.node);
  return made;
}

/// As the leader has it agreed on: what it alone was told is old to others.
bool is_emptied(const known_members& known, std::uint64_t node) {
  const auto found = known.members.find(node);
  return found != known.members.end() && found->second.draining;
}

void gather(cluster_pointer self, const std::shared_ptr<gathering>& into) {
  const auto& state = self->state;
  into->all.nodes.push_back(instance_here(state, into->seen));
  into->open = state.nodes.size();
  for (const auto& [id, node] : state.nodes) {
    const auto role = role_of(into->seen, id);
    const bool draining = is_emptied(into->known, id);
    self->request(node.peer, caf::infinite, peer_status_query{})
      .then(
        [=](const peer_status& seen) {
          into->all.nodes.push_back({seen, false, draining, role});
          --into->open;
          finish_if_complete(into);
        },
        [=](const caf::error&) {
          // It was removed meanwhile.
          --into->open;
          finish_if_complete(into);
        });
  }
  finish_if_complete(into);
}

void add_tables(cluster_pointer self, cluster_report made,
                caf::typed_response_promise<cluster_report> answer) {
  self
    ->request(self->state.options.catalog, caf::infinite, tables_digest_query{})
    .then(
      [answer, made](const tables_digest& digest) mutable {
        if (!digest.marks.empty())
          made.tables = digest.marks.back();
        answer.deliver(std::move(made));
      },
      [answer](caf::error& error) mutable {
        answer.deliver(std::move(error));
      });
}

member_list members_of(const elector_status& seen) {
  std::map<consensus::node_id, listed_member> by_id;
  for (const auto& each : seen.core.agreed.members)
    by_id[each.id] = {each.id, each.address, each.role, {}};
  for (const auto& each : seen.core.members.members) {
    auto& listed = by_id[each.id];
    listed.node = each.id;
    listed.address = each.address;
    listed.newest = each.role;
  }
  member_list made{{}, seen.known.leader};
  for (auto& [id, each] : by_id)
    made.members.push_back(std::move(each));
  return made;
}

} // namespace

caf::result<cluster_report> report(cluster_pointer self,
                                   const cluster_status_query& query) {
  auto answer = self->make_response_promise<cluster_report>();
  self
    ->request(self->state.options.elector, caf::infinite,
              elector_status_query{})
    .then(
      [self, query, answer](const elector_status& seen) mutable {
        auto made = report_of(self->state, seen);
        if (query.with_tables && self->state.options.catalog)
          add_tables(self, std::move(made), std::move(answer));
        else
          answer.deliver(std::move(made));
      },
      [answer](caf::error& error) mutable {
        answer.deliver(std::move(error));
      });
  return answer;
}

caf::result<cluster_instances> list_instances(cluster_pointer self) {
  const auto into = std::make_shared<gathering>();
  into->answer = self->make_response_promise<cluster_instances>();
  const auto refuse
    = [into](caf::error& error) { into->answer.deliver(std::move(error)); };
  self
    ->request(self->state.options.elector, caf::infinite,
              elector_status_query{})
    .then(
      [self, into, refuse](const elector_status& seen) {
        into->seen = seen;
        self
          ->request(self->state.options.catalog, caf::infinite,
                    known_members_query{})
          .then(
            [self, into](const known_members& known) {
              into->known = known;
              gather(self, into);
            },
            refuse);
      },
      refuse);
  return into->answer;
}

caf::result<member_list> list_members(cluster_pointer self) {
  auto answer = self->make_response_promise<member_list>();
  self
    ->request(self->state.options.elector, caf::infinite,
              elector_status_query{})
    .then(
      [answer](const elector_status& seen) mutable {
        answer.deliver(members_of(seen));
      },
      [answer](caf::error& error) mutable {
        answer.deliver(std::move(error));
      });
  return answer;
}

} // namespace holdfast::actors
