#include "actors/cluster.hpp"

#include "actors/cluster_parts.hpp"
#include "actors/error.hpp"

#include <type_traits>

namespace holdfast::actors {

namespace {

void on_peer_changed(cluster_pointer self, const peer_changed& change) {
  auto& state = self->state;
  const auto found = state.nodes.find(change.node);
  if (found == state.nodes.end())
    return;
  found->second.state = change.state;
  peer_route route{change.node, {}};
  if (change.elector)
    route.elector = caf::actor_cast<peer_elector_actor>(change.elector);
  self->send(state.options.elector, std::move(route));
  router_route words{change.node, {}, change.replication};
  if (change.router)
    words.router = caf::actor_cast<peer_router_actor>(change.router);
  self->send(state.options.router, std::move(words));
  if (change.state == rules::peer_state::down
      && rules::proves_death(change.reason)) {
    found->second.died = true;
    self->send(state.options.elector, peer_death_proven{change.node});
    self->send(state.options.router,
               holder_died{change.node, change.incarnation});
  }
  if (change.state == rules::peer_state::healthy)
    tell_leader(self);
  else if (change.state == rules::peer_state::down)
    look_around(self); // its regions wait for another home
}

caf::result<void> leave(cluster_pointer self) {
  // Their exit reason is the goodbye.
  for (const auto& [_, node] : self->state.nodes)
    self->send_exit(node.peer, caf::exit_reason::user_shutdown);
  self->state.nodes.clear();
  self->quit();
  return caf::unit;
}

void watch_elector(cluster_pointer self) {
  self
    ->request(self->state.options.elector, caf::infinite,
              watch_leadership_request{leadership_watcher_actor{self}})
    .then([self](const leadership& now) { on_leadership(self, now); },
          [](const caf::error&) { /* the elector ends before its watchers */ });
}

} // namespace

// CAF hands the actor to whatever state takes it; see docs/caf.md.
static_assert(!std::is_constructible_v<cluster_state, cluster_pointer>);

cluster_actor::behavior_type cluster(cluster_pointer self,
                                     cluster_options options) {
  self->state.rule.emplace(options.node, options.leading);
  self->state.pace = rules::placement_pace{options.pace};
  self->state.said = options.said;
  self->state.options = std::move(options);
  watch_elector(self);
  watch_id(self);
  self->send(self, steer_due{});
  return {
    [self](const peer_changed& change) { on_peer_changed(self, change); },
    [self](const leadership& now) { on_leadership(self, now); },
    [self](const served_call& call) { return serve(self, call); },
    [self](const cluster_status_query& query) { return report(self, query); },
    [self](cluster_instances_query) { return list_instances(self); },
    [self](members_query) { return list_members(self); },
    [self](const change_cluster_request& request) {
      return change_members(self, request.wanted);
    },
    [self](const hand_over_request& request) {
      return hand_over(self, request);
    },
    [self](const drain_node_request& request) {
      return set_draining(self, request.draining);
    },
    [self](const found_node& found) { add_node(self, found, true); },
    [self](leave_cluster_request) { return leave(self); },
    [self](steer_due) {
      self->delayed_send(self, self->state.options.interval, steer_due{});
      look_around(self);
    },
  };
}

} // namespace holdfast::actors
