// The memory of a region: its variables, its size, what is shown in it, and
// other memory in its place when clients may write to it no more.
#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"
#include "actors/tenant_region_variables.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using shm::layout::region_role;
using shm::layout::region_state;

std::vector<shm::variable_spec> variables_in(const shm::region& region) {
  std::vector<shm::variable_spec> all;
  if (const auto listed = region.view().list())
    for (const auto& each : listed.assume_value())
      all.push_back({each.name, each.kind, each.type, each.capacity});
  return all;
}

// -- other memory -------------------------------------------------------------

shm::result<void> copy_values(const shm::region& from, shm::region& into) {
  std::vector<char> bytes;
  for (const auto& each : variables_in(from)) {
    const auto source = from.slot_of(each.name);
    const auto target = into.slot_of(each.name);
    if (!source || !target)
      continue;
    bytes.clear();
    const auto version = from.append_value(*source, bytes);
    if (!version && version.assume_error().code == shm::errc::no_value)
      continue;
    if (!version)
      return version.assume_error();
    if (auto shown = into.show_value(*target, version.assume_value(), bytes);
        !shown)
      return shown;
  }
  return boost::outcome_v2::success();
}

void add_change(std::vector<region_replica::change>& into,
                region_replica::variable_key key,
                const std::optional<shm::latest_value>& latest) {
  if (latest && latest->version != 0 && latest->version < version_max)
    into.push_back({key, latest->version, latest->bytes});
}

/// What was copied may be newer than what was drained before: the rule is to
/// hear of what is there.
std::vector<region_replica::change> values_in_memory(pointer self) {
  std::vector<region_replica::change> all;
  for (const auto& [key, slot] : self->state.slots)
    add_change(all, key, memory_of(self).look(slot));
  return all;
}

void on_replaced(pointer self, const made_region& made) {
  auto& state = self->state;
  const auto former = state.options.region;
  state.replacing = false;
  if (auto copied = copy_values(*former, *made.region); !copied)
    return give_up(self, copied.assume_error());
  made.region->keep_owners_of(*former);
  state.options.region = made.region;
  state.writers_came = false;
  find_slots(self);
  state.stored_last = values_in_memory(self);
  if (const auto shown = std::exchange(state.shown, std::nullopt))
    show(self, *shown);
  former->set_state(region_state::moved);
  if (state.options.keeper)
    self->send(state.options.keeper,
               memory_replaced{former->options().region_id, made.region});
  state.options.log(log_level::info,
                    "a region has memory that its former writers cannot reach",
                    about(self));
  carry(self, {}); // the rule waits for this
  look_at_waiting(self);
}

void replace_memory(pointer self) {
  auto& state = self->state;
  state.replacing = true;
  make_region_request request;
  request.options = memory_of(self).options();
  request.options.bytes = memory_of(self).status().bytes;
  request.variables = variables_in(memory_of(self));
  self->request(state.options.maker, caf::infinite, std::move(request))
    .then([self](const made_region& made) { on_replaced(self, made); },
          [self](const caf::error& error) { give_up(self, to_shm(error)); });
}

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

std::vector<region_replica::change> take_changes(pointer self) {
  std::vector<region_replica::change> changes;
  const auto& keys = self->state.keys;
  auto& region = memory_of(self);
  region.take_changes([&](std::uint32_t slot) {
    if (const auto* key = keys.find(slot))
      add_change(changes, *key, region.look(slot));
  });
  return changes;
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

void stop_writers(pointer self) {
  auto& state = self->state;
  memory_of(self).set_state(region_state::fenced);
  state.last_stored.clear();
  for (const auto& [key, slot] : state.slots)
    if (const auto latest = memory_of(self).look(slot))
      state.last_stored.emplace(key, *latest);
  state.stored_last = take_changes(self);
  state.outnumbering.clear();
  state.stopping = true;
  if (state.writers_came)
    replace_memory(self);
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
  region.take_role(what.now == published::following ? region_role::replica
                                                    : region_role::home,
                   what.home, what.epoch);
  region.set_state(what.now == published::fenced ? region_state::fenced
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
