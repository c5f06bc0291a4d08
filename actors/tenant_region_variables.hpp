// The part of a tenant region that deals with variables.
#pragma once

#include "actors/messages.hpp"

#include <caf/result.hpp>

#include <string>

namespace holdfast::actors {

/// A page of the region's variables, sorted by name.
variables_page list_variables(const shm::region& region,
                              const variables_query& query);

caf::result<void> add_variable(shm::region& region,
                               const shm::variable_spec& variable);

caf::result<void> remove_variable(shm::region& region, const std::string& name);

} // namespace holdfast::actors
