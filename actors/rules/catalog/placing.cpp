#include "actors/rules/catalog/placing.hpp"

#include <type_traits>

namespace holdfast::catalog {

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
       placed.settled_holders});
  }
  return view;
}

bool concerns_placement(const command& what) {
  return std::
    visit(
      [](const auto& each) {
        using one = std::decay_t<decltype(each)>;
        return std::
                 is_same_v<one, create_region> || std::is_same_v<one, remove_region> || std::is_same_v<one, move_home> || std::is_same_v<one, set_placement> || std::is_same_v<one, settle_region> || std::is_same_v<one, join_member> || std::is_same_v<one, leave_member> || std::is_same_v<one, change_member> || std::is_same_v<one, decide_health>;
      },
      what);
}

command command_of(const rules::placement_step& step) {
  const region_name name{step.tenant, step.region};
  if (step.moves_home)
    return move_home{name, step.expected_epoch, step.home};
  return set_placement{name, step.expected_epoch, step.home, step.replicas};
}

} // namespace holdfast::catalog
