#include "actors/rules/region_replica/values.hpp"

#include "actors/rules/region_replica/holding.hpp"

#include <algorithm>

namespace holdfast::region_replica {

std::set<node_id> placement::holders() const {
  auto all = replicas;
  if (home != 0)
    all.insert(home);
  return all;
}

bool placement::concerns(node_id node) const {
  return home == node || replicas.contains(node)
         || settled_holders.contains(node);
}

bool placement::majority(const std::set<node_id>& of,
                         const std::set<node_id>& who) {
  const auto there = std::count_if(
    of.begin(), of.end(), [&who](node_id node) { return who.contains(node); });
  return static_cast<std::size_t>(there) * 2 > of.size();
}

bool holding::rows_after(std::optional<variable_key> after, std::size_t count,
                         std::vector<row>& into) const {
  auto next = after ? values.lower_bound(*after + 1) : values.begin();
  for (; next != values.end(); ++next) {
    if (into.size() == count)
      return true;
    into.push_back(
      {next->first, next->second.stored, next->second.bytes, 0, 0});
  }
  return false;
}

} // namespace holdfast::region_replica
