// The tables on their way to the nodes, and the leader that looks after the
// region.
#include "tests/simulation/region_world.hpp"

namespace holdfast::region_simulation {

using namespace std::chrono_literals;

/// A process begins: the tables name its new life before it takes part.
void region_world::start(std::size_t slot) {
  auto& on = nodes_[slot];
  on.up = true;
  ++on.life;
  on.paused_until = {};
  on.tables = on.made = 0;
  on.admitted = catalog_.join(on.id, chance_.permille(500));
  spread();
  tick(slot);
}

void region_world::forget(region_node& on) {
  on.forget();
  if (recorder_ != nullptr)
    recorder_->forget(on);
}

void region_world::spread() {
  for (std::size_t slot = 0; slot < nodes_.size(); ++slot)
    if (nodes_[slot].up)
      on_node(
        slot, some(500, 1000 * manners_.tables_ms),
        [this, slot, last = catalog_.last()] { apply_tables(slot, last); });
}

/// It goes on with the others, and hears from neither the next home nor the
/// tables.
void region_world::estrange(node_id former, node_id next) {
  cut_.emplace(former, next);
  cut_.emplace(next, former);
  auto& on = node(former);
  on.tables_after = now_ + some(3'000'000, 8'000'000);
  after(on.tables_after - now_, [this] { cut_.clear(); });
}

void region_world::apply_tables(std::size_t slot, epoch_number index) {
  auto& on = nodes_[slot];
  if (index <= on.tables || index < on.admitted)
    return;
  if (!reachable(on) || now_ < on.tables_after) {
    on_node(slot, some(100'000, 300'000),
            [this, slot, index] { apply_tables(slot, index); });
    return;
  }
  on.tables = index;
  const auto& placed = catalog_.at(index);
  if (!placed.concerns(on.id)) {
    if (on.rule)
      forget(on);
    return;
  }
  if (!on.rule) {
    on.rule.emplace(on.id, on.next_machine(), on.admitted, rule_);
    if (manners_.durable && !on.disk.values.empty()) {
      on.rule->restore(on.disk);
      on.cells = on.disk_cells;
      for (const auto& [key, has] : on.cells)
        on.history[key][has.version] = has.value;
      on.ledger = on.disk_ledger;
    }
    for (variable_key key = 1; key <= manners_.variables; ++key)
      on.rule->add_variable(key);
  }
  carry(on, on.rule->on_placement(on.local(now_), placed));
}

bool region_world::reachable(const region_node& of) const {
  if (!of.up || of.paused(now_))
    return false;
  std::size_t heard = 1;
  for (const auto& each : nodes_)
    heard += each.id != of.id && each.up && !each.paused(now_)
             && !cut_.contains({of.id, each.id})
             && !cut_.contains({each.id, of.id});
  return heard * 2 > nodes_.size();
}

void region_world::lead() {
  after(some(50'000, 300'000), [this] { lead(); });
  const auto placed = catalog_.now();
  std::vector<node_id> fit;
  for (const auto id : placed.replicas)
    if (reachable(node(id))
        && (placed.settled_holders.empty()
            || placed.settled_holders.contains(id)))
      fit.push_back(id);
  auto& since = silent_since_[placed.home];
  if (reachable(node(placed.home)))
    since = now_;
  const auto& rule = node(placed.home).rule;
  const bool stranded
    = rule && rule->look().phase == region_replica::phase::stranded;
  const bool down = stranded || now_ - since > some(500'000, 2'500'000);
  const bool planned = !mending_ && chance_.permille(manners_.moves);
  if ((down || planned) && !fit.empty()) {
    const auto to = fit[chance_.below(fit.size())];
    silent_since_[to] = now_;
    if (catalog_.move(placed.epoch, to)) {
      if (options_.needs.estranged && !down)
        estrange(placed.home, to);
      spread();
    }
    return;
  }
  if (mending_ || !placed.settled() || !chance_.permille(manners_.reshapes))
    return;
  auto replicas = placed.replicas;
  const auto one = 1 + chance_.below(nodes_.size());
  if (one == placed.home)
    return;
  if (!replicas.erase(one) && replicas.size() + 1 < nodes_.size())
    replicas.insert(one);
  if (replicas.size() >= 2 && catalog_.reshape(placed.epoch, replicas))
    spread();
}

} // namespace holdfast::region_simulation
