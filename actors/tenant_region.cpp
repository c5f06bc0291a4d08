#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"
#include "actors/tenant_region_variables.hpp"
#include "config/region_bounds.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;

// -- draining -----------------------------------------------------------------

void drain_later(pointer self, std::chrono::milliseconds wait) {
  const auto& options = self->state.options;
  if (options.drain_later)
    options.drain_later(self, wait);
  else
    self->delayed_send(self, wait, drain_due{});
}

void drain(pointer self) {
  auto& state = self->state;
  auto& pace = state.pace;
  replace_when_ready(self);
  const auto found = drain_to_rule(self);
  if (state.replacement || state.groups.kept_back != 0)
    drain_later(self, pace.on_kept_back(state.groups.kept_back));
  else if (const auto wait = pace.on_drained(found.changes, found.stores))
    drain_later(self, *wait);
  else if (!memory_of(self).arm_doorbell())
    drain_later(self, pace.on_armed_too_late());
}

// -- endings ------------------------------------------------------------------

/// Removed: nothing is left of it. Given up here: another node has it.
caf::result<void> retire(pointer self, const retire_request& request) {
  self->state.retired = true;
  drop_disk(self);
  memory_of(self).set_state(request.lives_on
                              ? shm::layout::region_state::moved
                              : shm::layout::region_state::revoked);
  look_at_waiting(self);
  end_if_retired(self);
  return caf::unit;
}

caf::result<void> fence(pointer self) {
  if (!self->state.retired) {
    memory_of(self).set_state(shm::layout::region_state::fenced);
    drain_to_rule(self);
    if (self->state.groups.kept_back != 0) { // for a moment, or the patience
      self->delayed_send(self, config::region_group_last_looks,
                         fence_request{});
      return caf::unit;
    }
    close_disk(self);
  }
  self->quit();
  return caf::unit;
}

// -- time ---------------------------------------------------------------------

void tick_at(pointer self, shm::boot_clock::time_point when) {
  auto& state = self->state;
  state.next_tick = when;
  const auto now = state.options.now();
  using std::chrono::nanoseconds;
  self->delayed_send(self, std::max<nanoseconds>(when - now, nanoseconds{0}),
                     lease_due{++state.ticks});
}

/// Where there are no other nodes the lease is all that is due.
std::chrono::milliseconds tick_of(const tenant_region_options& options) {
  const auto& rule = options.rule;
  return options.router ? rule.tick : std::max(rule.tick, rule.beat);
}

void tick(pointer self) {
  auto& state = self->state;
  carry(self, state.rule->on_tick(now_of(self)));
  memory_of(self).settle();
  settle_again(self);
  report_discarded(self);
  compare_when_due(self);
  look_at_waiting(self);
  // A ring may have been lost in a full socket: look at what it announced.
  if (!state.pace.draining()
      && (!memory_of(self).arm_doorbell() || state.groups.apart))
    look_for_changes(self);
  tick_at(self, state.options.now() + tick_of(state.options));
  look_at_leases(self);
}

void start(pointer self, tenant_region_options options) {
  auto& state = self->state;
  state.pace = rules::drain_pace{options.pace};
  state.options = std::move(options);
  const auto& chosen = state.options;
  state.rule.emplace(chosen.node, chosen.life, chosen.admitted, chosen.rule);
  find_slots(self);
  begin_disk(self);
  for (const auto& [key, slot] : state.slots)
    state.rule->add_variable(key);
  if (chosen.router)
    self->send(chosen.router,
               local_holder{chosen.region->options().region_id, self});
  self->set_down_handler(
    [self](caf::down_msg& down) { on_session_down(self, down.source); });
  tick(self);
}

} // namespace

log_fields about(pointer self) {
  const auto& options = memory_of(self).options();
  return {{"tenant", options.tenant}, {"region", options.name}};
}

void look_at_leases(pointer self) {
  const auto end = self->state.rule->next_lease_end(now_of(self));
  if (end && shm::boot_clock::time_point{*end} < self->state.next_tick)
    tick_at(self, shm::boot_clock::time_point{*end});
}

void look_for_changes(pointer self) {
  if (!self->state.pace.on_ring())
    return;
  memory_of(self).disarm_doorbell();
  drain(self);
}

void drain_again(pointer self) {
  auto& pace = self->state.pace;
  if (!pace.draining())
    drain_later(self, pace.on_armed_too_late());
}

tenant_region_actor::behavior_type
tenant_region(pointer self, tenant_region_options options) {
  start(self, std::move(options));
  return {
    [self](const attach_request& request) { return attach(self, request); },
    [self](const detach_request& request) { release(self, request.owner); },
    [self](const watch_request& request) { return watch(self, request); },
    [self](doorbell_rung) { look_for_changes(self); },
    [self](region_status_query) {
      region_report made{memory_of(self).options().name,
                         memory_of(self).status(),
                         self->state.rule->look(),
                         disk_state::none,
                         {},
                         self->state.mended};
      tell_disk(self, made);
      return made;
    },
    [self](const variables_query& query) {
      return list_variables(memory_of(self), query);
    },
    [self](const add_variable_request& request) {
      return add_variable(self, request);
    },
    [self](const remove_variable_request& request) {
      return remove_variable(self, request.name);
    },
    [self](const grow_request& request) { return grow(self, request.bytes); },
    [self](const flush_request& request) { return flush(self, request); },
    [self](confirm_request) { return confirm(self); },
    [self](const store_value_request& request) { return store(self, request); },
    [self](const load_value_request& request) { return load(self, request); },
    [self](const placement_decided& decided) {
      follow_placement(self, decided);
    },
    [self](region_packet& packet) { on_packet(self, packet); },
    [self](const holder_died& died) { on_holder_died(self, died); },
    [self](const retire_request& request) { return retire(self, request); },
    [self](fence_request) { return fence(self); },
    [self](lease_due due) {
      if (due.number == self->state.ticks)
        tick(self);
    },
    [self](drain_due) { drain(self); },
  };
}

} // namespace holdfast::actors
