// Carrying out what the rule wants, as an actor does.
#include "tests/simulation/region_world.hpp"

#include <algorithm>

namespace holdfast::region_simulation {

using namespace region_replica;

void region_world::carry(region_node& on, actions asked, const parcel* with) {
  for (const auto& each : asked) {
    if (const auto* what = std::get_if<send>(&each))
      carry_send(on, *what);
    else if (const auto* rows = std::get_if<apply>(&each))
      carry_apply(on, *rows, with);
    else if (const auto* kept = std::get_if<take_over>(&each))
      carry_take_over(on, *kept, *with);
    else if (const auto* made = std::get_if<commit>(&each))
      carry_commit(on, *made);
    else if (const auto* over = std::get_if<end_wait>(&each))
      carry_end(on, *over);
    else if (const auto* state = std::get_if<publish>(&each))
      carry_publish(on, *state);
    else if (const auto* lost = std::get_if<report_loss>(&each))
      carry_loss(on, *lost);
    else if (const auto* gone = std::get_if<discard>(&each))
      result_.discarded += gone->versions.size();
    else if (const auto* settled = std::get_if<settle>(&each))
      after(some(1000, 1000 * manners_.tables_ms), [this, of = settled->epoch] {
        if (!chance_.permille(manners_.loss) && catalog_.settle(of))
          spread();
      });
    else if (std::holds_alternative<wipe>(each)) {
      on.clear_values();
      on.dirty.clear();
      if (recorder_ != nullptr)
        recorder_->forget(on);
    } else if (std::holds_alternative<stop_writers>(each))
      on.stopping = true, on.shown.now = publish::state::fenced,
      on.noted.clear(), on.notes = false;
    else if (const auto* above = std::get_if<outnumber>(&each)) {
      auto& has = on.cells[above->key];
      if (has.version <= above->above) {
        on.put(above->key, above->above + 1, has.value);
      }
      on.dirty.insert(above->key);
      on_node(slot_of(on), some(500, 1000 * manners_.drain_ms),
              [this, id = on.id] { drain(node(id)); });
    }
  }
  if (on.rule) {
    const bool whole = on.rule->look().memory == memory::whole;
    on.kept = on.kept || whole;
    if (std::exchange(on.stopping, false))
      carry(on, on.rule->on_stopped(on.local(now_), on.drain()));
    if (manners_.durable && !asked.empty())
      persist(on);
    const auto seen = on.rule->look();
    if (seen.phase == phase::serving && on.served != seen.epoch) {
      on.served = seen.epoch;
      ++result_.homes;
      std::map<variable_key, value_id> values;
      for (const auto& [key, has] : on.cells)
        values[key] = has.value;
      if (catalog_.now().epoch == seen.epoch)
        witness_.serves(on.id, values);
    }
  }
}

/// One that is stored in groups since it was drained, and is newer by now.
bool region_world::has_half_of_a_group(const region_node& on,
                                       const message& said) const {
  const auto* rows = std::get_if<delta>(&said.says);
  if (rows == nullptr || !on.rule->stores_in())
    return false;
  return std::any_of(rows->rows.begin(), rows->rows.end(), [&](const row& one) {
    return on.groups.contains(one.key) && !on.noted.contains(one.key)
           && on.cells.at(one.key).version != one.stored.version;
  });
}

void region_world::carry_send(region_node& on, const send& what) {
  if (!options_.world.groups_read_late && has_half_of_a_group(on, what.what)) {
    on.rule->on_unsent(what.to);
    return;
  }
  parcel made{on.id, what.to, what.what, {}, {}};
  const auto read = [&](std::vector<row>& rows) {
    for (auto& each : rows) {
      if (const auto found = on.noted.find(each.key);
          found != on.noted.end() && !options_.world.groups_read_late) {
        each.carry(found->second.has.version, 100, made.said.epoch);
        made.values.push_back(found->second.has.value);
        made.tails.push_back(found->second.tail);
        continue;
      }
      const auto& has = on.cells[each.key];
      each.carry(has.version, 100, made.said.epoch);
      made.values.push_back(has.value);
      on.ledger.append(each.key, made.tails.emplace_back());
    }
  };
  if (auto* rows = std::get_if<delta>(&made.said.says))
    read(rows->rows);
  if (auto* rows = std::get_if<values>(&made.said.says))
    read(rows->rows);
  const auto copies = chance_.permille(manners_.copies) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (chance_.permille(manners_.loss))
      continue;
    auto wait
      = some(manners_.latency_us, manners_.latency_us + manners_.jitter_us);
    if (chance_.permille(manners_.late))
      wait += some(0, 3'000'000);
    after(wait, [this, made] { deliver(made); });
  }
}

void region_world::deliver(parcel what) {
  if (cut_.contains({what.from, what.to}))
    return;
  auto& on = node(what.to);
  if (!on.up)
    return;
  if (on.paused(now_)) {
    after(on.paused_until - now_ + some(0, 2000),
          [this, what] { deliver(what); });
    return;
  }
  trace_.add(what.from * 100 + what.to);
  trace_.add(what.said.says.index() + what.said.epoch * 100);
  if (on.rule)
    carry(on, on.rule->on_message(on.local(now_), what.from, what.said), &what);
}

void region_world::carry_apply(region_node& on, const apply& what,
                               const parcel* with) {
  const auto* came = std::get_if<delta>(&with->said.says);
  const auto* pulled = std::get_if<values>(&with->said.says);
  const auto& rows = came != nullptr ? came->rows : pulled->rows;
  for (std::size_t i = 0; i < what.groups.together; ++i) {
    on.groups.insert(what.rows[i].key);
    on.apart.insert(what.rows[i].key);
  }
  if (!what.groups.apart)
    on.apart.clear();
  for (const auto& each : what.rows)
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].key == each.key) {
        witness_.shown(on.id, each.key, on.cells[each.key].version,
                       each.stored.version);
        on.put(each.key, each.stored.version, with->values[i]);
        take_tail(on, each.key, with->tails[i]);
        on.dirty.erase(each.key);
      }
  look_at_groups(on);
}

/// As a program there that reads them together.
void region_world::look_at_groups(const region_node& on) {
  if (on.rule->look().memory != memory::whole)
    return; // nobody is shown it
  std::map<variable_key, value_id> values;
  for (variable_key key = 1; key <= manners_.variables; ++key)
    if (const auto has = on.cells.find(key); !on.apart.contains(key))
      values[key] = has == on.cells.end() ? 0 : has->second.value;
  witness_.together(on.id, values);
}

void region_world::carry_take_over(region_node& on, const take_over& what,
                                   const parcel& with) {
  const auto& rows = std::get<values>(with.said.says).rows;
  for (const auto& each : what.rows)
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].key == each.key && on.cells[each.key].version == 0) {
        on.put(each.key, each.stored.version + 1, with.values[i]);
        take_tail(on, each.key, with.tails[i]);
        on.dirty.insert(each.key);
      }
}

/// At its home, where it is not drained yet.
bool region_world::is_stored_again(const region_node& on,
                                   variable_key key) const {
  const auto& home = nodes_[catalog_.now().home - 1];
  return !mending_ && cut_.empty() && home.id != on.id && home.up
         && home.dirty.contains(key);
}

/// What it calls committed it must have, and it must last.
void region_world::carry_commit(region_node& on, const commit& what) {
  for (const auto& each : what.versions) {
    if (recorder_ != nullptr)
      recorder_->committed(on, each.key, each.version);
    const auto& of = on.history[each.key];
    const auto found = of.find(each.version);
    if (found != of.end()) {
      witness_.promised(each.key, found->second);
      witness_.is_in(each.key, found->second);
    } else if (each.version > on.cells[each.key].version)
      witness_.blame("node " + std::to_string(on.id)
                     + " calls committed what it never had");
    if (options_.needs.severed && is_stored_again(on, each.key)
        && chance_.permille(20))
      after(some(1000, 20'000), [this, id = on.id] { sever(node(id)); });
  }
}

void region_world::carry_end(region_node& on, const end_wait& what) {
  const auto found = on.waiting.find(what.who);
  if (found == on.waiting.end())
    return;
  const auto asked = std::move(found->second);
  on.waiting.erase(found);
  if (asked.what == request::kind::session) {
    if (what.how == region_replica::outcome::ok)
      answer_session(asked);
    return;
  }
  if (recorder_ != nullptr)
    recorder_->end(on, what.who, what.how == region_replica::outcome::ok, now_);
  if (what.how != region_replica::outcome::ok) {
    on.unflushed.clear(); // whoever stored them stores them again
    return;
  }
  for (const auto& [key, value] : asked.values) {
    if (asked.what == request::kind::read)
      witness_.read(on.id, key, value, asked.least.at(key));
    else
      witness_.promised(key, value);
    if (asked.what == request::kind::durable)
      witness_.promised_durably(key, value);
  }
  ++(asked.what == request::kind::read ? result_.read : result_.flushed);
}

void region_world::carry_publish(region_node& on, const publish& what) {
  if (what.now == publish::state::serving && !std::exchange(on.notes, true)) {
    on.apart.clear();
    for (const auto key : on.groups)
      if (on.cells.contains(key))
        on.note(key);
    look_at_groups(on);
  }
  witness_.published(on.id, on.shown.epoch, what.epoch);
  on.shown = what;
}

void region_world::carry_loss(const region_node& on, const report_loss&) {
  std::size_t kept = 0;
  const auto& had = catalog_.at(on.tables).settled_holders;
  for (const auto id : had)
    kept += node(id).kept ? 1 : 0;
  if (kept * 2 > had.size()) {
    if (on.rule->look().epoch == catalog_.now().epoch)
      witness_.blame("a loss is reported, and a majority kept its memory");
    return; // a newer home will not see it
  }
  ++result_.losses;
  if (recorder_ != nullptr)
    recorder_->stop();
  witness_.lost_all();
}

/// What the rule knows of: clients may have stored more since.
std::map<variable_key, cell> region_world::drained(region_node& on) {
  std::map<variable_key, cell> cells;
  for (const auto& [key, has] : on.rule->held().values)
    cells[key] = {has.stored.version, on.history[key][has.stored.version]};
  return cells;
}

void region_world::persist(region_node& on) {
  const auto seen = on.rule->look();
  const std::tuple now{seen.epoch, seen.promised, seen.held, seen.applied};
  if (std::exchange(on.persisting, now) == now)
    return;
  on_node(slot_of(on), some(500, 50'000),
          [this, id = on.id, number = ++on.persists, held = on.rule->held(),
           cells = drained(on), ledger = on.ledger,
           epoch = seen.phase == phase::following ? seen.promised : seen.epoch,
           applied = seen.applied] {
            auto& its = node(id);
            if (number < its.persisted)
              return;
            its.persisted = number;
            its.disk = held;
            its.disk_cells = cells;
            its.disk_ledger = ledger;
            if (its.rule)
              carry(its, its.rule->on_durable(its.local(now_), epoch, applied));
          });
}

void region_world::drain(region_node& on) {
  if (on.rule && !on.dirty.empty())
    carry(on, on.rule->on_drained(on.local(now_), on.drain()));
}

} // namespace holdfast::region_simulation
