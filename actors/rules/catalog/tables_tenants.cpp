// Tenants, principals and quotas.
#include "actors/rules/catalog/checks.hpp"
#include "actors/rules/catalog/tables.hpp"

#include <algorithm>

namespace holdfast::catalog {

namespace {

using shm::errc;

outcome no_tenant(const std::string& name) {
  return refuse(errc::bad_argument, "no tenant " + in_quotes(name));
}

auto find_principal(std::vector<principal>& in, const std::string& name) {
  return std::find_if(in.begin(), in.end(), [&](const principal& each) {
    return each.who.name == name;
  });
}

} // namespace

outcome tables::decide(const ensure_tenant& what) {
  if (now_.tenants.contains(what.tenant))
    return {};
  return decide(create_tenant{what.tenant, what.quota});
}

outcome tables::decide(const create_tenant& what) {
  if (auto no = check_name("a tenant's name", what.tenant); !no.ok())
    return no;
  if (auto no = check(what.quota); !no.ok())
    return no;
  if (now_.tenants.contains(what.tenant))
    return refuse(errc::exists, "tenant " + in_quotes(what.tenant));
  if (now_.tenants.size() >= bounds_.tenants)
    return refuse(errc::full,
                  "there are " + std::to_string(bounds_.tenants) + " tenants");
  now_.tenants.emplace(what.tenant, tenant{rules::quota{what.quota}});
  return {};
}

outcome tables::decide(const remove_tenant& what) {
  const auto found = now_.tenants.find(what.tenant);
  if (found == now_.tenants.end())
    return no_tenant(what.tenant);
  const auto& used = found->second.quota.used();
  if (used.regions + used.sessions > 0)
    return refuse(errc::bad_argument,
                  "tenant " + in_quotes(what.tenant) + " still has "
                    + std::to_string(used.regions) + " regions and "
                    + std::to_string(used.sessions) + " sessions");
  now_.tenants.erase(found);
  return {};
}

outcome tables::decide(const change_quota& what) {
  const auto found = now_.tenants.find(what.tenant);
  if (found == now_.tenants.end())
    return no_tenant(what.tenant);
  if (auto no = check(what.quota); !no.ok())
    return no;
  found->second.quota.change_limits(what.quota);
  return {};
}

outcome tables::decide(const put_principal& what) {
  const auto found = now_.tenants.find(what.tenant);
  if (found == now_.tenants.end())
    return no_tenant(what.tenant);
  if (auto no = check(what.principal, bounds_); !no.ok())
    return no;
  auto& principals = found->second.principals;
  const auto place = find_principal(principals, what.principal.who.name);
  if (place != principals.end()) {
    *place = what.principal;
    return {};
  }
  if (principals.size() >= bounds_.principals)
    return refuse(errc::full, "tenant " + in_quotes(what.tenant) + " has "
                                + std::to_string(bounds_.principals)
                                + " principals");
  principals.push_back(what.principal);
  return {};
}

outcome tables::decide(const remove_principal& what) {
  const auto found = now_.tenants.find(what.tenant);
  if (found == now_.tenants.end())
    return no_tenant(what.tenant);
  auto& principals = found->second.principals;
  const auto place = find_principal(principals, what.name);
  if (place == principals.end())
    return refuse(errc::bad_argument, "tenant " + in_quotes(what.tenant)
                                        + " has no principal "
                                        + in_quotes(what.name));
  principals.erase(place);
  return {};
}

} // namespace holdfast::catalog
