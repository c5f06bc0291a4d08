#include "actors/rules/region_replica/pending.hpp"

namespace holdfast::region_replica {

void pending::add(variable_key key, sequence changed, std::uint64_t version) {
  const change made{changed, version};
  auto& of = of_[key];
  of.newest = made;
  if (order_.place_of(key))
    return;
  of.oldest = made;
  order_.put(key, changed);
}

void pending::remove(variable_key key) {
  order_.forget(key);
  of_.erase(key);
}

void pending::clear() {
  order_.clear();
  of_.clear();
}

std::vector<committed_version> pending::take(sequence up_to) {
  std::vector<committed_version> taken;
  while (const auto first = order_.first()) {
    const auto [changed, key] = *first;
    if (changed > up_to)
      break;
    auto& of = of_[key];
    if (of.newest.changed <= up_to) {
      taken.push_back({key, of.newest.version});
      order_.take(key);
    } else {
      taken.push_back({key, of.oldest.version});
      of.oldest = of.newest;
      order_.put(key, of.oldest.changed);
    }
  }
  return taken;
}

std::vector<committed_version> pending::newest() const {
  std::vector<committed_version> all;
  for (const auto& [key, of] : of_)
    if (order_.place_of(key))
      all.push_back({key, of.newest.version});
  return all;
}

} // namespace holdfast::region_replica
