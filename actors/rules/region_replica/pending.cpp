#include "actors/rules/region_replica/pending.hpp"

namespace holdfast::region_replica {

void pending::add(variable_key key, sequence changed, std::uint64_t version) {
  const change made{changed, version};
  const auto [found, first] = of_.try_emplace(key, changes{made, made});
  if (first)
    order_.emplace(changed, key);
  else
    found->second.newest = made;
}

void pending::remove(variable_key key) {
  const auto found = of_.find(key);
  if (found == of_.end())
    return;
  order_.erase({found->second.oldest.changed, key});
  of_.erase(found);
}

std::vector<committed_version> pending::take(sequence up_to) {
  std::vector<committed_version> taken;
  while (!order_.empty() && order_.begin()->first <= up_to) {
    const auto key = order_.begin()->second;
    order_.erase(order_.begin());
    auto& of = of_.at(key);
    if (of.newest.changed <= up_to) {
      taken.push_back({key, of.newest.version});
      of_.erase(key);
    } else {
      taken.push_back({key, of.oldest.version});
      of.oldest = of.newest;
      order_.emplace(of.oldest.changed, key);
    }
  }
  return taken;
}

std::vector<committed_version> pending::newest() const {
  std::vector<committed_version> all;
  for (const auto& [key, of] : of_)
    all.push_back({key, of.newest.version});
  return all;
}

} // namespace holdfast::region_replica
