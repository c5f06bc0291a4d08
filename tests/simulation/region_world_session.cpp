// A session that stores through whichever home there is, and asks again, at
// that one or another, until it hears that its store is made.
#include "tests/simulation/region_world.hpp"

namespace holdfast::region_simulation {

using region_replica::change;
using region_replica::made_store;
using region_replica::made_stores;

namespace {

constexpr region_replica::session_id the_session{9, {1, 1}, 1};
constexpr std::uint64_t row_bytes = 100; ///< as the carrier says of all rows

} // namespace

/// Homes that are none any more are asked, too: they do not know it. A variable
/// of which nothing was ever committed is left alone: its first one may come
/// back from a deposed home, and then nobody knows whose it was
/// (docs/guarantees.md).
void region_world::session() {
  after(some(500, 1000 * manners_.client_ms), [this] { session(); });
  if (quiet_)
    return;
  if (answered_) {
    answered_ = false;
    ++serial_;
    stores_in_ = 1 + chance_.below(manners_.variables);
  }
  auto& on = nodes_[chance_.below(nodes_.size())];
  if (on.up && !on.paused(now_) && on.rule && on.rule->serving(on.local(now_))

      && witness_.least(stores_in_) != region_replica::stamp{})
    store_for_session(on);
}

void region_world::store_for_session(region_node& on) {
  auto made = made_store{the_session, serial_, stores_in_, {}};
  const auto* last = on.stores.last_of(the_session);
  if (last != nullptr && last->serial == serial_
      && !options_.world.stores_forgotten) {
    made = *last;
  } else {
    const auto version = on.cells[stores_in_].version + 1;
    const auto value = witness_.stored(stores_in_, on.shown.epoch, version);
    witness_.made(serial_, stores_in_, value);
    on.put(stores_in_, version, value);
    made.made = {on.shown.epoch, version};
    const auto row = on.stores.note(made);
    put_made(on, row);
    const change stored{stores_in_, version, row_bytes};
    const change noted{row.key, row.version, row_bytes};
    if (options_.world.row_after_value) {
      carry(on, on.rule->on_drained(on.local(now_), {stored}));
      carry(on, on.rule->on_drained(on.local(now_), {noted}));
    } else {
      carry(on, on.rule->on_drained(on.local(now_), {noted, stored}));
    }
  }
  const auto who = ++last_waiter_;
  request asked{request::kind::session, {}, {}, serial_};
  asked.values[made.key] = witness_.made_as(serial_, made.made);
  on.waiting[who] = asked;
  const auto stored_in
    = made.made.epoch < on.rule->held().epoch ? 0 : made.made.epoch;
  carry(on, on.rule->on_flush(on.local(now_), who, stored_in, false));
}

void region_world::answer_session(const request& asked) {
  if (answered_ || asked.serial != serial_)
    return; // it has heard that already
  answered_ = true;
  ++result_.stored;
  for (const auto& [key, value] : asked.values)
    witness_.promised(key, value);
}

value_id region_world::put_made(region_node& on,
                                const made_stores::change& row) {
  std::vector<char> bytes;
  on.stores.append(row.key, bytes);
  const auto value
    = witness_.stored(row.key, on.rule->look().epoch, row.version);
  made_rows_[value] = std::move(bytes);
  on.put(row.key, row.version, value);
  return value;
}

void region_world::show_made(region_node& on, std::uint64_t version,
                             value_id value) {
  const auto seen = on.rule->look();
  const auto& bytes = made_rows_.at(value);
  const bool shown = seen.phase == region_replica::phase::following
                       ? on.stores.show(0, version, bytes)
                       : on.stores.pull(seen.epoch, 0, version, bytes);
  if (!shown)
    witness_.blame("a row is none");
}

std::vector<change> region_world::judge_stores(region_node& on) {
  std::vector<change> changes;
  for (const auto& each : on.stores.judge(
         on.rule->look().epoch,
         [&](variable_key key) { return on.rule->origin_of(key); },
         [&](variable_key key) { return on.rule->was_pulled(key); })) {
    put_made(on, each);
    changes.push_back({each.key, each.version, row_bytes});
  }
  return changes;
}

void region_world::tell_made(region_node& on,
                             const std::optional<made_stores::change>& row) {
  if (!row)
    return;
  put_made(on, *row);
  carry(on, on.rule->on_drained(on.local(now_),
                                {{row->key, row->version, row_bytes}}));
}

} // namespace holdfast::region_simulation
