#include "actors/tenant_region_variables.hpp"

#include "actors/error.hpp"
#include "config/names.hpp"

#include <caf/all.hpp>

namespace holdfast::actors {

namespace {

/// Variables in one page: 256 of the longest names fit one frame.
constexpr std::size_t page_variables_max = 256;

} // namespace

variables_page list_variables(const shm::region& region,
                              const variables_query& query) {
  auto names = region.names_after(query.after, page_variables_max + 1);
  variables_page page;
  page.more = names.size() > page_variables_max;
  if (page.more)
    names.pop_back();
  const auto view = region.view();
  for (auto& name : names) {
    // The owner is asking: what it named a moment ago is there.
    const auto found = view.find_any(name);
    if (!found)
      continue;
    const auto& variable = found.assume_value();
    page.variables.push_back({std::move(name), variable.kind(), variable.type(),
                              variable.capacity(), variable.version(),
                              variable.committed_version()});
  }
  return page;
}

caf::result<void> add_variable(shm::region& region,
                               const shm::variable_spec& variable) {
  if (const auto name = config::check_variable_name(variable.name); !name.ok)
    return make_error(shm::errc::bad_argument,
                      "name is " + std::string{name.allowed});
  if (const auto type = config::check_type_tag(variable.type); !type.ok)
    return make_error(shm::errc::bad_argument,
                      "type is " + std::string{type.allowed});
  if (auto added = region.add_variable(variable); !added)
    return make_error(added.assume_error());
  return caf::unit;
}

caf::result<void> remove_variable(shm::region& region,
                                  const std::string& name) {
  if (auto removed = region.remove_variable(name); !removed)
    return make_error(removed.assume_error());
  return caf::unit;
}

} // namespace holdfast::actors
