// What clients store in groups, as other holders and the disk are to have it:
// whole.
//
// A home notes the values of such variables when it drains, in its own memory,
// while all their writers are kept out; what is sent and written is what was
// noted. So a message never has one half of a group that was stored while it
// was made. The price is the memory of those variables once more, at most as
// much as the region has for values, and a copy a drain; when more of them than
// goes in one message has changed at once, none is made.
#include "actors/tenant_region_parts.hpp"
#include "actors/writers_pause.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::change;
using region_replica::variable_key;

/// Somebody but this node's clients needs them.
bool takes_groups(pointer self) {
  const auto& state = self->state;
  return (state.options.router || state.options.disk)
         && state.rule->stores_in();
}

/// What was noted once goes on being that, whatever clients do to its head.
bool is_grouped(pointer self, variable_key key,
                const std::optional<shm::latest_value>& latest) {
  return latest
         && (latest->grouped || self->state.groups.values.find(key) != nullptr);
}

struct noted_values {
  struct each {
    variable_key key = 0;
    std::uint64_t bytes = 0; ///< without the tail
    group_values::value value;
  };

  std::vector<each> all;
  slot_set unreadable; ///< they change, though their writers are kept out
};

/// Nothing if they are more than goes in one message.
std::optional<noted_values> note_values(pointer self, const slot_set& slots) {
  auto& state = self->state;
  noted_values made;
  std::uint64_t bytes = 0;
  for (const auto slot : slots) {
    const auto* key = state.keys.find(slot);
    if (key == nullptr)
      continue;
    noted_values::each noted{*key, 0, {}};
    const auto version = memory_of(self).append_value(slot, noted.value.bytes);
    if (!version && version.assume_error().code != shm::errc::no_value)
      made.unreadable.insert(slot);
    if (!version || version.assume_value() >= version_max)
      continue;
    noted.bytes = noted.value.bytes.size();
    bytes += noted.bytes;
    if (bytes > state.options.rule.together_bytes_max)
      return std::nullopt;
    noted.value.version = version.assume_value();
    state.ledger.append(*key, noted.value.bytes);
    made.all.push_back(std::move(noted));
  }
  return made;
}

/// Only what the rule does not have yet: a group whose writer is stuck is
/// looked at again and again.
void add_news(pointer self, const change& what, std::vector<change>& into) {
  if (what.version > self->state.rule->held().at(what.key).version)
    into.push_back(what);
}

void add_apart(pointer self, const slot_set& grouped,
               std::vector<change>& into) {
  for (const auto slot : grouped)
    if (const auto* key = self->state.keys.find(slot)) {
      self->state.groups.values.erase(*key);
      std::vector<change> found;
      add_change(found, *key, memory_of(self).look(slot));
      for (const auto& each : found)
        add_news(self, each, into);
    }
}

bool waited_long_enough(pointer self) {
  auto& since = self->state.groups.waiting_since;
  const auto now = self->state.options.now();
  if (!since)
    since = now;
  return now - *since >= config::region_group_patience;
}

/// Why what is stored in groups is not whole elsewhere; empty: it is.
struct why_apart {
  std::string_view reason;
  log_fields fields;
};

why_apart who_stays(pointer self, slot_set slots) {
  if (slots.empty())
    return {"so much is stored together, all the time, that it cannot be taken "
            "as of one instant until there is less",
            {}};
  const auto first = *slots.begin();
  const auto* key = self->state.keys.find(first);
  const auto client = std::to_string(memory_of(self).lock_owner(first));
  self->state.groups.held_by_writers.merge(slots);
  return {"a writer stays in the middle of a store, until it goes on or ends",
          {{"variable", key == nullptr ? "" : name_of(self, *key)},
           {"client", client}}};
}

/// Said once, until they are whole again.
void note_how_it_went(pointer self, const why_apart& why) {
  const bool apart = !why.reason.empty();
  if (std::exchange(self->state.groups.apart, apart) || !apart)
    return;
  auto fields = about(self);
  fields.emplace_back("reason", why.reason);
  fields.insert(fields.end(), why.fields.begin(), why.fields.end());
  self->state.options.log(
    log_level::warning,
    "other holders show no group snapshots of what is stored together", fields);
}

/// Of those, what has a value, noted and as changes.
void take_still(pointer self, const slot_set& grouped,
                std::vector<change>& into, why_apart& why) {
  auto& groups = self->state.groups;
  auto noted = note_values(self, grouped);
  if (!noted) {
    why = {"more of it changed at once than goes in one message, until all has "
           "arrived",
           {}};
    return add_apart(self, grouped, into);
  }
  for (auto& each : noted->all) {
    add_news(self, {each.key, each.value.version, each.bytes, true}, into);
    groups.values[each.key] = std::move(each.value);
  }
  if (!noted->unreadable.empty())
    why = who_stays(self, std::move(noted->unreadable));
}

} // namespace

std::vector<change> take_changes(pointer self) {
  auto& state = self->state;
  auto& groups = state.groups;
  auto& region = memory_of(self);
  std::vector<change> changes;
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
      if (separately && is_grouped(self, *key, latest))
        grouped.insert(slot);
      else
        add_change(changes, *key, latest);
    });
  };
  sweep();
  groups.kept_back = 0;
  if (grouped.empty()) {
    groups.apart = false;
    groups.waiting_since.reset();
    return changes;
  }
  writers_pause pause{region};
  const bool whole = keep_still(pause, grouped, sweep, [&] {
    for (const auto& [key, value] : groups.values)
      if (const auto* slot = state.slots.find(key))
        grouped.insert(*slot);
  });
  if (!whole && !waited_long_enough(self)) {
    groups.kept_back = static_cast<std::uint32_t>(grouped.size());
    for (const auto slot : grouped)
      region.put_back(slot);
    return changes;
  }
  why_apart why;
  if (whole)
    groups.waiting_since.reset();
  else
    why = who_stays(self, pause.missing());
  take_still(self, grouped, changes, why);
  note_how_it_went(self, why);
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
  if (auto noted = note_values(self, grouped))
    for (auto& each : noted->all)
      state.groups.values[each.key] = std::move(each.value);
}

void end_groups(pointer self) {
  auto behind = std::move(self->state.groups.behind);
  self->state.groups = {};
  self->state.groups.behind = std::move(behind);
}

const group_values::value* group_value_of(pointer self, variable_key key) {
  const auto* kept = self->state.groups.values.find(key);
  return kept != nullptr
             && kept->version >= self->state.rule->held().at(key).version
           ? kept
           : nullptr;
}

bool in_groups(pointer self, variable_key key) {
  const auto* slot = self->state.slots.find(key);
  if (slot == nullptr)
    return false;
  return is_grouped(self, key, memory_of(self).look(*slot));
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

} // namespace holdfast::actors
