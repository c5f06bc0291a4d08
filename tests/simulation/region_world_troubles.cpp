// What goes wrong, and how it ends.
#include "tests/simulation/region_world.hpp"

namespace holdfast::region_simulation {

using namespace std::chrono_literals;

void region_world::arrange() {
  const auto& needs = options_.needs;
  auto& m = manners_;
  m.holders = needs.holders != 0      ? needs.holders
              : chance_.permille(300) ? 5
                                      : 3;
  m.nodes = m.holders + chance_.below(2);
  m.variables = 1 + chance_.below(needs.session ? 2 : needs.crashes ? 24 : 8);
  m.jitter_us = chance_.permille(300) ? 20'000 : 1000;
  m.loss = needs.bad_links ? 50 : chance_.permille(400) ? chance_.below(50) : 0;
  m.copies = chance_.permille(400) ? chance_.below(100) : 0;
  m.late = needs.bad_links ? 50 : chance_.permille(400) ? chance_.below(40) : 0;
  if (needs.late)
    m.late = 300;
  m.tables_ms = needs.slow_tables ? 4000 : chance_.permille(200) ? 1500 : 20;
  m.drain_ms = needs.slow_drains || chance_.permille(200) ? 400 : 20;
  m.client_ms = needs.idle || chance_.permille(100) ? 1500 : 20;
  m.trouble_ms
    = needs.crashes || needs.pauses ? 700 : 500 + chance_.below(3000);
  m.moves = needs.moves ? 100 : needs.estranged ? 20 : chance_.below(20);
  m.reshapes = needs.reshaping ? 60 : chance_.below(20);
  m.durable = chance_.permille(250);
  m.groups = needs.groups ? 500 : grouping_.permille(300) ? 200 : 0;
  m.session = needs.session || chance_.permille(250);
  m.session_ms = needs.session ? 200 : m.client_ms;
}

void region_world::crash(std::size_t slot) {
  auto& on = nodes_[slot];
  if (!on.up)
    return;
  const auto life = on.next_machine();
  on.up = false;
  forget(on);
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (other != slot && nodes_[other].up && chance_.permille(500))
      on_node(other, some(1000, 300'000), [this, other, slot, life] {
        auto& its = nodes_[other];
        if (its.rule)
          carry(its, its.rule->on_death_proven(its.local(now_), nodes_[slot].id,
                                               life));
      });
  after(some(200'000, 6'000'000), [this, slot] {
    if (!nodes_[slot].up)
      start(slot);
  });
}

void region_world::pause(std::size_t slot) {
  auto& on = nodes_[slot];
  on.paused_until = now_ + some(100'000, 6'000'000);
  if (options_.world.false_proof)
    for (std::size_t other = 0; other < nodes_.size(); ++other)
      on_node(other, some(1000, 300'000),
              [this, other, id = on.id,
               life = on.life * region_node::machines_max + on.made] {
                auto& its = nodes_[other];
                if (its.rule)
                  carry(its,
                        its.rule->on_death_proven(its.local(now_), id, life));
              });
}

/// Whoever takes over does not hear of what that replica has.
void region_world::sever(const region_node& from) {
  for (const auto& each : nodes_)
    if (each.id != from.id) {
      cut_.emplace(from.id, each.id);
      cut_.emplace(each.id, from.id);
    }
  crash(slot_of(node(catalog_.now().home)));
  after(some(1'000'000, 5'000'000), [this] { cut_.clear(); });
}

void region_world::make_trouble() {
  if (mending_)
    return;
  after(some(0, 2000 * manners_.trouble_ms), [this] { make_trouble(); });
  // The home fares worse than others: that is what matters.
  const auto slot = chance_.permille(400) ? catalog_.now().home - 1
                                          : chance_.below(nodes_.size());
  auto& on = nodes_[slot];
  auto what = chance_.below(10);
  if (options_.needs.crashes && chance_.permille(600))
    what = 0;
  if (options_.needs.pauses && chance_.permille(600))
    what = 3;
  if (what < 2) {
    crash(slot);
  } else if (what < 5) {
    if (on.up && !on.paused(now_))
      pause(slot);
  } else if (what < 8) {
    for (const auto& each : nodes_) {
      if (each.id == on.id || chance_.permille(200))
        continue;
      const auto which = chance_.below(3);
      if (which != 0)
        cut_.emplace(on.id, each.id);
      if (which != 1)
        cut_.emplace(each.id, on.id);
    }
    after(some(300'000, 5'000'000), [this] { cut_.clear(); });
  } else if (what == 8) {
    cut_.clear();
  } else if (options_.world.wall_clock) {
    on.ahead -= 3s;
  } else if (chance_.permille(60)) {
    for (std::size_t each = 0; each < nodes_.size(); ++each)
      crash(each);
  }
}

void region_world::mend() {
  mending_ = true;
  cut_.clear();
  manners_.loss = manners_.late = manners_.copies = 0;
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot) {
    nodes_[slot].paused_until = std::min(nodes_[slot].paused_until, now_);
    if (!nodes_[slot].up)
      start(slot);
  }
}

/// One home serves, and all holders hold the same.
void region_world::check_end() {
  const auto& placed = catalog_.now();
  auto& home = node(placed.home);
  if (!placed.settled() || !home.seen_serving(now_))
    return witness_.blame("it is mended, and nobody serves");
  const auto seen = home.rule->look();
  if (seen.committed != seen.applied)
    return witness_.blame("it is mended, and not all is committed");
  std::map<variable_key, value_id> values;
  for (const auto& [key, has] : home.cells)
    values[key] = has.value;
  witness_.serves(home.id, values);
  for (const auto id : placed.holders())
    for (const auto& [key, has] : home.cells)
      if (node(id).cells[key].value != has.value
          || node(id).cells[key].version != has.version)
        return witness_.blame("node " + std::to_string(id)
                              + " holds something else in the end");
  if (!home.waiting.empty())
    witness_.blame("somebody still waits");
}

} // namespace holdfast::region_simulation
