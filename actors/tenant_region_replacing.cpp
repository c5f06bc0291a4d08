// Other memory in the place of a region's, when clients may write to it no
// more: what other nodes say is shown only where no client can write.
#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"
#include "actors/writers_pause.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using shm::layout::region_state;

std::vector<shm::variable_spec> variables_in(const shm::region& region) {
  std::vector<shm::variable_spec> all;
  if (const auto listed = region.view().list())
    for (const auto& each : listed.assume_value())
      all.push_back({each.name, each.kind, each.type, each.capacity});
  return all;
}

/// Copies all values into memory that nobody has seen, groups whole unless
/// `apart`. False: a writer is in the middle of one.
shm::result<bool> copy_values(pointer self, shm::region& from,
                              shm::region& into, bool apart) {
  slot_set grouped;
  const auto add = [&](std::uint32_t slot) {
    if (const auto latest = from.look(slot); latest && latest->grouped)
      grouped.insert(slot);
  };
  const auto all = [&] {
    for (const auto& [key, slot] : self->state.slots)
      add(slot);
  };
  all();
  writers_pause pause{from};
  const bool whole = keep_still(
    pause, grouped, [&] { from.take_changes(add); }, all);
  if (!whole && !apart)
    return false;
  std::vector<char> bytes;
  for (const auto& [name, key] : self->state.options.variables) {
    const auto source = from.slot_of(name);
    const auto target = into.slot_of(name);
    if (!source || !target)
      continue;
    bytes.clear();
    const auto version = from.append_value(*source, bytes);
    if (!version && version.assume_error().code == shm::errc::no_value)
      continue;
    if (!version)
      return version.assume_error();
    const shm::shown_value value{*target, version.assume_value(), bytes};
    auto shown = grouped.contains(*source)
                   ? into.show_together({&value, 1}, true)
                   : into.show_value(value.slot, value.version, value.bytes);
    if (!shown)
      return shown.assume_error();
  }
  if (whole)
    into.end_apart();
  return true;
}

/// What was copied may be newer than what was drained before: the rule is to
/// hear of what is there.
std::vector<region_replica::change> values_in_memory(pointer self) {
  std::vector<region_replica::change> all;
  for (const auto& [key, slot] : self->state.slots)
    add_change(all, key, memory_of(self).look(slot));
  return all;
}

void replace_by(pointer self, const made_region& made) {
  auto& state = self->state;
  const auto former = state.options.region;
  state.replacing = false;
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
    .then(
      [self](const made_region& made) {
        self->state.replacement = replacement{made, self->state.options.now()};
        replace_when_ready(self);
      },
      [self](const caf::error& error) { give_up(self, to_shm(error)); });
}

} // namespace

void replace_when_ready(pointer self) {
  auto& state = self->state;
  if (!state.replacement)
    return;
  const auto& [made, since] = *state.replacement;
  const bool apart
    = state.options.now() - since >= config::region_group_patience;
  const auto copied = copy_values(self, memory_of(self), *made.region, apart);
  if (!copied) {
    state.replacement.reset();
    return give_up(self, copied.assume_error());
  }
  if (!copied.assume_value())
    return drain_again(self);
  replace_by(self, std::exchange(state.replacement, std::nullopt)->made);
}

void stop_writers(pointer self) {
  auto& state = self->state;
  memory_of(self).set_state(region_state::fenced);
  end_groups(self);
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

} // namespace holdfast::actors
