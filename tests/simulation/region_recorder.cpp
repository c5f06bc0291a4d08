#include "tests/simulation/region_recorder.hpp"

namespace holdfast::region_simulation {

using torture::record;
using torture::record_freshness;
using torture::record_kind;
using torture::record_outcome;

namespace {

/// Client 0 would be the tool itself.
std::uint32_t id_of(std::size_t client) {
  return static_cast<std::uint32_t>(client + 1);
}

} // namespace

recorder::memory& recorder::memory_of(const region_node& on) {
  const auto [found, first] = memories_.try_emplace(on.id);
  if (first) {
    found->second.client = clients_.size();
    clients_.emplace_back();
  }
  return found->second;
}

record recorder::begin(const region_node& on, record_kind kind,
                       variable_key key, boot_time now) {
  record made;
  made.state = torture::state_begun;
  made.kind = kind;
  made.client = id_of(memory_of(on).client);
  made.mapping = 1;
  made.node = static_cast<std::uint32_t>(on.id);
  made.variable = static_cast<std::uint32_t>(key);
  made.epoch_before = made.epoch = on.shown.epoch;
  made.begin_ns = made.end_ns = now.count();
  return made;
}

recorder::place recorder::add(const region_node& on, const record& what) {
  const auto client = memory_of(on).client;
  if (!stopped_)
    clients_[client].push_back(what);
  return {client, clients_[client].size() - 1};
}

void recorder::stored(const region_node& on, variable_key key,
                      std::uint64_t version, value_id value, boot_time now) {
  auto made = begin(on, record_kind::store, key, now);
  made.state = torture::state_ended;
  made.outcome = record_outcome::ok;
  made.version = version;
  made.value = torture::value_of(made.client, value);
  values_[value] = made.value;
  add(on, made);
}

void recorder::begin_session_store(const region_node& on, variable_key key,
                                   std::uint64_t serial, boot_time now) {
  if (stopped_ || std::exchange(session_.serial, serial) == serial)
    return;
  if (!session_.client) {
    session_.client = clients_.size();
    clients_.emplace_back();
  }
  auto made = begin(on, record_kind::store, key, now);
  made.client = id_of(*session_.client);
  made.value = torture::value_of(made.client, serial);
  clients_[*session_.client].push_back(made);
}

void recorder::made_for_session(value_id value) {
  if (session_.client)
    values_[value]
      = torture::value_of(id_of(*session_.client), session_.serial);
}

/// Its answer says what a flush says.
void recorder::end_session_store(const stamp& made, boot_time now) {
  if (stopped_)
    return;
  auto& store = clients_[*session_.client].back();
  store.state = torture::state_ended;
  store.outcome = record_outcome::ok;
  store.epoch_before = store.epoch = made.epoch;
  store.version = made.version;
  store.end_ns = now.count();
  auto flush = store;
  flush.kind = record_kind::flush;
  flush.variable = torture::every_variable;
  flush.begin_ns = now.count();
  clients_[*session_.client].push_back(flush);
}

void recorder::begin_flush(const region_node& on, waiter who, boot_time now) {
  auto made = begin(on, record_kind::flush, 0, now);
  made.variable = torture::every_variable;
  waiting_[{on.id, who}].push_back(add(on, made));
}

void recorder::show(const region_node& on, variable_key key, record& into) {
  const auto found = on.cells.find(key);
  const auto has = found == on.cells.end() ? cell{} : found->second;
  into.value = has.version == 0 ? 0 : values_[has.value];
  into.version = has.version;
  into.committed = memory_of(on).committed[key];
  into.outcome
    = has.version == 0 ? record_outcome::no_value : record_outcome::ok;
}

void recorder::begin_read(const region_node& on, waiter who, variable_key key,
                          boot_time now) {
  auto made = begin(on, record_kind::confirmed_read, key, now);
  show(on, key, made);
  made.outcome = record_outcome::open;
  waiting_[{on.id, who}].push_back(add(on, made));
}

/// What nobody answers stays open.
void recorder::end(const region_node& on, waiter who, bool ok, boot_time now) {
  const auto found = waiting_.find({on.id, who});
  if (found == waiting_.end() || stopped_)
    return;
  for (const auto& each : found->second) {
    auto& made = clients_[each.client][each.index];
    made.state = torture::state_ended;
    made.end_ns = now.count();
    const bool empty
      = made.kind == record_kind::confirmed_read && made.version == 0;
    made.outcome = !ok     ? record_outcome::unknown
                   : empty ? record_outcome::no_value
                           : record_outcome::ok;
  }
  waiting_.erase(found);
  if (!ok)
    note_gone(on, now);
}

/// The simulated clients take all for gone that was stored up to now.
void recorder::note_gone(const region_node& on, boot_time now) {
  auto made = begin(on, record_kind::forget, 0, now);
  made.variable = torture::every_variable;
  made.state = torture::state_ended;
  made.outcome = record_outcome::ok;
  add(on, made);
}

void recorder::committed(const region_node& on, variable_key key,
                         std::uint64_t version) {
  memory_of(on).committed[key] = version;
}

void recorder::look(const region_node& on, variable_key key, record_kind kind,
                    boot_time now) {
  auto made = begin(on, kind, key, now);
  show(on, key, made);
  made.state = torture::state_ended;
  made.freshness = record_freshness::stale;
  if (on.shown.now == region_replica::publish::state::serving) {
    made.flags = torture::flag_at_home | torture::flag_connected;
    if (on.seen_serving(now))
      made.freshness = record_freshness::fresh;
  }
  add(on, made);
}

void recorder::forget(const region_node& on) {
  memories_.erase(on.id);
  for (auto each = waiting_.begin(); each != waiting_.end();)
    each = each->first.first == on.id ? waiting_.erase(each) : std::next(each);
}

} // namespace holdfast::region_simulation
