// Programs that store, flush and read where a home serves.
#include "tests/simulation/region_world.hpp"

namespace holdfast::region_simulation {

void region_world::client() {
  after(some(500, 1000 * manners_.client_ms), [this] { client(); });
  auto& on = nodes_[chance_.below(nodes_.size())];
  const bool careless
    = options_.world.reads_without_asking && on.up
      && on.shown.now == region_replica::publish::state::serving;
  if (!on.seen_serving(now_) && !careless)
    return;
  const auto what = chance_.below(100);
  if (what < 60 && !quiet_)
    store(on);
  else if (on.paused(now_) && !careless)
    return;
  else if (what < 85)
    flush(on);
  else
    read(on);
}

/// Also beside a frozen node, as long as its lease lasts.
void region_world::store(region_node& on) {
  const auto key = 1 + chance_.below(manners_.variables);
  if (grouping_.permille(manners_.groups) && manners_.variables > 1)
    store_group(on);
  else
    store_value(on, key);
}

/// Two or three variables at one instant; of those that have a value that will
/// last, since no value can be taken back so far that there is none.
void region_world::store_group(region_node& on) {
  std::set<variable_key> keys;
  for (int i = 0; i < 3; ++i)
    if (const auto key = 1 + grouping_.below(manners_.variables);
        witness_.least(key).version != 0)
      keys.insert(key);
  std::map<variable_key, value_id> stored;
  for (const auto key : keys) {
    on.groups.insert(key);
    stored[key] = store_value(on, key);
  }
  witness_.stored_together(stored);
  ++result_.groups;
}

value_id region_world::store_value(region_node& on, variable_key key) {
  const auto version = on.cells[key].version + 1;
  const auto value = witness_.stored(key, on.shown.epoch, version);
  on.put(key, version, value);
  if (recorder_ != nullptr)
    recorder_->stored(on, key, version, value, now_);
  if (on.unflushed.empty())
    on.stored_in = on.shown.epoch;
  on.unflushed[key] = value;
  if (on.dirty.insert(key).second)
    on_node(slot_of(on), some(500, 1000 * manners_.drain_ms),
            [this, id = on.id] { drain(node(id)); });
  return value;
}

void region_world::flush(region_node& on) {
  drain(on);
  const auto who = ++last_waiter_;
  const auto stored_in = on.unflushed.empty() ? 0 : on.stored_in;
  const bool durable = manners_.durable && chance_.permille(300);
  on.waiting[who] = {durable ? request::kind::durable : request::kind::flush,
                     on.unflushed,
                     {},
                     0};
  if (recorder_ != nullptr)
    recorder_->begin_flush(on, who, now_);
  carry(on, on.rule->on_flush(on.local(now_), who, stored_in, durable));
}

void region_world::read(region_node& on) {
  request asked{request::kind::read, {}, {}, 0};
  for (variable_key key = 1; key <= manners_.variables; ++key)
    asked.least[key] = witness_.least(key);
  if (options_.world.reads_without_asking) {
    for (const auto& [key, has] : on.cells)
      witness_.read(on.id, key, has.value, asked.least[key]);
    if (recorder_ != nullptr)
      recorder_->look(on, 1 + looking_.below(manners_.variables),
                      torture::record_kind::confirmed_read, now_);
    return;
  }
  drain(on);
  for (variable_key key = 1; key <= manners_.variables; ++key)
    asked.values[key] = on.cells[key].value;
  const auto who = ++last_waiter_;
  on.waiting[who] = std::move(asked);
  if (recorder_ != nullptr)
    for (variable_key key = 1; key <= manners_.variables; ++key)
      recorder_->begin_read(on, who, key, now_);
  carry(on, on.rule->on_read(on.local(now_), who));
}

/// Somebody reads at some node without asking, now and then.
void region_world::look() {
  auto& on = nodes_[looking_.below(nodes_.size())];
  if (looking_.permille(100) && on.up && on.rule && on.shown.epoch != 0)
    recorder_->look(on, 1 + looking_.below(manners_.variables),
                    torture::record_kind::read, now_);
}

void region_world::look_finally() {
  now_ += boot_time{1};
  for (const auto id : catalog_.now().holders())
    if (node(id).rule)
      for (variable_key key = 1; key <= manners_.variables; ++key)
        recorder_->look(node(id), key, torture::record_kind::final_read, now_);
}

} // namespace holdfast::region_simulation
