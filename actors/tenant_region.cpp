#include "actors/tenant_region.hpp"

#include "actors/error.hpp"
#include "actors/tenant_region_values.hpp"
#include "actors/tenant_region_variables.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

using pointer = tenant_region_actor::stateful_pointer<tenant_region_state>;

shm::region& memory(pointer self) {
  return *self->state.options.region;
}

log_fields about(pointer self) {
  const auto& options = memory(self).options();
  return {{"tenant", options.tenant}, {"region", options.name}};
}

// -- draining -----------------------------------------------------------------

void drain_later(pointer self, std::chrono::milliseconds wait) {
  self->delayed_send(self, wait, drain_due{});
}

void drain(pointer self) {
  auto& pace = self->state.pace;
  const auto changes = memory(self).drain();
  if (const auto wait = pace.on_drained(changes))
    drain_later(self, *wait);
  else if (!memory(self).arm_doorbell())
    drain_later(self, pace.on_armed_too_late());
}

void look_for_changes(pointer self) {
  if (!self->state.pace.on_ring())
    return;
  memory(self).disarm_doorbell();
  drain(self);
}

// -- barriers -----------------------------------------------------------------

/// A node alone is the majority: what is drained is committed.
caf::result<void> commit_all(pointer self) {
  const auto state = memory(self).status().state;
  if (state != shm::layout::region_state::active)
    return make_error(shm::errc::fenced, "this node is not its home any more");
  memory(self).drain();
  return caf::unit;
}

caf::result<void> flush(pointer self, const flush_request& request) {
  if (request.durable)
    return make_error(shm::errc::bad_argument,
                      "'durable': the region is on no disk");
  if (request.stored_in != 0 && request.stored_in < self->state.home_since)
    return make_error(shm::errc::unknown,
                      "the region began anew since epoch "
                        + std::to_string(request.stored_in));
  return commit_all(self);
}

// -- clients ------------------------------------------------------------------

/// A writer gets a description of its own.
shm::result<shm::shared_descriptor> data_for(pointer self, shm::access wanted) {
  if (wanted == shm::access::read)
    return memory(self).lend_data();
  auto own = memory(self).share_data(wanted);
  if (!own)
    return std::move(own).assume_error();
  return std::make_shared<shm::descriptor>(std::move(own).assume_value());
}

caf::result<attached_region> attach(pointer self,
                                    const attach_request& request) {
  auto& region = memory(self);
  if (self->state.retired)
    return make_error(shm::errc::no_such_region, region.options().name);
  auto data = data_for(self, request.access);
  if (!data)
    return make_error(data.assume_error());
  const auto owner = region.admit_client();
  if (!owner)
    return make_error(owner.assume_error());
  auto session = caf::actor_cast<caf::actor_addr>(self->current_sender());
  self->monitor(session);
  self->state.clients.emplace(
    owner.assume_value(),
    tenant_region_state::client{
      request.session, std::move(session), request.access, {}});
  return attached_region{owner.assume_value(), region.lend_control(),
                         std::move(data).assume_value()};
}

void end_if_retired(pointer self) {
  if (self->state.retired && self->state.clients.empty())
    self->quit();
}

/// Frees what a client held. Safe to call for one that is gone already.
void release(pointer self, std::uint32_t owner) {
  auto& clients = self->state.clients;
  const auto found = clients.find(owner);
  if (found == clients.end())
    return;
  for (const auto scope : found->second.watches)
    memory(self).count_watchers(scope, -1);
  const auto report = memory(self).release_client(owner);
  const bool could_write = found->second.access == shm::access::write;
  if (report.locks_freed != 0 || report.rolled_forward != 0) {
    auto fields = about(self);
    fields.emplace_back("session", std::to_string(found->second.session));
    fields.emplace_back("locks", std::to_string(report.locks_freed));
    fields.emplace_back("completed", std::to_string(report.rolled_forward));
    self->state.options.log(log_level::warning,
                            "freed the locks of a client that is gone", fields);
  }
  clients.erase(found);
  memory(self).settle();
  if (could_write)
    look_for_changes(self); // it may have died before it rang
  end_if_retired(self);
}

void on_session_down(pointer self, const caf::actor_addr& session) {
  std::vector<std::uint32_t> owners;
  for (const auto& [owner, client] : self->state.clients)
    if (client.actor == session)
      owners.push_back(owner);
  for (const auto owner : owners)
    release(self, owner);
}

caf::result<void> watch(pointer self, const watch_request& request) {
  const auto found = self->state.clients.find(request.owner);
  if (found == self->state.clients.end())
    return make_error(shm::errc::bad_argument, "not attached");
  if (found->second.watches.insert(request.scope).second)
    memory(self).count_watchers(request.scope, 1);
  return caf::unit;
}

// -- memory -------------------------------------------------------------------

caf::result<void> grow(pointer self, std::uint64_t bytes) {
  if (self->state.growing)
    return make_error(shm::errc::overloaded, "it is growing already");
  self->state.growing = true;
  auto promise = self->make_response_promise<caf::response_promise>();
  // Without a deadline: the maker is on this node, and a reservation that
  // succeeds after all must be published.
  self
    ->request(self->state.options.maker, caf::infinite,
              reserve_request{self->state.options.region, bytes})
    .then(
      [self, promise, bytes]() mutable {
        self->state.growing = false;
        memory(self).finish_growth(bytes);
        promise.deliver(caf::unit);
      },
      [self, promise](caf::error& error) mutable {
        self->state.growing = false;
        promise.deliver(std::move(error));
      });
  return promise;
}

caf::result<void> retire(pointer self) {
  self->state.retired = true;
  memory(self).set_state(shm::layout::region_state::revoked);
  end_if_retired(self);
  return caf::unit;
}

caf::result<void> fence(pointer self) {
  memory(self).drain();
  if (!self->state.retired)
    memory(self).set_state(shm::layout::region_state::fenced);
  self->quit();
  return caf::unit;
}

void renew_lease(pointer self) {
  const auto now = self->state.options.now().time_since_epoch();
  if (!self->state.retired)
    if (const auto end = self->state.lease.renew(now, now))
      memory(self).renew_lease(shm::boot_clock::time_point{*end});
  memory(self).settle();
  // A ring may have been lost in a full socket: look at what it announced.
  if (!self->state.pace.draining() && !memory(self).arm_doorbell())
    look_for_changes(self);
  self->delayed_send(self, self->state.options.lease_renewal, lease_due{});
}

void start(pointer self, tenant_region_options options) {
  self->state.lease = rules::lease{options.lease_duration};
  self->state.pace = rules::drain_pace{options.pace};
  self->state.options = std::move(options);
  self->state.home_since = memory(self).options().epoch;
  self->set_down_handler(
    [self](caf::down_msg& down) { on_session_down(self, down.source); });
  renew_lease(self);
}

} // namespace

tenant_region_actor::behavior_type
tenant_region(pointer self, tenant_region_options options) {
  start(self, std::move(options));
  return {
    [self](const attach_request& request) { return attach(self, request); },
    [self](const detach_request& request) { release(self, request.owner); },
    [self](const watch_request& request) { return watch(self, request); },
    [self](doorbell_rung) { look_for_changes(self); },
    [self](region_status_query) {
      return region_report{memory(self).options().name, memory(self).status()};
    },
    [self](const variables_query& query) {
      return list_variables(memory(self), query);
    },
    [self](const add_variable_request& request) {
      return add_variable(memory(self), request.variable);
    },
    [self](const remove_variable_request& request) {
      return remove_variable(memory(self), request.name);
    },
    [self](const grow_request& request) { return grow(self, request.bytes); },
    [self](const flush_request& request) { return flush(self, request); },
    [self](confirm_request) { return commit_all(self); },
    [self](const store_value_request& request) {
      return store_value(memory(self), request);
    },
    [self](const load_value_request& request) {
      return load_value(memory(self), request, self->state.options.now());
    },
    [self](const begin_epoch_request& request) {
      memory(self).begin_epoch(request.epoch);
    },
    [self](retire_request) { return retire(self); },
    [self](fence_request) { return fence(self); },
    [self](lease_due) { renew_lease(self); },
    [self](drain_due) { drain(self); },
  };
}

} // namespace holdfast::actors
