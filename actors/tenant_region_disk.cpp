// The region on disk: what is to be written, and when it is there.
//
// One batch at a time is on its way, in steps of bounded size. What changes
// meanwhile is noted, each variable once, and goes with the next batch: so a
// slow disk costs memory by the variables and not by the stores. Bytes are read
// as they are written. A batch speaks for what the rule held when it began;
// values in it may be newer, as those of a replica that is catching up.
#include "actors/error.hpp"
#include "actors/tenant_region_parts.hpp"
#include "config/region_bounds.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::variable_key;

// -- one step -----------------------------------------------------------------

enum class readiness_of_row { written, skipped, later };

/// As it is in memory now.
readiness_of_row add_row(pointer self, variable_key key, region_writes& into) {
  const auto& rule = *self->state.rule;
  const auto* found = rule.held().values.find(key);
  if (found == nullptr) {
    into.removed.push_back(key);
    return readiness_of_row::written;
  }
  kept_row made{key, found->stored, {}};
  const auto version = append_row(self, key, made.bytes);
  if (!version)
    return readiness_of_row::later;
  if (*version >= version_max)
    return readiness_of_row::skipped; // it is no store's
  if (is_half_of_a_group(self, key, made.stored.version, *version))
    return readiness_of_row::later;
  if (*version != made.stored.version) {
    const auto epoch = rule.stores_in();
    if (!epoch || *version < made.stored.version)
      return readiness_of_row::later;
    made.stored = {*epoch, *version};
  }
  into.rows.push_back(std::move(made));
  return readiness_of_row::written;
}

/// Adds what is in the batch of these keys, up to so many bytes in all; those
/// that cannot be read just now stay in it.
void add_rows(pointer self, const std::vector<variable_key>& keys,
              std::size_t bytes_max, region_writes& into) {
  auto& disk = self->state.disk;
  std::size_t bytes = 0;
  for (const auto& each : into.rows)
    bytes += each.bytes.size();
  for (const auto key : keys) {
    if (bytes >= bytes_max)
      return;
    disk.changed.erase(key);
    const auto before = into.rows.size();
    if (add_row(self, key, into) != readiness_of_row::later)
      disk.under_way->keys.erase(key);
    if (into.rows.size() > before)
      bytes += into.rows.back().bytes.size();
  }
}

/// What goes next of the batch under way; nothing if none of it can be read.
/// What is stored in groups goes first, so that it is there together.
std::optional<region_writes> next_step(pointer self) {
  auto& disk = self->state.disk;
  auto& batch = *disk.under_way;
  region_writes made;
  made.anew = disk.fresh && !batch.begun;
  std::vector<variable_key> all{batch.keys.begin(), batch.keys.end()};
  if (!batch.begun) {
    std::vector<variable_key> grouped;
    std::copy_if(all.begin(), all.end(), std::back_inserter(grouped),
                 [self](variable_key key) { return in_groups(self, key); });
    add_rows(self, grouped, config::region_together_bytes_max, made);
    all.assign(batch.keys.begin(), batch.keys.end());
  }
  add_rows(self, all, config::region_disk_step_bytes_max, made);
  if (batch.keys.empty())
    made.held = batch.held;
  else if (made.rows.empty() && made.removed.empty())
    return std::nullopt;
  batch.begun = true;
  return made;
}

bool begin_batch(pointer self) {
  auto& disk = self->state.disk;
  const auto& held = self->state.rule->held();
  if (disk.changed.empty() && disk.held == held.epoch)
    return false;
  disk.under_way = disk_progress::batch{++disk.batches, held.epoch,
                                        self->state.rule->reached(),
                                        std::exchange(disk.changed, {}), false};
  if (disk.fresh)
    for (const auto& [key, value] : held.values)
      disk.under_way->keys.insert(key);
  return true;
}

// -- how it went --------------------------------------------------------------

void on_written(pointer self, std::uint64_t batch, bool last) {
  auto& disk = self->state.disk;
  disk.in_flight = false;
  if (!disk.under_way || disk.under_way->number != batch || !last)
    return write_to_disk(self);
  const auto done = *std::exchange(disk.under_way, std::nullopt);
  disk.fresh = false;
  disk.held = done.held;
  if (std::exchange(disk.failing, false)) {
    disk.trouble.clear();
    self->state.options.log(log_level::info, "a region is on disk again",
                            about(self));
  }
  disk.confirmed = done.reached;
  if (done.reached)
    carry(self, self->state.rule->on_durable(now_of(self), done.reached->first,
                                             done.reached->second));
  else
    write_to_disk(self);
}

/// What is on disk counts no more, but for what a full disk had before: all is
/// written anew from memory.
void on_failed(pointer self, std::uint64_t batch, const shm::error& why,
               const std::vector<variable_key>& sent) {
  auto& state = self->state;
  auto& disk = state.disk;
  disk.in_flight = false;
  disk.fresh = disk.fresh || why.code != shm::errc::full;
  disk.held.reset();
  disk.changed.insert(sent.begin(), sent.end());
  if (disk.under_way && disk.under_way->number == batch) {
    disk.changed.merge(disk.under_way->keys);
    disk.under_way.reset();
  }
  disk.retry_at = state.options.now() + config::region_disk_retry;
  disk.trouble = why.message();
  if (std::exchange(disk.failing, true))
    return;
  auto fields = about(self);
  fields.emplace_back("reason", disk.trouble);
  state.options.log(log_level::error,
                    "a region cannot be put on disk; it goes on in memory",
                    fields);
}

std::vector<variable_key> keys_in(const region_writes& what) {
  auto keys = what.removed;
  for (const auto& each : what.rows)
    keys.push_back(each.key);
  return keys;
}

/// Nothing is to be written: then all that is held is on disk.
void confirm_what_is_there(pointer self) {
  auto& disk = self->state.disk;
  const auto reached = self->state.rule->reached();
  if (disk.fresh || !reached || reached == disk.confirmed)
    return;
  disk.confirmed = reached;
  carry(self, self->state.rule->on_durable(now_of(self), reached->first,
                                           reached->second));
}

} // namespace

void begin_disk(pointer self) {
  auto& state = self->state;
  auto& disk = state.disk;
  if (!state.options.disk)
    return;
  // Behind all that was sent to it, however this actor ends.
  self->attach_functor(
    [to = state.options.disk] { caf::anon_send(to, region_closed{}); });
  auto found = std::move(state.options.found);
  disk.trouble = found.trouble;
  disk.fresh = !found.usable;
  disk.held = found.holding.epoch;
  disk.changed.insert(found.stale.begin(), found.stale.end());
  auto fields = about(self);
  if (!found.trouble.empty()) {
    fields.emplace_back("reason", found.trouble);
    state.options.log(log_level::error,
                      "a region begins without what it had on disk", fields);
  } else if (found.usable) {
    fields.emplace_back("values", std::to_string(found.holding.values.size()));
    fields.emplace_back("epoch", std::to_string(found.holding.epoch));
    state.options.log(log_level::info, "a region has what was on disk", fields);
  }
  if (!found.usable)
    return;
  state.ledger = std::move(found.ledger);
  state.rule->restore(std::move(found.holding));
}

void note_for_disk(pointer self, const region_replica::actions& asked) {
  if (!self->state.options.disk)
    return;
  for (const auto& each : asked)
    if (const auto* rows = std::get_if<region_replica::apply>(&each))
      for (const auto& row : rows->rows)
        self->state.disk.changed.insert(row.key);
}

void note_for_disk(pointer self,
                   const std::vector<region_replica::change>& changes) {
  if (!self->state.options.disk)
    return;
  for (const auto& each : changes)
    self->state.disk.changed.insert(each.key);
}

void remove_from_disk(pointer self, variable_key key) {
  if (self->state.options.disk)
    self->state.disk.changed.insert(key);
}

void wipe_disk(pointer self) {
  auto& disk = self->state.disk;
  disk.changed.clear();
  disk.under_way.reset();
  disk.held.reset();
  disk.fresh = true;
}

void write_to_disk(pointer self) {
  auto& state = self->state;
  auto& disk = state.disk;
  if (!state.options.disk || disk.in_flight || state.replacing
      || state.options.now() < disk.retry_at)
    return;
  if (!disk.under_way && !begin_batch(self))
    return confirm_what_is_there(self);
  auto step = next_step(self);
  if (!step)
    return; // with the next tick
  disk.in_flight = true;
  const auto batch = disk.under_way->number;
  const bool last = step->held.has_value();
  auto keys = keys_in(*step);
  self
    ->request(state.options.disk, caf::infinite,
              write_region_request{std::move(*step)})
    .then([self, batch, last] { on_written(self, batch, last); },
          [self, batch, keys = std::move(keys)](const caf::error& error) {
            on_failed(self, batch, to_shm(error), keys);
          });
}

/// The node stops: what is there goes to disk, and nobody waits for it here.
void close_disk(pointer self) {
  auto& state = self->state;
  auto& disk = state.disk;
  if (!state.options.disk || state.replacing || disk.failing)
    return;
  while (disk.under_way || begin_batch(self)) {
    auto step = next_step(self);
    if (!step)
      return;
    const bool last = step->held.has_value();
    if (last) {
      disk.held = step->held;
      disk.fresh = false;
      disk.under_way.reset();
    }
    self->send(state.options.disk, write_region_request{std::move(*step)});
  }
}

void drop_disk(pointer self) {
  auto& state = self->state;
  if (!state.options.disk)
    return;
  self->send(state.options.disk, region_gone{});
  state.options.disk = nullptr;
}

void tell_disk(pointer self, region_report& into) {
  const auto& state = self->state;
  const auto& disk = state.disk;
  into.disk_trouble = disk.trouble;
  if (!state.options.rule.durable)
    into.disk = disk_state::none;
  else if (disk.failing || !state.options.disk)
    into.disk = disk_state::failing;
  else if (disk.in_flight || disk.under_way || !disk.changed.empty()
           || disk.held != state.rule->held().epoch)
    into.disk = disk_state::behind;
  else
    into.disk = disk_state::written;
}

} // namespace holdfast::actors
