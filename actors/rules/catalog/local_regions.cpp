#include "actors/rules/catalog/local_regions.hpp"

namespace holdfast::catalog {

std::optional<local_region> wanted_on(node_id node, const region& of) {
  const auto& placed = of.placement;
  const bool is_home = placed.home == node;
  if (!is_home && !placed.replicas.contains(node))
    return std::nullopt;
  local_region wanted{is_home ? region_role::home : region_role::replica,
                      placed.epoch, of.options.bytes};
  for (const auto& [name, each] : of.variables)
    wanted.variables.emplace(name, each.id);
  return wanted;
}

region_changes follow(node_id node, const contents& tables,
                      const std::map<log_index, local_region>& have) {
  region_changes changes;
  std::set<log_index> stay;
  for (const auto& [name, each] : tables.regions) {
    const auto wanted = wanted_on(node, each);
    if (!wanted)
      continue;
    stay.insert(each.id);
    const auto found = have.find(each.id);
    if (found == have.end())
      changes.make.push_back(name);
    else if (found->second != *wanted)
      changes.change.push_back(name);
  }
  for (const auto& [id, each] : have)
    if (!stay.contains(id))
      changes.retire.push_back(id);
  return changes;
}

std::vector<settle_region> to_settle(node_id node, const contents& tables) {
  const std::set<node_id> alone{node};
  std::vector<settle_region> all;
  for (const auto& [name, each] : tables.regions) {
    const auto& placed = each.placement;
    if (placed.home != node || !placed.replicas.empty()
        || placed.settled_epoch == placed.epoch)
      continue;
    if (placed.began_empty == placed.epoch || placed.settled_holders == alone)
      all.push_back({name, placed.epoch});
  }
  return all;
}

std::vector<log_index> to_release(node_id node, const contents& tables,
                                  const std::set<log_index>& held) {
  std::vector<log_index> all;
  for (const auto& [id, each] : tables.retired)
    if (each.holders.contains(node) && !held.contains(id))
      all.push_back(id);
  return all;
}

} // namespace holdfast::catalog
