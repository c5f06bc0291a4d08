#include "tests/simulation/region_catalog.hpp"

#include <algorithm>

namespace holdfast::region_simulation {

void region_catalog::begin_epoch(placement& of, node_id home,
                                 std::set<node_id> replicas) {
  replicas.erase(home);
  of.home = home;
  of.replicas = std::move(replicas);
  of.epoch = history_.size();
  if (of.settled_holders.empty())
    of.began_empty = of.epoch;
}

void region_catalog::begin(node_id home, const std::set<node_id>& replicas) {
  auto next = now();
  begin_epoch(next, home, replicas);
  history_.push_back(std::move(next));
}

epoch_number region_catalog::join(node_id node, bool begins_epoch) {
  auto next = now();
  if (next.home == node && begins_epoch)
    begin_epoch(next, node, next.replicas);
  history_.push_back(std::move(next));
  return last();
}

bool region_catalog::move(epoch_number expected, node_id home) {
  auto next = now();
  if (next.epoch != expected || !next.replicas.contains(home)
      || (!next.settled_holders.empty()
          && !next.settled_holders.contains(home)))
    return false;
  begin_epoch(next, home, next.holders());
  history_.push_back(std::move(next));
  return true;
}

bool region_catalog::reshape(epoch_number expected,
                             const std::set<node_id>& replicas) {
  auto next = now();
  std::vector<node_id> apart;
  std::set_symmetric_difference(replicas.begin(), replicas.end(),
                                next.replicas.begin(), next.replicas.end(),
                                std::back_inserter(apart));
  if (next.epoch != expected || !next.settled() || apart.size() != 1
      || replicas.contains(next.home))
    return false;
  begin_epoch(next, next.home, replicas);
  history_.push_back(std::move(next));
  return true;
}

bool region_catalog::settle(epoch_number epoch) {
  auto next = now();
  if (next.epoch != epoch)
    return false;
  next.settled_epoch = epoch;
  next.settled_holders = next.holders();
  history_.push_back(std::move(next));
  return true;
}

} // namespace holdfast::region_simulation
