#include "actors/client.hpp"

#include "actors/client_state.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using shm::errc;

void connect(client_pointer self);

void on_connected(client_pointer self, const client::connection& node) {
  auto& state = self->state;
  state.node = node;
  const auto number = ++state.line_number;
  state.last_failure.clear();
  const auto gone = [self, number] {
    if (self->state.node && self->state.line_number == number)
      lose_line(self, "the node hung up");
  };
  self->request(state.line, caf::infinite, guard_order{node})
    .then(gone, [gone](const caf::error&) { gone(); });
  self->delayed_send(self, reconnect_bounds.delay_max,
                     held_for_a_while{{}, number});
  for (auto& [_, region] : state.regions)
    map_region(self, region);
}

void connect_later(client_pointer self) {
  self->delayed_send(self, delay_after_failure(self->state, self->state.again),
                     connect_due{});
}

void connect(client_pointer self) {
  // The line itself gives up after the patience.
  self
    ->request(self->state.line, caf::infinite,
              connect_order{self->state.options})
    .then([self](const connected_line& made) { on_connected(self, made.node); },
          [self](const caf::error& why) {
            self->state.last_failure = to_shm(why).message();
            connect_later(self);
          });
}

void on_held(client_pointer self, const held_for_a_while& held) {
  auto& state = self->state;
  if (held.region.empty()) {
    if (state.node && state.line_number == held.number)
      state.again.on_held();
    return;
  }
  const auto found = state.regions.find(held.region);
  if (found != state.regions.end() && found->second.view
      && found->second.attachments == held.number)
    found->second.again.on_held();
}

caf::result<client::variable_value> read(client_state& state,
                                         const client::read_request& request) {
  const auto variable = find(state, request.region, request.variable);
  if (!variable)
    return variable.error();
  auto copied = copy_value(*variable);
  if (!copied)
    return make_error(copied.assume_error());
  return std::move(copied).assume_value();
}

caf::result<client::stored> store(client_pointer self,
                                  client::store_request& request) {
  auto& state = self->state;
  auto variable = find(state, request.region, request.variable);
  if (!variable)
    return variable.error();
  note_store(state.regions.at(request.region));
  if (!state.writer)
    state.writer = spawn_writer(*self);
  return self->delegate(
    state.writer, store_order{std::move(*variable), std::move(request.bytes)});
}

client_core_actor::behavior_type client_core(client_pointer self,
                                             client::connect_options options) {
  auto& state = self->state;
  state.options = std::move(options);
  state.wake = std::make_shared<shm::wake_word>();
  state.line = spawn_line(*self);
  state.waiter = spawn_waiter(*self, state.wake);
  self->set_down_handler(
    [self](const caf::down_msg& down) { drop_subscriber(self, down.source); });
  connect(self);
  return {
    [self](const client::attach_request& request) {
      return attach(self, request);
    },
    [self](const client::detach_request& request) {
      return detach(self, request.region);
    },
    [self](const client::subscribe_request& request) {
      return subscribe(self, request);
    },
    [self](const client::unsubscribe_request& request) {
      return unsubscribe(self, request.subscription);
    },
    [self](const client::read_request& request) {
      return read(self->state, request);
    },
    [self](client::store_request& request) { return store(self, request); },
    [self](const client::flush_request& request) {
      return flush(self, request);
    },
    [self](const client::confirmed_read_request& request) {
      return read_confirmed(self, request);
    },
    [self](const watched_changed& found) { on_watched_changed(self, found); },
    [self](const wait_failed& failed) {
      if (self->state.node)
        lose_line(self, failed.why.message());
    },
    [self](connect_due) { connect(self); },
    [self](const attach_due& due) {
      if (auto found = self->state.regions.find(due.region);
          found != self->state.regions.end())
        map_region(self, found->second);
    },
    [self](const held_for_a_while& held) { on_held(self, held); },
    [self](const attach_patience_over& over) {
      on_attach_patience_over(self, over);
    },
  };
}

} // namespace

caf::expected<client_region*> attached_region_of(client_state& state,
                                                 const std::string& region) {
  const auto found = state.regions.find(region);
  if (found == state.regions.end())
    return make_error(errc::no_such_region, "'" + region + "' is not attached");
  if (!found->second.view)
    return make_error(errc::unreachable, "'" + region + "' is lost for now");
  return &found->second;
}

caf::expected<shm::untyped_variable> find(client_state& state,
                                          const std::string& region,
                                          const std::string& variable) {
  const auto found = attached_region_of(state, region);
  if (!found)
    return found.error();
  auto handle = (*found)->view->find_any(variable);
  if (!handle)
    return make_error(handle.assume_error());
  return std::move(handle).assume_value();
}

void lose_line(client_pointer self, const std::string& reason) {
  auto& state = self->state;
  state.node->hang_up();
  state.node.reset();
  state.last_failure = reason;
  for (auto& [_, region] : state.regions)
    lose_region(self, region, reason);
  connect_later(self);
}

} // namespace holdfast::actors

namespace holdfast::client {

client_actor spawn_client(caf::actor_system& system, connect_options options) {
  return system.spawn(actors::client_core, std::move(options));
}

} // namespace holdfast::client
