#include "tests/simulation/asker.hpp"

#include "shm/limits.hpp"
#include "tests/simulation/caretaker.hpp"

#include <iterator>

namespace holdfast::simulation {

namespace {

constexpr std::size_t regions_each = 2;
constexpr std::uint32_t variables_max = 6;

catalog::variable some_variable(chance& by) {
  catalog::variable made;
  made.name = "v" + std::to_string(by.below(9));
  made.type = "bytes";
  made.capacity = static_cast<std::uint32_t>(8 * (1 + by.below(8)));
  return made;
}

catalog::region_options some_options(chance& by) {
  catalog::region_options made;
  made.bytes = shm::limits::region_bytes_min;
  made.bytes_max = 2 * made.bytes;
  made.variables_max = variables_max;
  made.clients_max = 4;
  made.copies = static_cast<std::uint32_t>(1 + by.below(3));
  return made;
}

/// As they were asked for: the tables number them.
std::map<std::string, catalog::variable>
without_ids(std::map<std::string, catalog::variable> variables) {
  for (auto& [name, each] : variables)
    each.id = 0;
  return variables;
}

} // namespace

catalog::command asker::next(chance& by) const {
  const catalog::region_name name{tenant_name,
                                  "c" + std::to_string(number_) + "r"
                                    + std::to_string(by.below(regions_each))};
  const auto found = regions_.find(name);
  if (found == regions_.end())
    return catalog::create_region{
      name, some_options(by), {some_variable(by)}, 0, {}};
  const auto choice = by.below(100);
  if (choice < 5)
    return catalog::remove_region{name};
  const auto& variables = found->second;
  if (choice < 45 && !variables.empty()) {
    const auto at
      = std::next(variables.begin(),
                  static_cast<std::ptrdiff_t>(by.below(variables.size())));
    return catalog::remove_variables{name, {at->first}};
  }
  if (choice < 50)
    return catalog::grow_region{name, 2 * shm::limits::region_bytes_min};
  return catalog::add_variables{name, {some_variable(by)}};
}

void asker::learns(const catalog::command& asked, const catalog::outcome& how) {
  if (!how.ok())
    return;
  if (const auto* made = std::get_if<catalog::create_region>(&asked))
    for (const auto& each : made->variables)
      regions_[made->name].emplace(each.name, each);
  if (const auto* gone = std::get_if<catalog::remove_region>(&asked))
    regions_.erase(gone->name);
  if (const auto* added = std::get_if<catalog::add_variables>(&asked))
    for (const auto& each : added->variables)
      regions_[added->name].emplace(each.name, each);
  if (const auto* fewer = std::get_if<catalog::remove_variables>(&asked))
    for (const auto& each : fewer->variables)
      regions_[fewer->name].erase(each);
}

std::string asker::misses(const catalog::contents& tables) const {
  const auto prefix = "c" + std::to_string(number_) + "r";
  for (const auto& [name, region] : tables.regions)
    if (name.region.starts_with(prefix) && !regions_.contains(name))
      return "region " + name.region + " is there";
  for (const auto& [name, variables] : regions_) {
    const auto found = tables.regions.find(name);
    if (found == tables.regions.end())
      return "region " + name.region + " is gone";
    if (without_ids(found->second.variables) != variables)
      return "region " + name.region + " has other variables";
  }
  return {};
}

} // namespace holdfast::simulation
