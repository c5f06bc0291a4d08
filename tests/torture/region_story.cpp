#include "tests/torture/region_story.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::test {

using namespace torture;

region_story::region_story(const story_options& options)
  : options_{options}, dice_{options.seed} {
  for (std::uint32_t id = 1; id <= node_count; ++id) {
    node made;
    made.id = id;
    made.home = id == home_;
    nodes_.push_back(made);
    for (const bool writes : {true, false, false}) {
      client one;
      one.id = ++last_client_;
      one.node = id;
      one.writes = writes;
      clients_.push_back(std::move(one));
    }
  }
  record made;
  made.kind = record_kind::reset;
  made.epoch = made.epoch_before = epoch_;
  made.state = state_ended;
  made.begin_ns = made.end_ns = now_;
  tool_.push_back(made);
}

history region_story::tell() {
  for (int i = 0; i < options_.steps; ++i)
    step();
  finish();
  history made;
  made.clients.push_back(std::move(tool_));
  for (auto& each : clients_)
    made.clients.push_back(std::move(each.records));
  for (auto& each : ended_)
    made.clients.push_back(std::move(each));
  return made;
}

void region_story::step() {
  pass();
  const auto what = chance(100);
  if (what < 55)
    client_step();
  else if (what < 85)
    carry();
  else if (what < 97)
    commit();
  else if (options_.faults)
    fault_step();
  if (options_.on_disk && chance(4) == 0)
    sync();
  end_waits();
}

void region_story::client_step() {
  auto& by = clients_[chance(clients_.size())];
  if (by.waiting)
    return;
  const auto what = chance(100);
  if (!at(by).up)
    return read(by, record_kind::read);
  if (by.writes && at(by).home && what < 60)
    return what < 2 ? die_in_store(by) : store(by);
  if (by.writes && at(by).home && what < 75)
    return begin_flush(by);
  if (at(by).home && what < 85)
    return begin_confirmed(by);
  read(by, record_kind::read);
}

record region_story::begin(const client& by, record_kind kind,
                           std::uint32_t variable) {
  auto& where = at(by);
  record made;
  made.state = state_begun;
  made.kind = kind;
  made.client = by.id;
  made.mapping = where.mapping;
  made.node = where.id;
  made.variable = variable;
  made.epoch_before = where.epoch;
  made.begin_ns = now_;
  return made;
}

void region_story::end(client& by, record& what, record_outcome outcome) {
  pass();
  what.state = state_ended;
  what.outcome = outcome;
  what.epoch = at(by).epoch;
  what.end_ns = now_;
  by.records.push_back(what);
}

/// The client does not count on what it flushed any more.
void region_story::end_in_doubt(client& by, record& flush) {
  end(by, flush, record_outcome::unknown);
  auto given_up = begin(by, record_kind::forget, every_variable);
  given_up.mapping = flush.mapping;
  end(by, given_up, record_outcome::ok);
}

void region_story::store(client& by) {
  const auto variable = any_variable();
  auto made = begin(by, record_kind::store, variable);
  made.value = value_of(by.id, ++by.stored);
  auto& cell = at(by).cells[variable];
  made.version = ++cell.version;
  cell.value = made.value;
  by.unflushed[variable] = made.version;
  by.unsynced[variable] = made.version;
  end(by, made, record_outcome::ok);
}

/// Whether it took effect, nobody knows.
void region_story::die_in_store(client& by) {
  const auto variable = any_variable();
  auto made = begin(by, record_kind::store, variable);
  made.value = value_of(by.id, ++by.stored);
  if (chance(2) == 0) {
    auto& cell = at(by).cells[variable];
    ++cell.version;
    cell.value = made.value;
  }
  by.records.push_back(made);
  ended_.push_back(std::move(by.records));
  client next;
  next.id = ++last_client_;
  next.node = by.node;
  next.writes = true;
  by = std::move(next);
}

void region_story::begin_flush(client& by) {
  auto made = begin(by, record_kind::flush, every_variable);
  by.wanted = std::exchange(by.unflushed, {});
  if (options_.on_disk && chance(2) == 0) {
    made.flags |= flag_durable;
    by.wanted.merge(std::exchange(by.unsynced, {}));
  }
  if (std::exchange(by.spoiled, false))
    return end_in_doubt(by, made);
  by.waiting = made;
}

/// The value as it is now; the answer comes when it is committed.
void region_story::begin_confirmed(client& by) {
  const auto variable = any_variable();
  const auto& cell = at(by).cells[variable];
  auto made = begin(by, record_kind::confirmed_read, variable);
  made.value = cell.value;
  made.version = cell.version;
  made.committed = cell.committed;
  by.waiting = made;
  by.wanted = {{variable, cell.version}};
}

void region_story::read(client& by, record_kind kind) {
  auto& where = at(by);
  auto made = begin(by, kind, any_variable());
  if (!where.up) {
    end(by, made, record_outcome::failed);
    return;
  }
  const auto& cell = where.cells[made.variable];
  made.value = cell.value;
  made.version = cell.version;
  made.committed = cell.committed;
  made.flags = flag_connected | (where.home ? flag_at_home : 0);
  const bool deposed = where.cut && home_ != where.id;
  made.freshness = deposed ? record_freshness::stale : record_freshness::fresh;
  end(by, made,
      cell.version != 0 ? record_outcome::ok : record_outcome::no_value);
}

void region_story::end_waits() {
  for (auto& by : clients_) {
    if (!by.waiting)
      continue;
    auto& where = at(by);
    const bool lost = !where.up || !where.home
                      || where.epoch != by.waiting->epoch_before
                      || where.mapping != by.waiting->mapping;
    const bool done
      = !lost && !where.cut
        && std::all_of(by.wanted.begin(), by.wanted.end(),
                       [&](auto& one) {
                         return where.cells[one.first].committed >= one.second;
                       })
        && (!by.waiting->durable() || are_on_disks(by.wanted));
    if (!lost && !done)
      continue;
    auto made = *std::exchange(by.waiting, std::nullopt);
    if (lost && made.kind == record_kind::flush) {
      end_in_doubt(by, made);
      continue;
    }
    const bool empty
      = made.kind == record_kind::confirmed_read && made.version == 0;
    end(by, made,
        lost    ? record_outcome::unknown
        : empty ? record_outcome::no_value
                : record_outcome::ok);
  }
}

region_story::node& region_story::home() {
  return nodes_[home_ - 1];
}

/// One variable from the home to one replica, with what is committed of it.
void region_story::carry() {
  auto& from = home();
  auto& to = nodes_[chance(nodes_.size())];
  if (!from.up || from.cut || !to.up || to.cut || to.home)
    return;
  to.epoch = from.epoch;
  const auto variable = any_variable();
  const auto& theirs = from.cells[variable];
  auto& own = to.cells[variable];
  own.version = theirs.version;
  own.value = theirs.value;
  if (theirs.committed == theirs.version)
    own.committed = theirs.committed;
  const bool whole
    = std::all_of(from.cells.begin(), from.cells.end(), [&](const auto& one) {
        return to.cells[one.first].version == one.second.version
               && to.cells[one.first].value == one.second.value;
      });
  if (whole)
    to.accepted = from.epoch;
}

void region_story::commit() {
  auto& from = home();
  if (!from.up || from.cut)
    return;
  for (auto& each_cell : from.cells) {
    const auto& variable = each_cell.first;
    auto& cell = each_cell.second;
    const auto holders
      = std::count_if(nodes_.begin(), nodes_.end(), [&](node& each) {
          return each.up && !each.cut && each.accepted == epoch_
                 && each.cells[variable].version == cell.version
                 && each.cells[variable].value == cell.value;
        });
    if (holders >= 2)
      cell.committed = cell.version;
  }
}

} // namespace holdfast::test
