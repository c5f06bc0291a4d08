#include "tests/simulation/placements.hpp"

namespace holdfast::simulation {

std::string placements::see(catalog::log_index index,
                            const catalog::contents& after) {
  for (const auto& [name, region] : after.regions)
    if (auto wrong = see(index, region); !wrong.empty())
      return "region " + name.region + wrong;
  return {};
}

std::string placements::see(catalog::log_index index,
                            const catalog::region& region) {
  const auto& placed = region.placement;
  if (placed.epoch == 0)
    return {};
  if (placed.settled_epoch > placed.epoch)
    return " has settled in an epoch to come";
  const auto [found, first] = homes_.try_emplace(
    {region.id, placed.epoch}, home{placed.home, placed.replicas});
  if (!first
      && (found->second.node != placed.home
          || found->second.replicas != placed.replicas))
    return " has two homes in epoch " + std::to_string(placed.epoch);
  auto& last = latest_[region.id];
  if (index >= last.index ? placed.epoch < last.epoch
                          : placed.epoch > last.epoch)
    return " went back to epoch " + std::to_string(placed.epoch);
  if (index >= last.index)
    last = {index, placed.epoch};
  return {};
}

std::string placements::placed(catalog::log_index expected,
                               catalog::log_index before) {
  if (expected == before)
    return {};
  return "a region in epoch " + std::to_string(before)
         + " is placed by a decision about epoch " + std::to_string(expected);
}

} // namespace holdfast::simulation
