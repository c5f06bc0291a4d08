// What clients store in groups, as other holders and the disk are to have it:
// whole.
//
// A home notes the values of such variables when it drains, in its own memory,
// while all their writers are kept out; what is sent and written is what was
// noted. So a message never has one half of a group that was stored while it
// was made. The price is the memory of those variables once more, and a copy a
// drain; of more than goes in one message none is made.
#include "actors/tenant_region_parts.hpp"
#include "config/region_bounds.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::variable_key;
using slot_set = std::set<std::uint32_t>;

/// Writers are kept out of variables for as long as this lives.
class writers_pause {
public:
  explicit writers_pause(shm::region& of) : of_{of} {
    // nop
  }

  writers_pause(const writers_pause&) = delete;
  writers_pause& operator=(const writers_pause&) = delete;

  ~writers_pause() {
    for (const auto slot : held_)
      of_.end_pause(slot);
  }

  /// Those of them in which a writer stays.
  slot_set add(const slot_set& slots) {
    slot_set missing;
    for (const auto slot : slots)
      if (!held_.contains(slot)) {
        if (of_.pause_writers(slot))
          held_.insert(slot);
        else
          missing.insert(slot);
      }
    return missing;
  }

private:
  shm::region& of_;
  slot_set held_;
};

struct still_groups {
  bool all = false;
  slot_set held_by_writers;
};

/// Keeps writers out of all of `grouped`, and of what they have stored together
/// with it: `sweep()` takes changes and adds such variables to `grouped`,
/// `known()` adds all that there are. A writer marks all members of a group as
/// changed before it leaves the first.
template <class Sweep, class Known>
still_groups keep_still(writers_pause& pause, slot_set& grouped, Sweep sweep,
                        Known known) {
  still_groups found;
  for (int look = 0; look < config::region_group_looks_max; ++look) {
    if (look == config::region_group_looks_at_changed)
      known();
    found.held_by_writers = pause.add(grouped);
    const auto before = grouped.size();
    sweep();
    if (grouped.size() == before) {
      found.all = found.held_by_writers.empty();
      return found;
    }
  }
  return found;
}

/// Somebody but this node's clients needs them.
bool takes_groups(pointer self) {
  const auto& state = self->state;
  return (state.options.router || state.options.disk)
         && state.rule->stores_in();
}

void note_value(pointer self, variable_key key, std::uint32_t slot) {
  group_values::value noted;
  const auto version = memory_of(self).append_value(slot, noted.bytes);
  if (!version || version.assume_value() >= version_max)
    return;
  noted.version = version.assume_value();
  self->state.ledger.append(key, noted.bytes);
  self->state.groups.values[key] = std::move(noted);
}

bool is_too_much(pointer self, const slot_set& slots) {
  std::uint64_t bytes = 0;
  for (const auto slot : slots)
    if (const auto latest = memory_of(self).look(slot))
      bytes += latest->bytes;
  return bytes > self->state.options.rule.together_bytes_max;
}

bool waited_long_enough(pointer self) {
  auto& since = self->state.groups.waiting_since;
  const auto now = self->state.options.now();
  if (!since)
    since = now;
  return now - *since >= config::region_group_patience;
}

void note_how_it_went(pointer self, still_groups found) {
  auto& groups = self->state.groups;
  const bool was_apart = std::exchange(groups.apart, !found.all);
  groups.held_by_writers = std::move(found.held_by_writers);
  if (found.all)
    groups.waiting_since.reset();
  else if (!was_apart)
    self->state.options.log(
      log_level::warning,
      "a writer stays in the middle of a store: until it goes on or ends, "
      "other holders show no group snapshots of what it stores",
      about(self));
}

/// Of those, what has a value, noted and as changes.
void take_still(pointer self, const slot_set& grouped,
                std::vector<region_replica::change>& into) {
  auto& groups = self->state.groups;
  const bool too_much = is_too_much(self, grouped);
  groups.apart = groups.apart || too_much;
  for (const auto slot : grouped)
    if (const auto* key = self->state.keys.find(slot)) {
      if (too_much)
        groups.values.erase(*key);
      else
        note_value(self, *key, slot);
      add_change(into, *key, memory_of(self).look(slot));
    }
}

} // namespace

std::vector<region_replica::change> take_changes(pointer self) {
  auto& state = self->state;
  auto& groups = state.groups;
  auto& region = memory_of(self);
  std::vector<region_replica::change> changes;
  const bool separately = takes_groups(self);
  slot_set grouped;
  if (separately)
    grouped = std::exchange(groups.held_by_writers, {});
  std::erase_if(grouped, [&](auto slot) { return !state.keys.contains(slot); });
  const auto sweep = [&] {
    region.take_changes([&](std::uint32_t slot) {
      const auto* key = state.keys.find(slot);
      if (key == nullptr)
        return;
      const auto latest = region.look(slot);
      if (separately && latest && latest->grouped)
        grouped.insert(slot);
      else
        add_change(changes, *key, latest);
    });
  };
  sweep();
  groups.kept_back = false;
  if (grouped.empty()) {
    groups.apart = false;
    groups.waiting_since.reset();
    return changes;
  }
  writers_pause pause{region};
  auto found = keep_still(pause, grouped, sweep, [&] {
    for (const auto& [key, value] : groups.values)
      if (const auto* slot = state.slots.find(key))
        grouped.insert(*slot);
  });
  groups.kept_back = !found.all && !waited_long_enough(self);
  if (groups.kept_back) {
    for (const auto slot : grouped)
      region.put_back(slot);
    return changes;
  }
  note_how_it_went(self, std::move(found));
  take_still(self, grouped, changes);
  return changes;
}

void begin_groups(pointer self) {
  auto& state = self->state;
  auto& region = memory_of(self);
  region.end_apart();
  if (std::exchange(state.groups.begun, true) || !takes_groups(self))
    return;
  slot_set grouped;
  for (const auto& [key, slot] : state.slots)
    if (const auto latest = region.look(slot);
        latest && latest->grouped && latest->version != 0)
      grouped.insert(slot);
  if (is_too_much(self, grouped))
    return;
  for (const auto slot : grouped)
    note_value(self, *state.keys.find(slot), slot);
}

void end_groups(pointer self) {
  auto behind = std::move(self->state.groups.behind);
  self->state.groups = {};
  self->state.groups.behind = std::move(behind);
}

const group_values::value* group_value_of(pointer self, variable_key key) {
  return self->state.groups.values.find(key);
}

bool in_groups(pointer self, variable_key key) {
  const auto* slot = self->state.slots.find(key);
  if (slot == nullptr)
    return false;
  const auto latest = memory_of(self).look(*slot);
  return latest && latest->grouped;
}

bool is_half_of_a_group(pointer self, variable_key key, std::uint64_t drained,
                        std::uint64_t read) {
  return read != drained && !self->state.groups.apart
         && self->state.rule->stores_in()
         && group_value_of(self, key) == nullptr && in_groups(self, key);
}

bool once_drained(pointer self, std::function<void()> then) {
  auto& groups = self->state.groups;
  if (!groups.kept_back) {
    then();
    return true;
  }
  if (groups.behind.size() >= self->state.options.rule.waiters_max)
    return false;
  groups.behind.push_back(std::move(then));
  drain_again(self);
  return true;
}

void look_behind_groups(pointer self) {
  auto& groups = self->state.groups;
  if (groups.kept_back)
    return;
  for (auto& each : std::exchange(groups.behind, {}))
    each();
}

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
  const auto still = keep_still(
    pause, grouped, [&] { from.take_changes(add); }, all);
  if (!still.all && !apart)
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
  if (still.all)
    into.end_apart();
  return true;
}

} // namespace holdfast::actors
