// Regions and their variables.
#include "actors/rules/catalog/checks.hpp"
#include "actors/rules/catalog/tables.hpp"

#include <algorithm>

namespace holdfast::catalog {

namespace {

using shm::errc;

rules::region_cost cost_of(const region_options& options) {
  return {options.bytes_max, options.variables_max};
}

/// All of them or none: `into` is touched only if every one fits.
outcome add_all(region& into, const std::vector<variable>& variables) {
  auto together = into.variables;
  auto made = into.variables_made;
  for (auto each : variables) {
    if (auto no = check(each); !no.ok())
      return no;
    each.id = ++made;
    if (!together.emplace(each.name, each).second)
      return refuse(errc::exists, "variable " + in_quotes(each.name));
  }
  if (together.size() > into.options.variables_max)
    return refuse(errc::full, "the region holds variables_max = "
                                + std::to_string(into.options.variables_max));
  into.variables = std::move(together);
  into.variables_made = made;
  return {};
}

} // namespace

std::uint64_t tables::variables_count() const {
  std::uint64_t count = 0;
  for (const auto& [name, each] : now_.regions)
    count += each.variables.size();
  return count;
}

outcome tables::decide(const create_region& what) {
  const auto& [tenant_name, name] = what.name;
  if (auto no = check_name("a region's name", name); !no.ok())
    return no;
  const auto tenant = now_.tenants.find(tenant_name);
  if (tenant == now_.tenants.end())
    return refuse(errc::no_such_region, "no tenant of that name");
  if (now_.regions.contains(what.name))
    return refuse(errc::exists, "region " + in_quotes(name));
  region made;
  made.id = now_.applied;
  made.options = what.options;
  if (auto no = check(what.options, bounds_); !no.ok())
    return no;
  if (auto no = add_all(made, what.variables); !no.ok())
    return no;
  if (auto no = check_room(what.variables.size(), 1); !no.ok())
    return no;
  if (what.home != 0) {
    begin_epoch(made.placement, what.home, what.replicas);
    if (auto no = check_nodes(made.placement.holders()); !no.ok())
      return no;
  }
  if (const auto no = tenant->second.quota.charge_region(cost_of(made.options)))
    return refuse(errc::quota, to_string(*no));
  now_.regions.emplace(what.name, std::move(made));
  return {};
}

outcome tables::check_room(std::size_t variables, std::size_t regions) const {
  if (now_.regions.size() + regions > bounds_.regions)
    return refuse(errc::full,
                  "there are " + std::to_string(bounds_.regions) + " regions");
  if (variables_count() + variables > bounds_.variables)
    return refuse(errc::full, "all regions together hold "
                                + std::to_string(bounds_.variables)
                                + " variables");
  return {};
}

outcome tables::decide(const remove_region& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  const auto& region = found->second;
  // Whoever has left the cluster takes its memory along.
  std::set<node_id> holding;
  for (const auto node : region.placement.holders())
    if (now_.members.contains(node))
      holding.insert(node);
  const retired_region retired{what.name.tenant, cost_of(region.options),
                               holding};
  if (holding.empty())
    now_.tenants.at(what.name.tenant).quota.refund_region(retired.cost);
  else
    now_.retired.emplace(region.id, retired);
  now_.regions.erase(found);
  return {};
}

outcome tables::decide(const release_region& what) {
  const auto found = now_.retired.find(what.id);
  if (found == now_.retired.end()
      || found->second.holders.erase(what.node) == 0)
    return refuse(errc::no_such_region, "node " + std::to_string(what.node)
                                          + " holds no removed region "
                                          + std::to_string(what.id));
  if (found->second.holders.empty()) {
    now_.tenants.at(found->second.tenant)
      .quota.refund_region(found->second.cost);
    now_.retired.erase(found);
  }
  return {};
}

void tables::let_go(node_id holder) {
  for (auto at = now_.retired.begin(); at != now_.retired.end();) {
    auto& retired = at->second;
    if (retired.holders.erase(holder) == 0 || !retired.holders.empty()) {
      ++at;
      continue;
    }
    now_.tenants.at(retired.tenant).quota.refund_region(retired.cost);
    at = now_.retired.erase(at);
  }
}

outcome tables::decide(const grow_region& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  auto& options = found->second.options;
  if (what.bytes < options.bytes || what.bytes > options.bytes_max)
    return refuse(errc::bad_argument,
                  "a region of " + std::to_string(options.bytes)
                    + " bytes grows to at most "
                    + std::to_string(options.bytes_max) + ", not to "
                    + std::to_string(what.bytes));
  options.bytes = what.bytes;
  return {};
}

outcome tables::decide(const add_variables& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  if (auto no = check_room(what.variables.size(), 0); !no.ok())
    return no;
  return add_all(found->second, what.variables);
}

outcome tables::decide(const remove_variables& what) {
  const auto found = now_.regions.find(what.name);
  if (found == now_.regions.end())
    return no_region(what.name);
  auto left = found->second.variables;
  for (const auto& name : what.variables)
    if (left.erase(name) == 0)
      return refuse(errc::no_such_variable, "variable " + in_quotes(name));
  found->second.variables = std::move(left);
  return {};
}

} // namespace holdfast::catalog
