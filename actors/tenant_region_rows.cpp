// What the rule has keys for: the region's variables, which are in memory, and
// below them what sessions stored last, which is in this actor.
#include "actors/tenant_region_parts.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::row;
using region_replica::variable_key;

std::optional<std::uint32_t> slot_of(pointer self, variable_key key) {
  const auto* found = self->state.slots.find(key);
  return found == nullptr ? std::nullopt : std::optional{*found};
}

std::vector<region_replica::change>
changes_of(const std::vector<region_replica::made_stores::change>& changes) {
  std::vector<region_replica::change> rows;
  for (const auto& each : changes)
    rows.push_back(
      {each.key, each.version, region_replica::made_stores::row_bytes});
  return rows;
}

shm::result<void> nothing_wrong() {
  return boost::outcome_v2::success();
}

} // namespace

std::optional<std::uint64_t> append_row(pointer self, variable_key key,
                                        std::vector<char>& into) {
  if (const auto& made = self->state.made; made.has(key)) {
    const auto version = made.append(key, into);
    return version == 0 ? std::nullopt : std::optional{version};
  }
  const auto slot = slot_of(self, key);
  if (!slot)
    return std::nullopt;
  const auto version = memory_of(self).append_value(*slot, into);
  return version ? std::optional{version.assume_value()} : std::nullopt;
}

shm::result<void> show_row(pointer self, const row& what,
                           std::span<const char> bytes) {
  auto& state = self->state;
  if (auto& made = state.made; made.has(what.key)) {
    // A home that is shown something takes it over.
    const bool shown = state.rule->now() == region_replica::phase::following
                         ? made.show(what.key, what.stored.version, bytes)
                         : made.pull(state.rule->look().epoch, what.key,
                                     what.stored.version, bytes);
    if (!shown)
      return shm::failed(shm::errc::system, "a row of another holder is none");
    return nothing_wrong();
  }
  const auto slot = slot_of(self, what.key);
  return slot ? memory_of(self).show_value(*slot, what.stored.version, bytes)
              : nothing_wrong();
}

shm::result<void> take_row(pointer self, const row& what,
                           std::span<const char> bytes) {
  if (auto& made = self->state.made; made.has(what.key)) {
    if (const auto change = made.show_first(what.key, what.stored.version))
      drain_own(self, {*change});
    return nothing_wrong();
  }
  const auto slot = slot_of(self, what.key);
  if (!slot)
    return nothing_wrong();
  auto stored = memory_of(self).store_first(*slot, what.stored.version, bytes);
  // A client is storing there: then it has a value.
  if (!stored && stored.assume_error().code == shm::errc::contended)
    return nothing_wrong();
  return stored;
}

bool outnumber_row(pointer self, variable_key key, std::uint64_t above) {
  if (auto& made = self->state.made; made.has(key)) {
    if (const auto change = made.outnumber(key, above))
      drain_own(self, {*change});
    return true;
  }
  const auto slot = slot_of(self, key);
  if (!slot)
    return true;
  const auto stored = memory_of(self).store_above(*slot, above);
  return stored || stored.assume_error().code != shm::errc::contended;
}

std::vector<region_replica::change> judge_stores(pointer self) {
  auto& state = self->state;
  return changes_of(state.made.judge(
    state.rule->look().epoch,
    [&](variable_key key) { return state.rule->origin_of(key); },
    [&](variable_key key) { return state.rule->was_pulled(key); }));
}

void drain_own(
  pointer self,
  const std::vector<region_replica::made_stores::change>& changes) {
  const auto rows = changes_of(changes);
  note_for_disk(self, rows);
  carry(self, self->state.rule->on_drained(now_of(self), rows));
}

} // namespace holdfast::actors
