// The memory of a region: its variables, its size, and what is shown in it.
#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"
#include "actors/tenant_region_variables.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using shm::layout::region_role;
using shm::layout::region_state;

void note_slot(pointer self, const std::string& name,
               region_replica::variable_key id) {
  if (const auto slot = memory_of(self).slot_of(name)) {
    self->state.slots[id] = *slot;
    self->state.keys[*slot] = id;
  }
}

} // namespace

void give_up(pointer self, const shm::error& why) {
  auto fields = about(self);
  fields.emplace_back("reason", why.message());
  self->state.options.log(log_level::error, "a region cannot go on here",
                          fields);
  memory_of(self).set_state(region_state::fenced);
  self->quit(make_error(why));
}

void find_slots(pointer self) {
  auto& state = self->state;
  state.slots.clear();
  state.keys.clear();
  for (const auto& [name, id] : state.options.variables)
    note_slot(self, name, id);
}

void add_change(std::vector<region_replica::change>& into,
                region_replica::variable_key key,
                const std::optional<shm::latest_value>& latest) {
  if (latest && latest->version != 0 && latest->version < version_max)
    into.push_back({key, latest->version, latest->bytes, latest->grouped});
}

drained_changes
count_stores(pointer self, const std::vector<region_replica::change>& changes) {
  const auto& state = self->state;
  drained_changes found{static_cast<std::uint32_t>(changes.size()),
                        changes.size()};
  if (found.changes >= state.options.pace.busy_changes)
    return found;
  for (const auto& each : changes)
    if (const auto before = state.rule->held().at(each.key).version;
        each.version > before)
      found.stores += each.version - before - 1;
  return found;
}

void show(pointer self, const region_replica::publish& what) {
  using published = region_replica::publish::state;
  auto& state = self->state;
  if (what.epoch == 0)
    return; // the tables have not said yet
  const auto before = std::exchange(state.shown, what);
  if (state.replacing || state.retired)
    return;
  auto& region = memory_of(self);
  if (what.now == published::serving)
    region.renew_lease(shm::boot_clock::time_point{what.lease_end});
  if (before && before->now == what.now && before->epoch == what.epoch
      && before->home == what.home)
    return;
  if (what.now == published::serving)
    begin_groups(self);
  region.take_role(what.now == published::following ? region_role::replica
                                                    : region_role::home,
                   what.home, what.epoch,
                   what.now == published::fenced ? region_state::fenced
                                                 : region_state::active);
  auto fields = about(self);
  fields.emplace_back("epoch", std::to_string(what.epoch));
  fields.emplace_back("home", std::to_string(what.home));
  state.options.log(log_level::info,
                    what.now == published::serving     ? "serves a region"
                    : what.now == published::following ? "follows a region"
                                                       : "holds a region back",
                    fields);
}

void wipe(pointer self) {
  if (auto cleared = memory_of(self).clear_values(); !cleared)
    return give_up(self, cleared.assume_error());
  self->state.outnumbering.clear();
  self->state.groups.values.clear();
  self->state.ledger.clear();
  find_slots(self);
  wipe_disk(self);
}

caf::result<void> add_variable(pointer self,
                               const add_variable_request& request) {
  auto& state = self->state;
  auto added = add_variable(memory_of(self), request.variable);
  if (added.flag == caf::rt_error)
    return added;
  state.options.variables[request.variable.name] = request.key;
  note_slot(self, request.variable.name, request.key);
  state.rule->add_variable(request.key);
  return caf::unit;
}

caf::result<void> remove_variable(pointer self, const std::string& name) {
  auto& state = self->state;
  if (const auto found = state.options.variables.find(name);
      found != state.options.variables.end()) {
    state.rule->remove_variable(found->second);
    state.ledger.forget(found->second);
    state.groups.values.erase(found->second);
    remove_from_disk(self, found->second);
    state.outnumbering.erase(found->second);
    state.options.variables.erase(found);
  }
  auto removed = remove_variable(memory_of(self), name);
  find_slots(self);
  return removed;
}

caf::result<void> grow(pointer self, std::uint64_t bytes) {
  auto& state = self->state;
  if (state.growing)
    return make_error(shm::errc::overloaded, "it is growing already");
  state.growing = true;
  auto promise = self->make_response_promise<caf::response_promise>();
  // Without a deadline: the maker is on this node, and a reservation that
  // succeeds after all must be published.
  self
    ->request(state.options.maker, caf::infinite,
              reserve_request{state.options.region, bytes})
    .then(
      [self, promise, bytes, of = state.options.region]() mutable {
        self->state.growing = false;
        of->finish_growth(bytes);
        promise.deliver(caf::unit);
      },
      [self, promise](caf::error& error) mutable {
        self->state.growing = false;
        promise.deliver(std::move(error));
      });
  return promise;
}

} // namespace holdfast::actors
