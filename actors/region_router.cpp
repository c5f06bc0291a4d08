#include "actors/region_router.hpp"

#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using router_pointer
  = region_router_actor::stateful_pointer<region_router_state>;

template <class Answer, class Request>
caf::result<Answer> ask_here(router_pointer self, Request& request) {
  const auto found = self->state.regions.find(request.region);
  if (found == self->state.regions.end())
    return make_error(shm::errc::unavailable, "the region is not there yet");
  return self->delegate(found->second, std::move(request));
}

caf::result<void> ask_keeper(router_pointer self, usable_query& query) {
  if (!self->state.keeper)
    return make_error(shm::errc::unavailable, "this node has just started");
  return self->delegate(self->state.keeper, std::move(query));
}

template <class Answer, class Request>
caf::result<Answer> ask_there(router_pointer self, for_home<Request>& request) {
  const auto found = self->state.routes.find(request.node);
  if (found == self->state.routes.end())
    return make_error(shm::errc::unavailable, "node "
                                                + std::to_string(request.node)
                                                + " is not connected");
  return self->delegate(found->second, std::move(request.what));
}

void note_holder(router_pointer self, const local_holder& holder) {
  self->monitor(holder.actor);
  auto& state = self->state;
  state.regions[holder.region] = holder.actor;
  if (state.options.note)
    state.options.note(holder.region, holder.actor.address());
}

void forget_holder(router_pointer self, const caf::actor_addr& actor) {
  auto& state = self->state;
  std::erase_if(state.regions, [&](const auto& each) {
    const bool it = each.second.address() == actor;
    if (it && state.options.note)
      state.options.note(each.first, {});
    return it;
  });
}

void note_route(router_pointer self, const router_route& route) {
  auto& state = self->state;
  if (route.router)
    state.routes[route.node] = route.router;
  else
    state.routes.erase(route.node);
  const auto& links = state.options.links;
  if (!links)
    return;
  if (route.replication.link)
    links->follow(route.replication);
  else
    links->forget(route.node);
}

} // namespace

region_router_actor::behavior_type
region_router(router_pointer self, region_router_options options) {
  self->state.options = std::move(options);
  self->set_down_handler(
    [self](const caf::down_msg& down) { forget_holder(self, down.source); });
  return {
    [self](store_value_request& request) {
      return ask_here<stored_value>(self, request);
    },
    [self](load_value_request& request) {
      return ask_here<loaded_value>(self, request);
    },
    [self](usable_query& query) { return ask_keeper(self, query); },
    [self](for_home<store_value_request>& request) {
      return ask_there<stored_value>(self, request);
    },
    [self](for_home<load_value_request>& request) {
      return ask_there<loaded_value>(self, request);
    },
    [self](for_home<usable_query>& request) {
      return ask_there<void>(self, request);
    },
    [self](const router_route& route) { note_route(self, route); },
    [self](const local_holder& holder) { note_holder(self, holder); },
    [self](const local_keeper& here) { self->state.keeper = here.keeper; },
    [self](const holder_died& died) {
      for (const auto& [_, region] : self->state.regions)
        self->send(region, died);
    },
  };
}

} // namespace holdfast::actors
