#include "actors/rules/catalog/placing.hpp"

#include <algorithm>
#include <variant>

namespace holdfast::catalog {

namespace {

template <class... Each>
bool holds_any(const command& what) {
  return (std::holds_alternative<Each>(what) || ...);
}

} // namespace

rules::placement_view placement_view_of(const contents& of) {
  rules::placement_view view;
  for (const auto& [id, each] : of.members)
    view.nodes.push_back({id, each.weight, !each.down, each.draining});
  for (const auto& [name, each] : of.regions) {
    const auto& placed = each.placement;
    view.regions.push_back(
      {name.tenant, name.region, each.options.copies, placed.home,
       placed.replicas, placed.epoch,
       placed.epoch != 0 && placed.settled_epoch == placed.epoch,
       placed.keepers(), each.preferred});
  }
  return view;
}

bool can_be_moved_from(node_id node, const contents& of) {
  const auto takes = [&](node_id other) {
    const auto member = of.members.find(other);
    return other != node && member != of.members.end() && !member->second.down
           && !member->second.draining;
  };
  return std::any_of(
    of.regions.begin(), of.regions.end(), [&](const auto& each) {
      const auto& placed = each.second.placement;
      const auto keepers = placed.keepers();
      return placed.home == node
             && std::any_of(keepers.begin(), keepers.end(), takes);
    });
}

std::optional<region_name> kept_by_none_but(node_id node, const contents& of) {
  const auto has_another = [&](const std::set<node_id>& keepers) {
    return std::any_of(keepers.begin(), keepers.end(), [&](node_id each) {
      return each != node && of.members.contains(each);
    });
  };
  for (const auto& [name, each] : of.regions)
    if (const auto keepers = each.placement.keepers();
        each.options.durable && keepers.contains(node) && !has_another(keepers))
      return name;
  return std::nullopt;
}

bool concerns_placement(const command& what) {
  return holds_any<create_region, remove_region, move_home, set_placement,
                   settle_region, prefer_home, join_member, leave_member,
                   change_member, decide_health>(what);
}

command command_of(const rules::placement_step& step) {
  const region_name name{step.tenant, step.region};
  if (step.moves_home)
    return move_home{name, step.expected_epoch, step.home};
  return set_placement{name, step.expected_epoch, step.home, step.replicas};
}

} // namespace holdfast::catalog
