#include "runtime/configured_differences.hpp"

#include "config/units.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace holdfast::runtime {

namespace {

/// Names of values, and the values as people write them.
using described = std::vector<std::pair<std::string, std::string>>;

std::string sentence(const std::string& where, const std::string& agreed,
                     const std::string& named) {
  return where + ": " + agreed + " was agreed on, the configuration says "
         + named;
}

std::vector<std::string> compared(const std::string& where,
                                  const described& agreed,
                                  const described& named) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < agreed.size(); ++i)
    if (agreed[i].second != named[i].second)
      made.push_back(sentence(where + ", " + agreed[i].first, agreed[i].second,
                              named[i].second));
  return made;
}

described describe(const rules::quota_limits& quota) {
  return {{"quota.bytes", config::print_size(quota.bytes)},
          {"quota.regions", std::to_string(quota.regions)},
          {"quota.variables", std::to_string(quota.variables)},
          {"quota.sessions", std::to_string(quota.sessions)}};
}

described describe(const catalog::region_options& region) {
  return {{"bytes", config::print_size(region.bytes)},
          {"grow_to", config::print_size(region.bytes_max)},
          {"variables_max", std::to_string(region.variables_max)},
          {"copies", std::to_string(region.copies)},
          {"writers", region.node_writes_only ? "node" : "clients"},
          {"durability", region.durable ? "disk" : "memory"}};
}

std::string describe(const rules::principal& who) {
  std::string text;
  if (who.uid)
    text += "uid " + std::to_string(*who.uid) + ", ";
  if (who.gid)
    text += "gid " + std::to_string(*who.gid) + ", ";
  if (who.grants.empty())
    return text + "no grants";
  for (const auto& grant : who.grants)
    text += "'" + grant.regions + "' " + rules::to_string(grant.rights) + ", ";
  return text.substr(0, text.size() - 2);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

} // namespace

std::vector<std::string> differences(const std::string& where,
                                     const rules::quota_limits& agreed,
                                     const rules::quota_limits& named) {
  return compared(where, describe(agreed), describe(named));
}

std::vector<std::string> differences(const std::string& where,
                                     const catalog::region_options& agreed,
                                     const catalog::region_options& named) {
  return compared(where, describe(agreed), describe(named));
}

std::vector<std::string>
differences(const std::string& where,
            const std::vector<catalog::principal>& agreed,
            const std::vector<rules::principal>& named) {
  std::map<std::string, std::pair<std::string, std::string>> both;
  std::vector<std::string> before;
  std::vector<std::string> after;
  for (const auto& each : agreed) {
    both[each.who.name].first = describe(each.who);
    before.push_back(each.who.name);
  }
  for (const auto& each : named) {
    both[each.name].second = describe(each);
    after.push_back(each.name);
  }
  std::vector<std::string> made;
  for (const auto& [name, text] : both)
    if (const auto& [is, should] = text; is != should)
      made.push_back(sentence(where + ", principal '" + name + "'",
                              is.empty() ? "nothing" : is,
                              should.empty() ? "nothing" : should));
  if (made.empty() && before != after)
    made.push_back(sentence(where + ", order of principals", joined(before),
                            joined(after)));
  return made;
}

} // namespace holdfast::runtime
