// Taking over contents that came from outside.
#include "actors/rules/catalog/checks.hpp"
#include "actors/rules/catalog/tables.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::catalog {

namespace {

using shm::errc;

shm::error corrupt(std::string text) {
  return shm::failed(errc::corrupt, std::move(text));
}

outcome check_members(const contents& of, const limits& bounds) {
  if (of.members.size() > bounds.members)
    return refuse(errc::full, "too many members");
  for (const auto& [id, each] : of.members)
    if (auto no = check(id, each); !no.ok())
      return no;
  return {};
}

outcome check_tenants(const contents& of, const limits& bounds) {
  if (of.tenants.size() > bounds.tenants)
    return refuse(errc::full, "too many tenants");
  for (const auto& [name, each] : of.tenants) {
    if (auto no = check_name("a tenant's name", name); !no.ok())
      return no;
    if (auto no = check(each.quota.limits()); !no.ok())
      return no;
    if (each.principals.size() > bounds.principals)
      return refuse(errc::full, "too many principals");
    for (const auto& principal : each.principals)
      if (auto no = check(principal, bounds); !no.ok())
        return no;
  }
  return {};
}

outcome check_region(const contents& of, const region_name& name,
                     const region& each, const limits& bounds) {
  if (auto no = check_name("a region's name", name.region); !no.ok())
    return no;
  if (!of.tenants.contains(name.tenant))
    return refuse(errc::corrupt, "a region of no tenant");
  if (auto no = check(each.options, bounds); !no.ok())
    return no;
  if (each.variables.size() > each.options.variables_max)
    return refuse(errc::full, "too many variables in a region");
  for (const auto& [key, variable] : each.variables)
    if (auto no = check(variable); !no.ok())
      return no;
    else if (variable.id == 0 || variable.id > each.variables_made)
      return refuse(errc::corrupt, "a variable that was never made");
  const auto& placed = each.placement;
  if (placed.replicas.size() > bounds.replicas
      || placed.replicas.contains(placed.home)
      || (placed.home == 0) != (placed.epoch == 0)
      || !std::includes(placed.settled_holders.begin(),
                        placed.settled_holders.end(), placed.forgot.begin(),
                        placed.forgot.end()))
    return refuse(errc::corrupt, "a region placed nowhere it could be");
  return {};
}

outcome check_regions(const contents& of, const limits& bounds) {
  if (of.regions.size() > bounds.regions)
    return refuse(errc::full, "too many regions");
  std::uint64_t variables = 0;
  for (const auto& [name, each] : of.regions) {
    if (auto no = check_region(of, name, each, bounds); !no.ok())
      return no;
    variables += each.variables.size();
  }
  if (variables > bounds.variables)
    return refuse(errc::full, "too many variables");
  return {};
}

outcome check_sessions(const contents& of, const limits& bounds) {
  if (of.sessions.size() > bounds.sessions)
    return refuse(errc::full, "too many sessions");
  for (const auto& [id, each] : of.sessions) {
    if (!of.tenants.contains(each.tenant))
      return refuse(errc::corrupt, "a session of no tenant");
    if (auto no = check(each); !no.ok())
      return no;
  }
  return {};
}

bool are_members(const contents& of, const std::set<node_id>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(),
                     [&of](node_id node) { return of.members.contains(node); });
}

outcome check_retired(const contents& of) {
  for (const auto& [id, each] : of.retired)
    if (!of.tenants.contains(each.tenant) || each.holders.empty()
        || !are_members(of, each.holders)
        || each.cost.bytes_max > config::region_bytes_max
        || each.cost.variables_max > config::region_variables_max)
      return refuse(errc::corrupt, "a removed region that nobody could hold");
  return {};
}

/// Numbers of entries are given out once, and none from the future.
outcome check_numbers(const contents& of) {
  std::set<log_index> given;
  const auto take = [&](log_index id) {
    return id != 0 && id <= of.applied && given.insert(id).second;
  };
  bool once = true;
  for (const auto& [id, each] : of.sessions)
    once = once && take(id);
  for (const auto& [name, each] : of.regions)
    once = once && take(each.id) && each.placement.epoch <= of.applied;
  for (const auto& [id, each] : of.retired)
    once = once && take(id);
  log_index last = 0;
  for (const auto& each : of.audit.records())
    once = once && each.index > std::exchange(last, each.index);
  if (once && last <= of.applied && of.last_leave <= of.applied)
    return {};
  return refuse(errc::corrupt, "a number that no entry of the log gave");
}

bool is_known(const contents& of, const origin& from) {
  if (from.kind == origin_kind::session)
    return from.incarnation == 0 && of.sessions.contains(from.id);
  const auto found = of.members.find(from.id);
  return found != of.members.end()
         && found->second.incarnation == from.incarnation;
}

outcome check_results(const contents& of) {
  for (const auto& [from, each] : of.results)
    if (!is_known(of, from))
      return refuse(errc::corrupt, "results for nobody");
  return {};
}

/// What quotas have in use follows from what there is.
void count_use(contents& of) {
  for (auto& [name, each] : of.tenants)
    each.quota = rules::quota{each.quota.limits()};
  for (const auto& [name, each] : of.regions)
    of.tenants.at(name.tenant)
      .quota.restore_region(
        {each.options.bytes_max, each.options.variables_max});
  for (const auto& [id, each] : of.retired)
    of.tenants.at(each.tenant).quota.restore_region(each.cost);
  for (const auto& [id, each] : of.sessions)
    of.tenants.at(each.tenant).quota.restore_session();
}

} // namespace

shm::result<tables> tables::restore(contents from, limits bounds) {
  for (const auto& no :
       {check_members(from, bounds), check_tenants(from, bounds),
        check_regions(from, bounds), check_sessions(from, bounds),
        check_retired(from), check_numbers(from), check_results(from)})
    if (!no.ok())
      return corrupt(no.text);
  if (from.audit.records().size() > bounds.audit_records)
    return corrupt("too many records of the audit trail");
  count_use(from);
  tables made{bounds};
  made.now_ = std::move(from);
  return made;
}

} // namespace holdfast::catalog
