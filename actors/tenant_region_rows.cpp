// The values that the rule has keys for, as they travel and lie on disk: the
// bytes in memory, and behind them which stores of sessions they contain.
#include "actors/tenant_region_parts.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::row;
using region_replica::store_ledger;
using region_replica::variable_key;

std::optional<std::uint32_t> slot_of(pointer self, variable_key key) {
  const auto* found = self->state.slots.find(key);
  return found == nullptr ? std::nullopt : std::optional{*found};
}

shm::result<void> nothing_wrong() {
  return boost::outcome_v2::success();
}

shm::result<void> no_tail() {
  return shm::failed(shm::errc::system,
                     "a value of another holder does not end as values do");
}

} // namespace

std::optional<std::uint64_t> append_row(pointer self, variable_key key,
                                        std::vector<char>& into) {
  if (const auto* kept = group_value_of(self, key)) {
    into.insert(into.end(), kept->bytes.begin(), kept->bytes.end());
    return kept->version;
  }
  const auto slot = slot_of(self, key);
  if (!slot)
    return std::nullopt;
  const auto version = memory_of(self).append_value(*slot, into);
  if (!version)
    return std::nullopt;
  self->state.ledger.append(key, into);
  return version.assume_value();
}

shm::result<void> show_row(pointer self, const row& what,
                           std::span<const char> bytes) {
  const auto slot = slot_of(self, what.key);
  if (!slot)
    return nothing_wrong();
  const auto value = self->state.ledger.take(what.key, bytes);
  return value ? memory_of(self).show_value(*slot, what.stored.version, *value)
               : no_tail();
}

shm::result<void> show_together(pointer self, std::span<const row> rows,
                                std::span<const std::span<const char>> bytes,
                                bool apart) {
  std::vector<shm::shown_value> values;
  values.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto slot = slot_of(self, rows[i].key);
    if (!slot)
      continue;
    const auto value = self->state.ledger.take(rows[i].key, bytes[i]);
    if (!value)
      return no_tail();
    values.push_back({*slot, rows[i].stored.version, *value});
  }
  return memory_of(self).show_together(values, apart);
}

shm::result<void> take_row(pointer self, const row& what,
                           std::span<const char> bytes) {
  const auto slot = slot_of(self, what.key);
  if (!slot)
    return nothing_wrong();
  const auto value = store_ledger::without_tail(bytes);
  if (!value)
    return no_tail();
  auto& memory = memory_of(self);
  auto stored = memory.store_first(*slot, what.stored.version, *value);
  // A client is storing there: then it has a value.
  if (!stored && stored.assume_error().code == shm::errc::contended)
    return nothing_wrong();
  // Where a client was first, its value contains no store of a session.
  if (const auto latest = memory.look(*slot);
      latest && latest->version == what.stored.version + 1)
    self->state.ledger.take(what.key, bytes);
  return stored;
}

bool outnumber_row(pointer self, variable_key key, std::uint64_t above) {
  const auto slot = slot_of(self, key);
  if (!slot)
    return true;
  const auto stored = memory_of(self).store_above(*slot, above);
  return stored || stored.assume_error().code != shm::errc::contended;
}

} // namespace holdfast::actors
