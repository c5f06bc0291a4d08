#include "config/read_tenant.hpp"

#include "config/accounts.hpp"
#include "config/read_region.hpp"
#include "config/unique_names.hpp"
#include "config/units.hpp"

namespace holdfast::config {

namespace {

struct account_keys {
  std::string_view by_number;
  std::string_view by_name;
  std::optional<std::uint32_t> (*find)(const std::string&);
};

constexpr account_keys user_keys{"uid", "user", find_user};
constexpr account_keys group_keys{"gid", "group", find_group};

std::optional<std::uint32_t> read_account(section_reader& keys,
                                          const account_keys& account) {
  const auto number = keys.number(account.by_number);
  const auto name = keys.text(account.by_name, check_account);
  if (keys.has(account.by_number) && keys.has(account.by_name)) {
    keys.complain(account.by_name, "both",
                  std::string{account.by_number} + " or "
                    + std::string{account.by_name});
    return std::nullopt;
  }
  if (keys.has(account.by_number) && number)
    return static_cast<std::uint32_t>(*number);
  if (!keys.has(account.by_name) || !name)
    return std::nullopt;
  const auto found = account.find(*name);
  if (!found)
    keys.complain(account.by_name, in_quotes(*name),
                  "a " + std::string{account.by_name} + " of this host",
                  "write its number as " + std::string{account.by_number}
                    + " when the account comes later");
  return found;
}

std::vector<right> read_rights(section_reader& keys) {
  std::vector<right> rights;
  for (const auto& word : keys.word_list("rights"))
    if (const auto known = value_of<right>(right_words, word))
      rights.push_back(*known);
  return rights;
}

grant read_grant(section_reader keys) {
  grant read;
  assign(read.regions, keys.text("regions", check_region_pattern));
  read.rights = read_rights(keys);
  return read;
}

principal read_principal(section_reader& keys, report& out) {
  principal read;
  assign(read.name, keys.text("name", check_name));
  read.uid = read_account(keys, user_keys);
  read.gid = read_account(keys, group_keys);
  const auto count = keys.list("grants").size();
  for (std::size_t i = 0; i < count && !out.is_full(); ++i)
    read.grants.push_back(read_grant(keys.entry("grants", i, section::grant)));
  const auto has = [&](auto key) { return keys.has(key); };
  if (keys.is_object() && !has("uid") && !has("gid") && !has("user")
      && !has("group"))
    keys.complain("uid", "nothing", "uid, gid, user or group");
  return read;
}

quota read_quota(section_reader keys) {
  quota read;
  assign(read.bytes, keys.number("bytes"));
  assign(read.regions, keys.number("regions"));
  assign(read.variables, keys.number("variables"));
  assign(read.sessions, keys.number("sessions"));
  return read;
}

/// Regions that a complaint left at zero do not count: at most too little is
/// found, never a mistake that is none.
void check_quota(const tenant& read, section_reader& keys) {
  std::uint64_t bytes = 0;
  std::uint64_t variables = 0;
  for (const auto& region : read.regions) {
    bytes += region.bytes_max;
    variables += region.variables.size();
  }
  if (read.regions.size() > read.quota.regions)
    keys.complain("regions", std::to_string(read.regions.size()) + " regions",
                  "at most quota.regions, which is "
                    + std::to_string(read.quota.regions));
  if (bytes > read.quota.bytes)
    keys.complain(
      "regions", "regions that may grow to " + print_size(bytes) + " together",
      "at most quota.bytes, which is " + print_size(read.quota.bytes));
  if (variables > read.quota.variables)
    keys.complain("regions",
                  "regions with " + std::to_string(variables)
                    + " variables together",
                  "at most quota.variables, which is "
                    + std::to_string(read.quota.variables));
}

} // namespace

tenant read_tenant(section_reader& keys, report& out) {
  tenant read;
  unique_names principal_names;
  unique_names region_names;
  assign(read.name, keys.text("name", check_name));
  read.quota = read_quota(keys.inner("quota", section::quota));
  const auto principals = keys.list("principals").size();
  for (std::size_t i = 0; i < principals && !out.is_full(); ++i) {
    auto entry = keys.entry("principals", i, section::principal);
    read.principals.push_back(read_principal(entry, out));
    principal_names.add(read.principals.back().name, entry, "principal");
  }
  const auto regions = keys.list("regions").size();
  for (std::size_t i = 0; i < regions && !out.is_full(); ++i) {
    auto entry = keys.entry("regions", i, section::region);
    read.regions.push_back(read_region(entry, out));
    region_names.add(read.regions.back().name, entry, "region");
  }
  check_quota(read, keys);
  return read;
}

} // namespace holdfast::config
