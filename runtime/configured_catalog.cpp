#include "runtime/configured_catalog.hpp"

#include "runtime/configured_differences.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace holdfast::runtime {

namespace {

/// Variables in one entry of the log: the longest names of so many fit.
constexpr std::size_t variables_per_command = 128;

rules::right right_of(config::right right) {
  switch (right) {
  case config::right::read:
    return rules::right::read;
  case config::right::write:
    return rules::right::write;
  case config::right::create:
    return rules::right::create;
  case config::right::admin:
    return rules::right::admin;
  }
  return rules::right::read;
}

rules::principal principal_of(const config::principal& from) {
  rules::principal made{from.name, from.uid, from.gid, {}};
  for (const auto& grant : from.grants) {
    rules::right_set rights;
    for (const auto right : grant.rights)
      rights.add(right_of(right));
    made.grants.push_back({grant.regions, rights});
  }
  return made;
}

catalog::variable variable_of(const config::variable& from) {
  return {from.name,
          static_cast<catalog::variable_kind>(
            static_cast<std::uint32_t>(from.kind) + 1),
          from.type, from.capacity};
}

catalog::region_options options_of(const config::region& from) {
  catalog::region_options options;
  options.bytes = from.bytes;
  options.bytes_max = std::max(from.bytes, from.bytes_max);
  options.variables_max = from.variables_max;
  options.clients_max = config::clients_per_region_max;
  options.copies = from.copies;
  options.node_writes_only = from.writers == config::region_writers::node;
  options.durable = from.durability == config::region_durability::disk;
  return options;
}

rules::quota_limits limits_of(const config::quota& from) {
  return {from.bytes, from.regions, from.variables, from.sessions};
}

// -- tenants ------------------------------------------------------------------

/// The order decides who a client is, so it is made that of the file: from the
/// first name that differs, all are put anew.
void add_principals(configured_changes& into, const config::tenant& tenant,
                    const std::vector<catalog::principal>& known) {
  const auto& wanted = tenant.principals;
  const auto [differs, _] = std::mismatch(
    wanted.begin(), wanted.end(), known.begin(), known.end(),
    [](const config::principal& a, const catalog::principal& b) {
      return a.name == b.who.name;
    });
  const auto same = static_cast<std::size_t>(differs - wanted.begin());
  for (auto i = same; i < known.size(); ++i)
    into.commands.emplace_back(
      catalog::remove_principal{tenant.name, known[i].who.name});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto before
      = std::find_if(known.begin(), known.end(), [&](const auto& each) {
          return each.who.name == wanted[i].name;
        });
    catalog::principal made{principal_of(wanted[i]), {}};
    if (before != known.end())
      made.key_hash = before->key_hash;
    if (i >= same || made != *before)
      into.commands.emplace_back(
        catalog::put_principal{tenant.name, std::move(made)});
  }
}

void append(std::vector<std::string>& to, std::vector<std::string> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

void note_replaced(configured_changes& into, const config::tenant& tenant,
                   const catalog::tenant& there) {
  const auto where = "tenant '" + tenant.name + "'";
  append(into.replaced,
         differences(where, there.quota.limits(), limits_of(tenant.quota)));
  std::vector<rules::principal> named;
  for (const auto& each : tenant.principals)
    named.push_back(principal_of(each));
  append(into.replaced, differences(where, there.principals, named));
}

void add_tenant(configured_changes& into, const config::tenant& tenant,
                const catalog::contents& tables) {
  const auto limits = limits_of(tenant.quota);
  const auto found = tables.tenants.find(tenant.name);
  if (found == tables.tenants.end()) {
    into.commands.emplace_back(catalog::ensure_tenant{tenant.name, limits});
    return add_principals(into, tenant, {});
  }
  note_replaced(into, tenant, found->second);
  if (found->second.quota.limits() != limits)
    into.commands.emplace_back(catalog::change_quota{tenant.name, limits});
  add_principals(into, tenant, found->second.principals);
}

// -- regions ------------------------------------------------------------------

/// A long list goes in several commands: an entry of the log is bounded.
void add_variables(configured_changes& into, const catalog::region_name& name,
                   const std::vector<catalog::variable>& variables,
                   std::size_t from) {
  for (; from < variables.size(); from += variables_per_command) {
    const auto begin = variables.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(variables_per_command, variables.size() - from);
    into.commands.emplace_back(catalog::add_variables{
      name, {begin, begin + static_cast<std::ptrdiff_t>(count)}});
  }
}

void create(configured_changes& into, const catalog::region_name& name,
            const config::region& region) {
  std::vector<catalog::variable> variables;
  for (const auto& each : region.variables)
    variables.push_back(variable_of(each));
  const auto first = std::min(variables_per_command, variables.size());
  catalog::create_region made{name, options_of(region), {}, 0, {}};
  made.variables.assign(variables.begin(),
                        variables.begin() + static_cast<std::ptrdiff_t>(first));
  into.commands.emplace_back(std::move(made));
  add_variables(into, name, variables, first);
}

/// It may have grown since; else it is what the file says, or stays.
std::vector<std::string> misfits(const std::string& where,
                                 catalog::region_options there,
                                 const catalog::region_options& wanted) {
  if (there.bytes > wanted.bytes && there.bytes <= wanted.bytes_max)
    there.bytes = wanted.bytes;
  return differences(where, there, wanted);
}

/// But for the id, which the tables give.
bool is_like(catalog::variable there, const catalog::variable& wanted) {
  there.id = wanted.id;
  return there == wanted;
}

void complete(configured_changes& into, const catalog::region_name& name,
              const config::region& region, const catalog::region& there) {
  const auto where
    = "region '" + name.region + "' of tenant '" + name.tenant + "'";
  for (const auto& each : misfits(where, there.options, options_of(region)))
    into.warnings.push_back(each + "; it stays as it is until it is removed");
  std::vector<catalog::variable> missing;
  for (const auto& each : region.variables) {
    const auto found = there.variables.find(each.name);
    if (found == there.variables.end())
      missing.push_back(variable_of(each));
    else if (!is_like(found->second, variable_of(each)))
      into.warnings.push_back(where + " has variable '" + each.name
                              + "' with another type; it stays as it is until "
                                "it is removed");
  }
  add_variables(into, name, missing, 0);
}

} // namespace

configured_changes changes_for(const catalog::contents& tables,
                               const std::vector<config::tenant>& tenants) {
  configured_changes made;
  std::set<std::string> named;
  for (const auto& tenant : tenants) {
    named.insert(tenant.name);
    add_tenant(made, tenant, tables);
  }
  for (const auto& tenant : tenants)
    for (const auto& region : tenant.regions) {
      const catalog::region_name name{tenant.name, region.name};
      const auto there = tables.regions.find(name);
      if (there == tables.regions.end())
        create(made, name, region);
      else
        complete(made, name, region, there->second);
    }
  for (const auto& [name, each] : tables.tenants)
    if (!named.contains(name))
      made.warnings.push_back("tenant '" + name
                              + "' is not in the configuration; the catalog "
                                "keeps it, with its principals and regions");
  return made;
}

std::map<std::string, std::vector<rules::principal>>
principals_of(const std::vector<config::tenant>& tenants) {
  std::map<std::string, std::vector<rules::principal>> made;
  for (const auto& tenant : tenants)
    for (const auto& each : tenant.principals)
      made[tenant.name].push_back(principal_of(each));
  return made;
}

} // namespace holdfast::runtime
