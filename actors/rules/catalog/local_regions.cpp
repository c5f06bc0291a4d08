#include "actors/rules/catalog/local_regions.hpp"

namespace holdfast::catalog {

std::optional<local_region> wanted_on(node_id node, const contents& tables,
                                      const region& of) {
  const auto& placed = of.placement;
  if (placed.home != node && !placed.replicas.contains(node)
      && !placed.settled_holders.contains(node))
    return std::nullopt;
  local_region wanted{placed, {}, of.options.bytes};
  for (const auto holder : placed.settled_holders)
    if (!tables.members.contains(holder))
      wanted.departed.insert(holder);
  for (const auto& [name, each] : of.variables)
    wanted.variables.emplace(name, each.id);
  return wanted;
}

region_changes follow(node_id node, const contents& tables,
                      const std::map<log_index, local_region>& have) {
  region_changes changes;
  std::set<log_index> stay;
  for (const auto& [name, each] : tables.regions) {
    const auto found = have.find(each.id);
    const auto wanted = wanted_on(node, tables, each);
    if (!wanted) {
      if (found != have.end())
        changes.elsewhere.insert(each.id);
      continue;
    }
    stay.insert(each.id);
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

std::vector<log_index> to_release(node_id node, const contents& tables,
                                  const std::set<log_index>& held) {
  std::vector<log_index> all;
  for (const auto& [id, each] : tables.retired)
    if (each.holders.contains(node) && !held.contains(id))
      all.push_back(id);
  return all;
}

} // namespace holdfast::catalog
